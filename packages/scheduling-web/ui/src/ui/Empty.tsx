import type { ReactNode } from "react";

interface EmptyProps {
  title: string;
  icon?: ReactNode;
  /** What there is to do about it. */
  children?: ReactNode;
}

/** Stands where a list would be, and says what to do. */
export function Empty({ title, icon, children }: EmptyProps) {
  return (
    <div className="empty">
      {icon && <div className="empty-icon">{icon}</div>}
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

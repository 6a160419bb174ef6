import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";

import { Icon, type IconName } from "./Icon";

type Kind = "primary" | "secondary" | "quiet" | "warn" | "danger";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  /** While it works the button keeps its focus and its place, and does nothing. */
  busy?: boolean;
  icon?: ReactNode;
}

export function Button({ kind = "secondary", busy = false, icon, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${kind}`}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      {...rest}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon}
      {children}
    </button>
  );
}

interface IconButtonProps {
  icon: IconName;
  /** What it does, for who does not see the icon. */
  label: string;
  onClick: () => void;
}

/** A button that shows nothing but an icon. */
export function IconButton({ icon, label, onClick }: IconButtonProps) {
  return (
    <button type="button" className="button button-icon" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

interface LinkButtonProps extends LinkProps {
  kind?: Kind;
  icon?: ReactNode;
}

/** Looks like a button and leads to another page. */
export function LinkButton({ kind = "secondary", icon, children, ...rest }: LinkButtonProps) {
  return (
    <Link className={`button button-${kind}`} {...rest}>
      {icon}
      {children}
    </Link>
  );
}

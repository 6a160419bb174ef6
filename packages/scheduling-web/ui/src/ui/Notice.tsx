import type { ReactNode } from "react";

import { describe } from "../api/describe";
import { texts } from "../texts";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

type Tone = "info" | "success" | "warning" | "danger";

const ICONS: Record<Tone, IconName> = {
  info: "info",
  success: "done",
  warning: "warning",
  danger: "warning",
};

interface NoticeProps {
  tone?: Tone;
  title?: string;
  children?: ReactNode;
  /** Whether it comes up after something that the reader did, and so is read out at once. */
  urgent?: boolean;
}

export function Notice({ tone = "info", title, children, urgent = false }: NoticeProps) {
  return (
    <div className={`notice notice-${tone}`} role={urgent ? "alert" : undefined}>
      <Icon name={ICONS[tone]} />
      <div>
        {title && <p className="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

interface FailureProps {
  error: unknown;
  /** Offers to try again. */
  retry?: () => void;
}

/** Says in words why something could not be read or done. */
export function Failure({ error, retry }: FailureProps) {
  return (
    <Notice tone="danger" urgent>
      <p>{describe(error)}</p>
      {retry && <Button onClick={retry}>{texts.tryAgain}</Button>}
    </Notice>
  );
}

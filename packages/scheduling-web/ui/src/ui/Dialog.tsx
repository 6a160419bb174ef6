import { type ReactNode, useEffect, useId, useRef } from "react";

import { texts } from "../texts";
import { IconButton } from "./Button";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** What has the focus when the dialog opens. */
const FIRST = "input, select, textarea, button";

/**
 * A modal dialog that is open as long as it is rendered. The browser keeps the focus inside and Escape closes it;
 * afterwards the focus is where it was.
 */
export function Dialog({ title, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    // The browser would choose the button that closes, which is the first and the least wanted.
    body.current?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className="dialog-header">
        <h2 id={titleId}>{title}</h2>
        <IconButton icon="close" label={texts.close} onClick={onClose} />
      </header>
      <div ref={body}>{children}</div>
    </dialog>
  );
}

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import { texts } from "../texts";
import { Button, IconButton } from "./Button";

export interface Toast {
  text: string;
  tone?: "success" | "danger";
  /** Takes back what was done, as long as the toast stands. */
  undo?: () => void;
}

type Show = (toast: Toast) => void;

const ToastContext = createContext<Show | null>(null);

const SHOWN_FOR_MS = 10_000;
const MOST = 3;

interface Shown extends Toast {
  id: number;
}

/** Return the function that shows a message for a while, in a corner. */
export function useToast(): Show {
  const show = useContext(ToastContext);
  if (show === null) throw new Error("there is no ToastProvider around this component");
  return show;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown[]>([]);
  const show = useCallback<Show>((toast) => {
    setToasts((shown) => [...shown, { ...toast, id: (shown.at(-1)?.id ?? 0) + 1 }].slice(-MOST));
  }, []);
  const close = useCallback((id: number) => setToasts((shown) => shown.filter((one) => one.id !== id)), []);
  const list = useMemo(
    () => toasts.map((toast) => <ToastCard key={toast.id} toast={toast} close={close} />),
    [toasts, close],
  );
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {list}
      </div>
    </ToastContext>
  );
}

function ToastCard({ toast, close }: { toast: Shown; close: (id: number) => void }) {
  const card = useRef<HTMLDivElement>(null);
  const { id, text, tone = "success", undo } = toast;

  useEffect(() => {
    const timer = setInterval(() => {
      // Whoever is at it, with the pointer or the focus, has all the time that they need.
      const isAtIt = card.current?.matches(":hover") || card.current?.contains(document.activeElement);
      if (!isAtIt) close(id);
    }, SHOWN_FOR_MS);
    return () => clearInterval(timer);
  }, [close, id]);

  return (
    <div ref={card} className={`toast toast-${tone}`}>
      <p>{text}</p>
      {undo && (
        <Button
          kind="quiet"
          onClick={() => {
            close(id);
            undo();
          }}
        >
          {texts.undo}
        </Button>
      )}
      <IconButton icon="close" label={texts.dismiss} onClick={() => close(id)} />
    </div>
  );
}

import { useEffect } from "react";
import { useBlocker } from "react-router";

import { texts } from "../texts";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

/** Asks before a page is left that has changes which were not saved. */
export function UnsavedChanges({ when }: { when: boolean }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => when && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!when) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener("beforeunload", ask);
    return () => globalThis.removeEventListener("beforeunload", ask);
  }, [when]);

  if (blocker.state !== "blocked") return null;
  return (
    <Dialog title={texts.unsaved.title} onClose={() => blocker.reset()}>
      <div className="stack">
        <p>{texts.unsaved.what}</p>
        <div className="form-actions">
          <Button kind="quiet" onClick={() => blocker.reset()}>
            {texts.unsaved.stay}
          </Button>
          <Button kind="danger" onClick={() => blocker.proceed()}>
            {texts.unsaved.leave}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

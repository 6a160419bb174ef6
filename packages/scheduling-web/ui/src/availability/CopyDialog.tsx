import { useState } from "react";

import { texts } from "../texts";
import { DAYS, nameWeekday } from "../times/weekdays";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";

const { availability: words } = texts;

interface CopyDialogProps {
  /** The weekday whose hours are copied, counted from Monday. */
  from: number;
  onCopy: (to: number[]) => void;
  onClose: () => void;
}

/** Asks to which weekdays the hours of one are copied. */
export function CopyDialog({ from, onCopy, onClose }: CopyDialogProps) {
  const others = DAYS.map((day, index) => ({ day, index })).filter(({ index }) => index !== from);
  const [chosen, setChosen] = useState<number[]>([]);
  const toggle = (index: number) =>
    setChosen((before) =>
      before.includes(index) ? before.filter((one) => one !== index) : [...before, index],
    );
  return (
    <Dialog title={words.copyTitle(nameWeekday(DAYS[from] ?? "monday"))} onClose={onClose}>
      <div className="stack">
        <p className="soft">{words.copyHint}</p>
        <div className="choices">
          {others.map(({ day, index }) => (
            <label key={day} className="choice">
              <input type="checkbox" checked={chosen.includes(index)} onChange={() => toggle(index)} />
              {nameWeekday(day)}
            </label>
          ))}
        </div>
        <div className="form-actions">
          <Button kind="quiet" onClick={() => setChosen(others.map(({ index }) => index))}>
            {words.copyToAll}
          </Button>
          <Button kind="primary" disabled={chosen.length === 0} onClick={() => onCopy(chosen)}>
            {words.copySubmit}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

import { useId } from "react";

import type { Reason, Slot } from "../api/types";
import { texts } from "../texts";
import { formatShortDay, formatTime } from "../times/format";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { describeReason } from "./reasons";

const { refusal: words } = texts;

interface RefusalProps {
  reasons: Reason[];
  suggestions: Slot[];
  zone: string;
  /** Called with the start that is chosen instead. */
  onChoose: (start: string) => void;
}

/** Says every reason against a time, and offers the nearest ones that are free. */
export function Refusal({ reasons, suggestions, zone, onChoose }: RefusalProps) {
  const nearest = useId();
  return (
    <Notice tone="danger" title={words.title} urgent>
      <ul>
        {reasons.map((reason) => (
          <li key={`${reason.code} ${reason.appointment ?? reason.starts.start_time}`}>
            {describeReason(reason, zone)}
          </li>
        ))}
      </ul>
      {suggestions.length > 0 && (
        <>
          <p id={nearest}>{words.nearest}</p>
          <fieldset className="row" aria-labelledby={nearest}>
            {suggestions.toSorted(byStart).map(({ start_time }) => (
              <Button key={start_time} onClick={() => onChoose(start_time)}>
                {formatShortDay(start_time, zone)}, {formatTime(start_time, zone)}
              </Button>
            ))}
          </fieldset>
        </>
      )}
    </Notice>
  );
}

function byStart(left: Slot, right: Slot): number {
  return Date.parse(left.start_time) - Date.parse(right.start_time);
}

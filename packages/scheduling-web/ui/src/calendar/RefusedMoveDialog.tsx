import { Refusal } from "../appointments/Refusal";
import { texts } from "../texts";
import { isSameInstant } from "../times/days";
import { formatDayAndTime, formatSpan } from "../times/format";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import type { Moved } from "./Agenda";
import type { RefusedMove } from "./useMove";

const { calendar: words } = texts;

interface RefusedMoveDialogProps {
  refused: RefusedMove;
  onMove: (moved: Moved) => void;
  onClose: () => void;
}

/** Says why an appointment is back where it was, and offers the nearest free times to move it to. */
export function RefusedMoveDialog({ refused, onMove, onClose }: RefusedMoveDialogProps) {
  const { appointment, start, minutes, error } = refused;
  const zone = appointment.time_zone;
  return (
    <Dialog title={words.stays(appointment.customer_name)} onClose={onClose}>
      <div className="stack">
        <p>{words.staysWhere(formatSpan(appointment, zone), formatDayAndTime(start, zone))}</p>
        <Refusal
          reasons={error.reasons}
          // Where it is already is no place to move it to.
          suggestions={error.suggestions.filter(
            (one) => !isSameInstant(one.start_time, appointment.start_time),
          )}
          zone={zone}
          onChoose={(chosen) => onMove({ appointment, start: chosen, minutes })}
        />
        <div className="form-actions">
          <Button onClick={onClose}>{words.leave}</Button>
        </div>
      </div>
    </Dialog>
  );
}

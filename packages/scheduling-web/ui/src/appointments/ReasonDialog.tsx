import { useState } from "react";

import { LONGEST_REASON, lengthOf } from "../api/limits";
import type { Appointment } from "../api/types";
import { texts } from "../texts";
import { formatSpan } from "../times/format";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";

const { detail: words } = texts;

interface ReasonDialogProps {
  title: string;
  /** What the button says that goes through with it. */
  action: string;
  appointment: Appointment;
  busy: boolean;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** Asks whether an appointment is really to be given up, and why. */
export function ReasonDialog({ title, action, appointment, busy, onConfirm, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState("");
  const isTooLong = lengthOf(reason) > LONGEST_REASON;
  const when = formatSpan(appointment, appointment.time_zone);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isTooLong) onConfirm(reason);
        }}
      >
        <p>{words.cancelWhat(appointment.customer_name, when)}</p>
        <Field
          label={words.cancelReason}
          optional={texts.optional}
          hint={words.cancelHint}
          error={isTooLong ? texts.tooLong(LONGEST_REASON) : undefined}
        >
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={2}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <div className="form-actions">
          <Button kind="quiet" onClick={onClose}>
            {texts.keep}
          </Button>
          <Button kind="danger" type="submit" busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";

import { isStale } from "../api/problems";
import type { Appointment } from "../api/types";
import { texts } from "../texts";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Failure, Notice } from "../ui/Notice";
import { customerName, notes } from "./bookingForm";
import { useChange } from "./changes";

const { booking, detail: words } = texts;

const details = z.object({ customer_name: customerName, notes });

interface EditDialogProps {
  appointment: Appointment;
  onSaved: () => void;
  onClose: () => void;
}

/** Changes what an appointment says without moving it. */
export function EditDialog({ appointment, onSaved, onClose }: EditDialogProps) {
  const change = useChange();
  const { customer_name, notes: text } = appointment;
  const form = useForm({ resolver: zodResolver(details), defaultValues: { customer_name, notes: text } });
  const { errors } = form.formState;
  const submit = form.handleSubmit((changes) =>
    change.mutate({ appointment, changes }, { onSuccess: onSaved }),
  );
  return (
    <Dialog title={words.edit} onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        {isStale(change.error) && (
          <Notice tone="warning" urgent>
            <p>{words.stale}</p>
          </Notice>
        )}
        {change.isError && !isStale(change.error) && <Failure error={change.error} />}
        <Field label={booking.customer} error={errors.customer_name?.message}>
          {(control) => (
            <input {...control} {...form.register("customer_name")} className="input" autoComplete="off" />
          )}
        </Field>
        <Field label={booking.notes} optional={texts.optional} error={errors.notes?.message}>
          {(control) => <textarea {...control} {...form.register("notes")} className="input" rows={4} />}
        </Field>
        <div className="form-actions">
          <Button kind="quiet" onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button kind="primary" type="submit" busy={change.isPending}>
            {words.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

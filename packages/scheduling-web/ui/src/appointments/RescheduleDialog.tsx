import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";

import { isRefusal, isStale } from "../api/problems";
import type { Appointment, AppointmentType } from "../api/types";
import { texts } from "../texts";
import { dateOf, isDate, isSameInstant, today } from "../times/days";
import { formatSpan } from "../times/format";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Failure, Notice } from "../ui/Notice";
import { useChange } from "./changes";
import { DurationField } from "./DurationField";
import { describeDurations, isAllowed } from "./durations";
import { Refusal } from "./Refusal";
import { StartChoice } from "./StartChoice";

const { booking, detail: words } = texts;

interface RescheduleDialogProps {
  appointment: Appointment;
  type: AppointmentType | undefined;
  onMoved: (moved: Appointment) => void;
  onClose: () => void;
}

/** Asks for a new time of an appointment, and offers only such as are free. */
export function RescheduleDialog({ appointment, type, onMoved, onClose }: RescheduleDialogProps) {
  const change = useChange();
  const { time_zone: zone, duration_minutes: own } = appointment;
  const form = useForm({
    resolver: zodResolver(moveSchema(type, own)),
    defaultValues: {
      date: dateOf(appointment.start_time, zone),
      start: appointment.start_time,
      minutes: own,
    },
  });
  const { errors } = form.formState;
  const [date, start, minutes] = form.watch(["date", "start", "minutes"]);
  const question = { minutes, moving: appointment.id };

  const choose = (chosen: string) => {
    form.setValue("date", dateOf(chosen, zone), { shouldValidate: true });
    form.setValue("start", chosen, { shouldValidate: true });
    change.reset();
  };
  const clearStart = () => {
    form.setValue("start", "");
    change.reset();
  };
  const submit = form.handleSubmit((values) => {
    // Where it is already, nothing happens, and nothing is to be said or taken back.
    if (isSameInstant(values.start, appointment.start_time) && values.minutes === own) return onClose();
    const changes = { start_time: values.start, duration_minutes: values.minutes };
    change.mutate({ appointment, changes }, { onSuccess: onMoved });
  });

  return (
    <Dialog title={words.moveTitle} onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        <p className="soft">{words.moveFrom(appointment.customer_name, formatSpan(appointment, zone))}</p>
        {isStale(change.error) && (
          <Notice tone="warning" urgent>
            <p>{words.stale}</p>
          </Notice>
        )}
        {isRefusal(change.error) && (
          <Refusal
            reasons={change.error.reasons}
            suggestions={change.error.suggestions}
            zone={zone}
            onChoose={choose}
          />
        )}
        {change.isError && !isRefusal(change.error) && !isStale(change.error) && (
          <Failure error={change.error} />
        )}
        <div className="field-row">
          <Field label={booking.date} error={errors.date?.message}>
            {(control) => (
              <input
                {...control}
                {...form.register("date", { onChange: clearStart })}
                className="input"
                type="date"
                min={today(zone)}
              />
            )}
          </Field>
          {type && (
            <DurationField
              type={type}
              own={own}
              registered={form.register("minutes", { valueAsNumber: true, onChange: () => change.reset() })}
              error={errors.minutes?.message}
            />
          )}
        </div>
        <StartChoice
          question={question}
          zone={zone}
          date={date}
          start={start}
          onChoose={choose}
          error={errors.start?.message}
          isExplained={change.isError}
        />
        <div className="form-actions">
          <Button kind="quiet" onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button kind="primary" type="submit" busy={change.isPending}>
            {words.moveSubmit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** An appointment that is moved may keep its own duration, whatever its type allows today. */
function moveSchema(type: AppointmentType | undefined, own: number) {
  const allows = (minutes: number) => minutes === own || type === undefined || isAllowed(type, minutes);
  return z.object({
    date: z.string().refine(isDate, booking.dateMissing),
    start: z.string().min(1, booking.timeMissing),
    minutes: z
      .number({ error: booking.durationMissing })
      .refine(allows, type && booking.durationWrong(describeDurations(type))),
  });
}

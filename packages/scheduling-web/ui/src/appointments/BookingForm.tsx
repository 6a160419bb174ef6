import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm } from "react-hook-form";

import { isRefusal } from "../api/problems";
import type { Appointment, AppointmentType } from "../api/types";
import { texts } from "../texts";
import { dateOf, today } from "../times/days";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Failure } from "../ui/Notice";
import { bookingSchema, findType, type Prefill, startFields, toRequest } from "./bookingForm";
import { useBook } from "./changes";
import { DurationField } from "./DurationField";
import { usualDuration } from "./durations";
import { Refusal } from "./Refusal";
import { StartChoice } from "./StartChoice";

const { booking: words } = texts;

interface BookingFormProps {
  types: AppointmentType[];
  zone: string;
  prefill?: Prefill;
  onBooked: (appointment: Appointment) => void;
  onCancel: () => void;
}

/** Asks for all that a booking needs, and books it. */
export function BookingForm({ types, zone, prefill = {}, onBooked, onCancel }: BookingFormProps) {
  const book = useBook();
  const schema = useMemo(() => bookingSchema(types), [types]);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: startFields(types, zone, prefill) });
  const { errors } = form.formState;
  const [typeId, minutes, date, start] = form.watch(["type", "minutes", "date", "start"]);
  const type = findType(types, typeId);
  const question = { minutes, type: typeId };

  const choose = (chosen: string) => {
    form.setValue("date", dateOf(chosen, zone), { shouldValidate: true });
    form.setValue("start", chosen, { shouldValidate: true });
    book.reset();
  };
  const clearStart = () => {
    form.setValue("start", "");
    book.reset();
  };
  const submit = form.handleSubmit((values) => {
    book.mutate(toRequest(values), { onSuccess: onBooked });
  });

  if (type === undefined) return <p>{words.noTypes}</p>;
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {isRefusal(book.error) && (
        <Refusal
          reasons={book.error.reasons}
          suggestions={book.error.suggestions}
          zone={zone}
          onChoose={choose}
        />
      )}
      {book.isError && !isRefusal(book.error) && <Failure error={book.error} />}
      <Field label={words.customer} error={errors.customer_name?.message}>
        {(control) => (
          <input {...control} {...form.register("customer_name")} className="input" autoComplete="off" />
        )}
      </Field>
      {types.length > 1 && (
        <Field label={words.type}>
          {(control) => (
            <select
              {...control}
              {...form.register("type", {
                onChange: () =>
                  form.setValue("minutes", usualDuration(findType(types, form.getValues("type")) ?? type)),
              })}
              className="input"
            >
              {types.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <div className="field-row">
        <DurationField
          type={type}
          registered={form.register("minutes", { valueAsNumber: true })}
          error={errors.minutes?.message}
        />
        <Field label={words.date} error={errors.date?.message}>
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
      </div>
      <StartChoice
        question={question}
        zone={zone}
        date={date}
        start={start}
        onChoose={choose}
        error={errors.start?.message}
        isExplained={book.isError}
      />
      <Field label={words.notes} optional={texts.optional} error={errors.notes?.message}>
        {(control) => <textarea {...control} {...form.register("notes")} className="input" rows={3} />}
      </Field>
      <div className="form-actions">
        <Button kind="quiet" onClick={onCancel}>
          {texts.cancel}
        </Button>
        <Button kind="primary" type="submit" busy={book.isPending}>
          {words.submit}
        </Button>
      </div>
    </form>
  );
}

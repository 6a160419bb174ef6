import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";

import type { AppointmentType } from "../api/types";
import { texts } from "../texts";
import { DAYS, nameWeekday } from "../times/weekdays";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Failure } from "../ui/Notice";
import { UnsavedChanges } from "../ui/UnsavedChanges";
import { useSaveType } from "./changes";
import { LengthsEditor } from "./LengthsEditor";
import { LimitsEditor } from "./LimitsEditor";
import { NumberField } from "./NumberField";
import { type TypeFields, toBody, toFields, typeSchema } from "./typeForm";

const { types: words } = texts;

interface TypeFormProps {
  /** The type that is changed; undefined for a new one. */
  type: AppointmentType | undefined;
  /** Whether nothing is lost any more where the page is left: the type is saved, or removed. */
  isDone: boolean;
  onSaved: (saved: AppointmentType) => void;
}

/** Edits an appointment type with its policy. */
export function TypeForm({ type, isDone, onSaved }: TypeFormProps) {
  const save = useSaveType(type);
  const form = useForm<TypeFields>({ resolver: zodResolver(typeSchema), defaultValues: toFields(type) });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit((fields) => save.mutate(toBody(fields), { onSuccess: onSaved }));
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <UnsavedChanges when={isDirty && !isDone} />
      {save.isError && <Failure error={save.error} />}
      <section className="card stack" aria-labelledby="what">
        <h2 id="what">{words.what}</h2>
        <Field label={words.name} error={errors.title?.message}>
          {(control) => (
            <input {...control} {...form.register("title")} className="input" autoComplete="off" />
          )}
        </Field>
        <LengthsEditor form={form} />
        <label className="choice">
          <input type="checkbox" {...form.register("requiresConfirmation")} />
          {words.requiresConfirmation}
        </label>
      </section>
      <section className="card stack" aria-labelledby="starts">
        <h2 id="starts">{words.starts}</h2>
        <NumberField form={form} name="interval" label={words.interval} hint={words.intervalHint} />
        <label className="choice">
          <input type="checkbox" {...form.register("anyStart")} />
          {words.anyStartChoice}
        </label>
      </section>
      <section className="card stack" aria-labelledby="around">
        <div>
          <h2 id="around">{words.around}</h2>
          <p className="soft">{words.bufferHint}</p>
        </div>
        <div className="field-row">
          <NumberField form={form} name="bufferBefore" label={words.bufferBefore} />
          <NumberField form={form} name="bufferAfter" label={words.bufferAfter} />
        </div>
      </section>
      <section className="card stack" aria-labelledby="ahead">
        <h2 id="ahead">{words.ahead}</h2>
        <div className="field-row">
          <NumberField form={form} name="minimumNotice" label={words.minimumNotice} />
          <NumberField form={form} name="horizon" label={words.horizon} hint={words.horizonHint} />
        </div>
      </section>
      <section className="card stack" aria-labelledby="limits">
        <div>
          <h2 id="limits">{words.limits}</h2>
          <p className="soft">{words.limitsHint}</p>
        </div>
        <LimitsEditor form={form} />
        <Field label={words.weekStart}>
          {(control) => (
            <select {...control} {...form.register("weekStart")} className="input">
              {DAYS.map((day) => (
                <option key={day} value={day}>
                  {nameWeekday(day)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </section>
      <div className="form-actions form-actions-floating">
        <Button kind="primary" type="submit" busy={save.isPending}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}

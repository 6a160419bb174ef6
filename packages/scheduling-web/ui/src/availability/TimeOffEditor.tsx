import { type UseFormReturn, useFieldArray } from "react-hook-form";

import { texts } from "../texts";
import { Button, IconButton } from "../ui/Button";
import { Field } from "../ui/Field";
import { Icon } from "../ui/Icon";
import type { Draft } from "./draft";

const { availability: words } = texts;

/** Edits when the host is away, in the zone of the hours. */
export function TimeOffEditor({ form }: { form: UseFormReturn<Draft> }) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "timeOff" });
  const { errors } = form.formState;
  return (
    <section className="card stack" aria-labelledby="time-off">
      <div>
        <h2 id="time-off">{words.timeOff}</h2>
        <p className="soft">{words.timeOffHint}</p>
      </div>
      {fields.length > 0 && (
        <ul className="entries">
          {fields.map((field, index) => {
            const problems = errors.timeOff?.[index];
            return (
              <li key={field.id} className="time-off">
                <Field label={words.awayFrom} error={problems?.start?.message}>
                  {(control) => (
                    <input
                      {...control}
                      {...form.register(`timeOff.${index}.start`)}
                      className="input"
                      type="datetime-local"
                    />
                  )}
                </Field>
                <Field label={words.awayUntil} error={problems?.end?.message}>
                  {(control) => (
                    <input
                      {...control}
                      {...form.register(`timeOff.${index}.end`)}
                      className="input"
                      type="datetime-local"
                    />
                  )}
                </Field>
                <Field label={words.awayReason} optional={texts.optional} error={problems?.reason?.message}>
                  {(control) => (
                    <input {...control} {...form.register(`timeOff.${index}.reason`)} className="input" />
                  )}
                </Field>
                <IconButton
                  icon="close"
                  label={words.removeTimeOff(index + 1)}
                  onClick={() => remove(index)}
                />
              </li>
            );
          })}
        </ul>
      )}
      <Button icon={<Icon name="add" />} onClick={() => append({ start: "", end: "", reason: "" })}>
        {words.addTimeOff}
      </Button>
    </section>
  );
}

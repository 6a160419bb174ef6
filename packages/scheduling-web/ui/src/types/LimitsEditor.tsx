import { type UseFormReturn, useFieldArray } from "react-hook-form";

import { MOST_LIMITS } from "../api/limits";
import { texts } from "../texts";
import { Button, IconButton } from "../ui/Button";
import { Field } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { PERIODS, type TypeFields } from "./typeForm";

const { types: words } = texts;

/** Edits the limits of a type. */
export function LimitsEditor({ form }: { form: UseFormReturn<TypeFields> }) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "limits" });
  const { errors } = form.formState;
  return (
    <>
      {fields.length > 0 && (
        <ul className="entries">
          {fields.map((field, index) => (
            <li key={field.id} className="limit">
              <Field label={words.limitAmount} error={errors.limits?.[index]?.amount?.message}>
                {(control) => (
                  <input
                    {...control}
                    {...form.register(`limits.${index}.amount`, { valueAsNumber: true })}
                    className="input"
                    type="number"
                    min="1"
                    inputMode="numeric"
                  />
                )}
              </Field>
              <Field label={words.limitOf}>
                {(control) => (
                  <select {...control} {...form.register(`limits.${index}.kind`)} className="input">
                    <option value="count">{words.limitKinds.count}</option>
                    <option value="minutes">{words.limitKinds.minutes}</option>
                  </select>
                )}
              </Field>
              <Field label={words.limitPeriod}>
                {(control) => (
                  <select {...control} {...form.register(`limits.${index}.period`)} className="input">
                    {PERIODS.map((period) => (
                      <option key={period} value={period}>
                        {words.periods[period]}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
              <IconButton icon="close" label={words.removeLimit(index + 1)} onClick={() => remove(index)} />
            </li>
          ))}
        </ul>
      )}
      {fields.length < MOST_LIMITS && (
        <Button
          icon={<Icon name="add" />}
          onClick={() => append({ period: "day", kind: "count", amount: 1 })}
        >
          {words.addLimit}
        </Button>
      )}
    </>
  );
}

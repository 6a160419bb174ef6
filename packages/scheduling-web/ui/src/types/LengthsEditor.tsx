import type { UseFormReturn } from "react-hook-form";

import { texts } from "../texts";
import { Field } from "../ui/Field";
import { NumberField } from "./NumberField";
import type { TypeFields } from "./typeForm";

const { types: words } = texts;

const CHOICES = [
  ["few", words.lengthsFew],
  ["range", words.lengthsRange],
] as const;

/** Asks how long an appointment may be: one of a few durations, or any in a range. */
export function LengthsEditor({ form }: { form: UseFormReturn<TypeFields> }) {
  const { errors } = form.formState;
  const lengths = form.watch("lengths");
  return (
    <div className="stack">
      <fieldset className="segments" aria-label={words.lengths}>
        {CHOICES.map(([value, name]) => (
          <button
            key={value}
            type="button"
            aria-pressed={lengths === value}
            onClick={() => form.setValue("lengths", value, { shouldDirty: true })}
          >
            {name}
          </button>
        ))}
      </fieldset>
      {lengths === "few" ? (
        <Field label={words.durations} hint={words.durationsHint} error={errors.durations?.message}>
          {(control) => (
            <input {...control} {...form.register("durations")} className="input" autoComplete="off" />
          )}
        </Field>
      ) : (
        <div className="field-row">
          <NumberField form={form} name="shortest" label={words.shortest} />
          <NumberField form={form} name="longest" label={words.longest} />
          <NumberField form={form} name="step" label={words.step} />
        </div>
      )}
    </div>
  );
}

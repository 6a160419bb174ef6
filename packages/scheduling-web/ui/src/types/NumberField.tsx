import type { UseFormReturn } from "react-hook-form";

import { Field } from "../ui/Field";
import type { TypeFields } from "./typeForm";

/** The fields of the form that hold a number. */
type NumberName = {
  [Name in keyof TypeFields]: TypeFields[Name] extends number ? Name : never;
}[keyof TypeFields];

interface NumberFieldProps {
  form: UseFormReturn<TypeFields>;
  name: NumberName;
  label: string;
  hint?: string;
}

/** Asks for a whole number. */
export function NumberField({ form, name, label, hint }: NumberFieldProps) {
  return (
    <Field label={label} hint={hint} error={form.formState.errors[name]?.message}>
      {(control) => (
        <input
          {...control}
          {...form.register(name, { valueAsNumber: true })}
          className="input"
          type="number"
          min="0"
          inputMode="numeric"
        />
      )}
    </Field>
  );
}

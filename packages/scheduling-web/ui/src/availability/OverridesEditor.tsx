import { type UseFormReturn, useFieldArray } from "react-hook-form";

import { texts } from "../texts";
import { isDate } from "../times/days";
import { formatDate } from "../times/format";
import { Button, IconButton } from "../ui/Button";
import { Field } from "../ui/Field";
import { Icon } from "../ui/Icon";
import type { Draft } from "./draft";
import { HoursEditor } from "./HoursEditor";

const { availability: words } = texts;

/** Edits the dates whose hours differ from those of the week. */
export function OverridesEditor({ form }: { form: UseFormReturn<Draft> }) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "overrides" });
  const { errors } = form.formState;
  const overrides = form.watch("overrides");
  return (
    <section className="card stack" aria-labelledby="overrides">
      <div>
        <h2 id="overrides">{words.overrides}</h2>
        <p className="soft">{words.overridesHint}</p>
      </div>
      {fields.length > 0 && (
        <ul className="entries">
          {fields.map((field, index) => {
            const date = overrides[index]?.date ?? "";
            const name = isDate(date) ? formatDate(date) : words.newDate;
            return (
              <li key={field.id} className="override">
                <Field label={words.date} error={errors.overrides?.[index]?.date?.message}>
                  {(control) => (
                    <input
                      {...control}
                      {...form.register(`overrides.${index}.date`)}
                      className="input"
                      type="date"
                    />
                  )}
                </Field>
                <HoursEditor
                  form={form}
                  name={`overrides.${index}.hours`}
                  of={name}
                  usual={() => [{ start: "09:00", end: "17:00" }]}
                />
                <IconButton icon="close" label={words.removeDate(name)} onClick={() => remove(index)} />
              </li>
            );
          })}
        </ul>
      )}
      <Button icon={<Icon name="add" />} onClick={() => append({ date: "", hours: [] })}>
        {words.addDate}
      </Button>
    </section>
  );
}

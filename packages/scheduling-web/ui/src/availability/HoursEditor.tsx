import { useId } from "react";
import { type UseFormReturn, useFieldArray } from "react-hook-form";

import { texts } from "../texts";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import type { Draft, HoursDraft } from "./draft";

const { availability: words } = texts;

interface HoursEditorProps {
  form: UseFormReturn<Draft>;
  /** Where in the draft the hours stand. */
  name: `week.${number}.hours` | `overrides.${number}.hours`;
  /** Whose hours they are, for who does not see where they stand. */
  of: string;
  /** The hours to begin with where there are none. */
  usual: () => HoursDraft[];
}

/** Edits the hours of one day: any number of ranges, or none, which is closed. */
export function HoursEditor({ form, name, of, usual }: HoursEditorProps) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name });
  const add = () => append(fields.length === 0 ? usual() : [{ start: "", end: "" }]);
  return (
    <div className="hours">
      {fields.length === 0 && <p className="hours-closed">{words.closed}</p>}
      {fields.map((field, index) => (
        <Range key={field.id} form={form} name={`${name}.${index}`} of={of} onRemove={() => remove(index)} />
      ))}
      <Button kind="quiet" icon={<Icon name="add" />} onClick={add} aria-label={words.addHoursTo(of)}>
        {words.addHours}
      </Button>
    </div>
  );
}

interface RangeProps {
  form: UseFormReturn<Draft>;
  name: `${HoursEditorProps["name"]}.${number}`;
  of: string;
  onRemove: () => void;
}

function Range({ form, name, of, onRemove }: RangeProps) {
  const errorId = useId();
  const start = form.getFieldState(`${name}.start`, form.formState).error?.message;
  const end = form.getFieldState(`${name}.end`, form.formState).error?.message;
  const problem = start ?? end;
  const said = { "aria-describedby": problem ? errorId : undefined };
  return (
    <div className="hours-range">
      <input
        {...form.register(`${name}.start`)}
        {...said}
        className="input"
        type="time"
        aria-label={words.from(of)}
        aria-invalid={start ? true : undefined}
      />
      <span aria-hidden="true">–</span>
      <input
        {...form.register(`${name}.end`)}
        {...said}
        className="input"
        type="time"
        aria-label={words.to(of)}
        aria-invalid={end ? true : undefined}
      />
      <IconButton icon="close" label={words.removeHours(of)} onClick={onRemove} />
      {problem && (
        <p className="field-error" id={errorId}>
          {problem}
        </p>
      )}
    </div>
  );
}

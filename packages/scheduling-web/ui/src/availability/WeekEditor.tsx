import { useState } from "react";
import type { UseFormReturn } from "react-hook-form";

import { texts } from "../texts";
import { nameWeekday } from "../times/weekdays";
import { Button } from "../ui/Button";
import { CopyDialog } from "./CopyDialog";
import { type Draft, usualHours } from "./draft";
import { HoursEditor } from "./HoursEditor";

const { availability: words } = texts;

/** Edits the hours of every weekday, which can be copied from one to others. */
export function WeekEditor({ form }: { form: UseFormReturn<Draft> }) {
  const [copied, setCopied] = useState<number | null>(null);
  const week = form.watch("week");

  const copy = (targets: number[]) => {
    const { hours } = form.getValues(`week.${copied ?? 0}`);
    for (const target of targets) {
      form.setValue(
        `week.${target}.hours`,
        hours.map((one) => ({ ...one })),
        { shouldDirty: true, shouldValidate: form.formState.isSubmitted },
      );
    }
    setCopied(null);
  };

  return (
    <section className="card stack" aria-labelledby="week">
      <div>
        <h2 id="week">{words.week}</h2>
        <p className="soft">{words.weekHint}</p>
      </div>
      <ul className="week">
        {week.map(({ day }, index) => (
          <li key={day}>
            <h3>{nameWeekday(day)}</h3>
            <HoursEditor
              form={form}
              name={`week.${index}.hours`}
              of={nameWeekday(day)}
              usual={() => usualHours(form.getValues("week"), index)}
            />
            <Button kind="quiet" onClick={() => setCopied(index)} aria-label={words.copyOf(nameWeekday(day))}>
              {words.copy}
            </Button>
          </li>
        ))}
      </ul>
      {copied !== null && <CopyDialog from={copied} onCopy={copy} onClose={() => setCopied(null)} />}
    </section>
  );
}

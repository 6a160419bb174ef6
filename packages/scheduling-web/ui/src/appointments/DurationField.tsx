import type { UseFormRegisterReturn } from "react-hook-form";

import type { AppointmentType } from "../api/types";
import { texts } from "../texts";
import { formatMinutes } from "../times/format";
import { Field } from "../ui/Field";
import { describeDurations, durationChoices } from "./durations";

const { booking: words } = texts;

interface DurationFieldProps {
  type: AppointmentType;
  /** A duration that is offered beside those of the type: an appointment that is moved may keep its own. */
  own?: number;
  registered: UseFormRegisterReturn;
  error?: string | undefined;
}

/** Asks for the duration: one of a few, or any of a range. */
export function DurationField({ type, own, registered, error }: DurationFieldProps) {
  const choices = durationChoices(type);
  if (choices === null) {
    return (
      <Field label={words.durationInMinutes} hint={`${describeDurations(type)}.`} error={error}>
        {(control) => (
          <input
            {...control}
            {...registered}
            className="input"
            type="number"
            min={type.duration_range?.shortest}
            max={type.duration_range?.longest}
            step={type.duration_range?.step}
          />
        )}
      </Field>
    );
  }
  const offered = own === undefined || choices.includes(own) ? choices : [own, ...choices];
  return (
    <Field label={words.duration} error={error}>
      {(control) => (
        <select {...control} {...registered} className="input">
          {offered.map((minutes) => (
            <option key={minutes} value={minutes}>
              {formatMinutes(minutes)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

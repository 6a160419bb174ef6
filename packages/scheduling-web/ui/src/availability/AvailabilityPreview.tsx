import { type UseFormReturn, useFormState, useWatch } from "react-hook-form";
import { Link } from "react-router";

import type { Appointment } from "../api/types";
import { texts } from "../texts";
import { today } from "../times/days";
import { formatShortDate, formatSpan } from "../times/format";
import { Loading } from "../ui/Loading";
import { Failure, Notice } from "../ui/Notice";
import { type Draft, draftSchema, toChanges } from "./draft";
import { type OpenDay, sayHours, toOpenDays } from "./openDays";
import { PREVIEWED_DAYS, usePreview } from "./useAvailability";
import { useDebounced } from "./useDebounced";

const { availability: words } = texts;

const PREVIEW_AFTER_MS = 400;
/** More than these are counted, not named. */
const MOST_NAMED = 5;
const MINUTES_OF_DAY = 1440;

/** Shows what would come of a draft: the open time of the next days, and whom it would leave outside. */
export function AvailabilityPreview({ form }: { form: UseFormReturn<Draft> }) {
  const draft = useDebounced(useWatch({ control: form.control }), PREVIEW_AFTER_MS);
  const { isDirty } = useFormState({ control: form.control });
  const valid = draftSchema.safeParse(draft);
  const changes = valid.success ? toChanges(valid.data) : null;
  const preview = usePreview(changes);
  return (
    <section className="card stack preview" aria-labelledby="preview">
      <div>
        <h2 id="preview">{words.preview}</h2>
        <p className="soft">{words.previewHint(PREVIEWED_DAYS)}</p>
      </div>
      {changes === null && <p>{words.previewMistakes}</p>}
      {changes !== null && preview.isPending && <Loading />}
      {changes !== null && preview.isError && <Failure error={preview.error} />}
      {changes !== null && preview.data && (
        <>
          {preview.data.affected.length > 0 && (
            <Outside appointments={preview.data.affected} isChanged={isDirty} />
          )}
          <OpenDays
            days={toOpenDays(
              preview.data.open ?? [],
              today(preview.data.time_zone),
              PREVIEWED_DAYS,
              preview.data.time_zone,
            )}
          />
        </>
      )}
    </section>
  );
}

function Outside({ appointments, isChanged }: { appointments: Appointment[]; isChanged: boolean }) {
  const named = appointments.slice(0, MOST_NAMED);
  const title = isChanged ? words.wouldBeOutside : words.areOutside;
  return (
    <Notice tone="warning" title={title(appointments.length)}>
      <p>{words.outsideHint}</p>
      <ul>
        {named.map((appointment) => (
          <li key={appointment.id}>
            <Link to={`/appointments/${appointment.id}`}>{appointment.customer_name}</Link>,{" "}
            {formatSpan(appointment, appointment.time_zone)}
          </li>
        ))}
        {appointments.length > named.length && <li>{words.andMore(appointments.length - named.length)}</li>}
      </ul>
    </Notice>
  );
}

function OpenDays({ days }: { days: OpenDay[] }) {
  return (
    <ul className="open-days">
      {days.map((day) => (
        <li key={day.date}>
          <span className="open-day-date">{formatShortDate(day.date)}</span>
          <svg
            className="open-day-bar"
            viewBox={`0 0 ${MINUTES_OF_DAY} 1`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            {day.hours.map(({ from, to }) => (
              <rect key={from} x={from} width={Math.max(to - from, 0)} height="1" />
            ))}
          </svg>
          <span className="open-day-hours">{day.hours.length === 0 ? words.closed : sayHours(day)}</span>
        </li>
      ))}
    </ul>
  );
}

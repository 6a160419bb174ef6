import { Temporal } from "temporal-polyfill";

import type { Span } from "../api/types";
import { addDays, dateOf } from "../times/days";
import { formatTime } from "../times/format";

/** A local date with its open time, each part with the minutes of the day that the clock shows at its ends. */
export interface OpenDay {
  date: string;
  zone: string;
  hours: { span: Span; from: number; to: number }[];
}

const END_OF_DAY = 1440;

/** Return the days from `first` on, with what of the spans begins on each. */
export function toOpenDays(open: Span[], first: string, count: number, zone: string): OpenDay[] {
  return Array.from({ length: count }, (_, index) => {
    const date = addDays(first, index);
    const hours = open
      .flatMap((span) => cutAtMidnight(span, zone))
      .filter((span) => dateOf(span.start_time, zone) === date)
      .map((span) => ({
        span,
        from: minuteOf(span.start_time, zone),
        to: minuteOf(span.end_time, zone) || END_OF_DAY,
      }));
    return { date, zone, hours };
  });
}

/** Return the open time of a day in words. */
export function sayHours({ hours, zone }: OpenDay): string {
  const list = new Intl.ListFormat(undefined, { type: "unit", style: "short" });
  return list.format(
    hours.map(({ span }) => `${formatTime(span.start_time, zone)} – ${formatTime(span.end_time, zone)}`),
  );
}

/** Return the parts of a span that lie on one local date each. */
function cutAtMidnight(span: Span, zone: string): Span[] {
  const start = Temporal.Instant.from(span.start_time).toZonedDateTimeISO(zone);
  const midnight = start.startOfDay().add({ days: 1 }).toInstant();
  if (Temporal.Instant.compare(midnight, Temporal.Instant.from(span.end_time)) >= 0) return [span];
  const cut = midnight.toString();
  return [
    { start_time: span.start_time, end_time: cut },
    ...cutAtMidnight({ start_time: cut, end_time: span.end_time }, zone),
  ];
}

function minuteOf(instant: string, zone: string): number {
  const { hour, minute } = Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
  return hour * 60 + minute;
}

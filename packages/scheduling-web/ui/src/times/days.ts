/** Local dates of a zone, and the instants they begin at. Dates are `YYYY-MM-DD`, instants RFC 3339. */

import { Temporal } from "temporal-polyfill";

/** Return the local date of an instant. */
export function dateOf(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** Return the local date that it is now. */
export function today(zone: string): string {
  return dateOf(new Date().toISOString(), zone);
}

/** Return the instant at which a local date begins, which is not midnight where that is skipped. */
export function startOfDay(date: string, zone: string): string {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).toInstant().toString();
}

export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Return an instant some minutes later. */
export function addMinutes(instant: string, minutes: number): string {
  return Temporal.Instant.from(instant)
    .add({ milliseconds: minutes * 60_000 })
    .toString();
}

/** Return how many minutes a span lasts. */
export function minutesBetween(start: string, end: string): number {
  return (Date.parse(end) - Date.parse(start)) / 60_000;
}

/** Tell whether two RFC 3339 texts mean the same instant, whatever their offsets. */
export function isSameInstant(left: string, right: string): boolean {
  return Date.parse(left) === Date.parse(right);
}

/** Tell whether a text is a date that exists. */
export function isDate(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

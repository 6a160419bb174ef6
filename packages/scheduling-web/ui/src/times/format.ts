/** Instants (RFC 3339) and dates in words, in the viewer's own language and the zone that is named. */

import type { Span } from "../api/types";
import { dateOf } from "./days";

type Format = Intl.DateTimeFormatOptions;

/** Where the day has 24 hours, times are of one width: 08:30 and not 8:30 beside 10:30. */
const hasTwelveHours = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12;
export const TIME: Format = { hour: hasTwelveHours ? "numeric" : "2-digit", minute: "2-digit" };
const DAY: Format = { weekday: "long", day: "numeric", month: "long" };
const SHORT_DAY: Format = { weekday: "short", day: "numeric", month: "short" };

/** Making a formatter is slow and a list of appointments needs the same few again and again. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, format: Format): Intl.DateTimeFormat {
  const key = JSON.stringify([zone, format]);
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(undefined, { ...format, timeZone: zone });
  formatters.set(key, made);
  return made;
}

function say(instant: string, zone: string, format: Format): string {
  return formatter(zone, format).format(new Date(instant));
}

export function formatTime(instant: string, zone: string): string {
  return say(instant, zone, TIME);
}

/** Return both ends of a span; the days are there only where it reaches into another one. */
export function formatTimes(span: Span, zone: string): string {
  if (!isOfOneDay(span, zone)) return formatSpan(span, zone);
  return formatter(zone, TIME).formatRange(new Date(span.start_time), new Date(span.end_time));
}

/** Return both ends of a span after the day, or each with its own where it reaches into another one. */
export function formatDayAndTimes(span: Span, zone: string): string {
  const times = formatTimes(span, zone);
  return isOfOneDay(span, zone) ? `${formatDay(span.start_time, zone)}, ${times}` : times;
}

/** Return both ends of a span with their day. */
export function formatSpan(span: Span, zone: string): string {
  const format = withYear({ ...SHORT_DAY, ...TIME }, span.start_time);
  return formatter(zone, format).formatRange(new Date(span.start_time), new Date(span.end_time));
}

/** Return the day, with the year where that is not the present one. */
export function formatDay(instant: string, zone: string): string {
  return say(instant, zone, withYear(DAY, instant));
}

export function formatShortDay(instant: string, zone: string): string {
  return say(instant, zone, withYear(SHORT_DAY, instant));
}

export function formatDayAndTime(instant: string, zone: string): string {
  return say(instant, zone, withYear({ ...SHORT_DAY, ...TIME }, instant));
}

/** Return the day of a date that is no instant (`YYYY-MM-DD`). */
export function formatDate(date: string): string {
  return formatDay(`${date}T12:00:00Z`, "UTC");
}

export function formatShortDate(date: string): string {
  return formatShortDay(`${date}T12:00:00Z`, "UTC");
}

/** Return both ends of a range of dates (`YYYY-MM-DD`), with the year. */
export function formatDates(first: string, last: string): string {
  const format: Format = { day: "numeric", month: "long", year: "numeric" };
  return formatter("UTC", format).formatRange(new Date(first), new Date(last));
}

/** Return the month of a date (`YYYY-MM-DD`), with the year. */
export function formatMonth(date: string): string {
  return formatter("UTC", { month: "long", year: "numeric" }).format(new Date(date));
}

/** Return what the clocks of a zone are called at an instant, such as `GMT+1`. */
export function formatOffset(instant: string, zone: string): string {
  const parts = formatter(zone, { timeZoneName: "shortOffset" }).formatToParts(new Date(instant));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** Return a duration the way people say it: `45 min`, `1 h 30 min`. */
export function formatMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes - hours * 60;
  const unit = (name: "hour" | "minute", count: number) =>
    new Intl.NumberFormat(undefined, { style: "unit", unit: name, unitDisplay: "short" }).format(count);
  if (hours === 0) return unit("minute", rest);
  return rest === 0 ? unit("hour", hours) : `${unit("hour", hours)} ${unit("minute", rest)}`;
}

function isOfOneDay({ start_time, end_time }: Span, zone: string): boolean {
  return dateOf(start_time, zone) === dateOf(end_time, zone);
}

function withYear(format: Format, instant: string): Format {
  const isThisYear = new Date(instant).getFullYear() === new Date().getFullYear();
  return isThisYear ? format : { ...format, year: "numeric" };
}

/**
 * Availability as the editor holds it: days and times as the clocks of its zone show them. Midnight at the end
 * of a day is `00:00` here, because a time control knows no `24:00`.
 */

import { Temporal } from "temporal-polyfill";
import { z } from "zod";

import { LONGEST_REASON, lengthOf } from "../api/limits";
import type { Availability, AvailabilityChanges } from "../api/types";
import { texts } from "../texts";
import { isDate } from "../times/days";
import { DAYS } from "../times/weekdays";

const { availability: words } = texts;

const MIDNIGHT = "00:00";
const END_OF_DAY = "24:00";

const hours = z
  .object({ start: z.string().min(1, words.timeMissing), end: z.string().min(1, words.timeMissing) })
  .refine(({ start, end }) => start === "" || end === "" || end === MIDNIGHT || start < end, {
    path: ["end"],
    message: words.endBeforeStart,
  });

const absence = z
  .object({
    start: z.string().refine(isLocalTime, words.momentMissing),
    end: z.string().refine(isLocalTime, words.momentMissing),
    reason: z.string().refine((text) => lengthOf(text) <= LONGEST_REASON, texts.tooLong(LONGEST_REASON)),
    /** What the service knows this as; undefined for what is new. */
    known: z.object({ start_time: z.string(), end_time: z.string() }).optional(),
  })
  .refine(({ start, end }) => !isLocalTime(start) || !isLocalTime(end) || start < end, {
    path: ["end"],
    message: words.endBeforeStart,
  });

export const draftSchema = z
  .object({
    zone: z.string().min(1, words.zoneMissing),
    week: z.array(z.object({ day: z.enum(DAYS), hours: z.array(hours) })),
    overrides: z.array(
      z.object({ date: z.string().refine(isDate, words.dateMissing), hours: z.array(hours) }),
    ),
    timeOff: z.array(absence),
  })
  .superRefine(({ overrides }, context) => {
    const dates = overrides.map(({ date }) => date);
    for (const [index, date] of dates.entries()) {
      if (date === "" || dates.indexOf(date) === index) continue;
      context.addIssue({ code: "custom", path: ["overrides", index, "date"], message: words.dateTwice });
    }
  });

export type Draft = z.infer<typeof draftSchema>;
export type HoursDraft = z.infer<typeof hours>;

/** Return the draft that changes nothing yet. */
export function toDraft(availability: Availability): Draft {
  const { time_zone: zone, weekly_hours, date_overrides, time_off } = availability;
  return {
    zone,
    week: DAYS.map((day) => ({ day, hours: weekly_hours.filter((one) => one.day === day).map(toHours) })),
    overrides: date_overrides.map(({ date, hours: those }) => ({ date, hours: those.map(toHours) })),
    timeOff: time_off.map(({ start_time, end_time, reason = "" }) => ({
      start: toLocalTime(start_time, zone),
      end: toLocalTime(end_time, zone),
      reason,
      known: { start_time, end_time },
    })),
  };
}

/** Return the request that a draft stands for. */
export function toChanges({ zone, week, overrides, timeOff }: Draft): AvailabilityChanges {
  return {
    time_zone: zone,
    weekly_hours: week.flatMap(({ day, hours: those }) => those.map((one) => ({ day, ...fromHours(one) }))),
    date_overrides: overrides.map(({ date, hours: those }) => ({ date, hours: those.map(fromHours) })),
    time_off: timeOff.map(({ start, end, reason, known }) => ({
      start_time: fromLocalTime(start, zone, known?.start_time),
      end_time: fromLocalTime(end, zone, known?.end_time),
      reason,
    })),
  };
}

/** Return the hours that a day begins with when it is opened: those of the day before, or else nine to five. */
export function usualHours(week: Draft["week"], day: number): HoursDraft[] {
  const earlier = week.slice(0, day).findLast(({ hours: those }) => those.length > 0);
  return earlier?.hours.map((one) => ({ ...one })) ?? [{ start: "09:00", end: "17:00" }];
}

function toHours({ start, end }: HoursDraft): HoursDraft {
  return { start, end: end === END_OF_DAY ? MIDNIGHT : end };
}

function fromHours({ start, end }: HoursDraft): HoursDraft {
  return { start, end: end === MIDNIGHT ? END_OF_DAY : end };
}

/** Return what the clocks of a zone show at an instant, as a control for date and time reads it. */
function toLocalTime(instant: string, zone: string): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime();
  return local.toString(local.second === 0 ? { smallestUnit: "minute" } : {});
}

/**
 * Return the instant of a local time: the one that was known, if the clock still reads the same then, else by
 * RFC 5545: a time that is skipped moves on, of one that is repeated the first is meant.
 */
function fromLocalTime(local: string, zone: string, known: string | undefined): string {
  if (known !== undefined && toLocalTime(known, zone) === local) return known;
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant().toString();
}

function isLocalTime(text: string): boolean {
  try {
    return text.includes("T") && Temporal.PlainDateTime.from(text) !== undefined;
  } catch {
    return false;
  }
}

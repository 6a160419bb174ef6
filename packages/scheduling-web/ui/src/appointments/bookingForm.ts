/** What the booking form holds, and what it checks before anything is sent: the same as the service does. */

import { z } from "zod";

import { LONGEST_NAME, LONGEST_NOTES, lengthOf } from "../api/limits";
import { requiredLine } from "../api/lines";
import type { AppointmentType, NewAppointment } from "../api/types";
import { texts } from "../texts";
import { dateOf, isDate, today } from "../times/days";
import { describeDurations, isAllowed, nearestDuration, usualDuration } from "./durations";

const { booking: words } = texts;

/** What a form may begin with: a date, or a start and a length that somebody drew in the calendar. */
export interface Prefill {
  date?: string | undefined;
  start?: string | undefined;
  minutes?: number | undefined;
  type?: string | undefined;
}

const UNPRINTABLE_IN_LINES = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u;

export const customerName = requiredLine(LONGEST_NAME, words.customerMissing);

export const notes = z
  .string()
  .refine((text) => lengthOf(text) <= LONGEST_NOTES, texts.tooLong(LONGEST_NOTES))
  .refine((text) => !UNPRINTABLE_IN_LINES.test(text), texts.unprintable);

const fields = z.object({
  customer_name: customerName,
  notes,
  type: z.string(),
  minutes: z.number({ error: words.durationMissing }),
  date: z.string().refine(isDate, words.dateMissing),
  start: z.string().min(1, words.timeMissing),
});

export type BookingFields = z.infer<typeof fields>;

/** Return the schema of the form for a host's types. */
export function bookingSchema(types: AppointmentType[]) {
  return fields.superRefine(({ type, minutes }, context) => {
    const chosen = findType(types, type);
    if (chosen === undefined || isAllowed(chosen, minutes)) return;
    context.addIssue({
      code: "custom",
      path: ["minutes"],
      message: words.durationWrong(describeDurations(chosen)),
    });
  });
}

/** Return what the form begins with. */
export function startFields(types: AppointmentType[], zone: string, prefill: Prefill): BookingFields {
  const type = findType(types, prefill.type) ?? findType(types, "appointment") ?? types[0];
  const { date = today(zone), start = "", minutes } = prefill;
  return {
    customer_name: "",
    notes: "",
    type: type?.id ?? "",
    minutes:
      type === undefined ? 0 : minutes === undefined ? usualDuration(type) : nearestDuration(type, minutes),
    date: start === "" ? date : dateOf(start, zone),
    start,
  };
}

/** Return the request that the form stands for. */
export function toRequest({
  customer_name,
  notes: text,
  type,
  minutes,
  start,
}: BookingFields): NewAppointment {
  return {
    customer_name: customer_name.trim(),
    notes: text,
    type,
    duration_minutes: minutes,
    start_time: start,
  };
}

export function findType(types: AppointmentType[], id: string | undefined): AppointmentType | undefined {
  return types.find((type) => type.id === id);
}

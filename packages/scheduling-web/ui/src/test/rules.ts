/** As many of the rules of the service as the pages can tell apart. */

import { Temporal } from "temporal-polyfill";

import type { Appointment, Availability, Reason, Slot, Span } from "../api/types";
import { addDays, addMinutes, dateOf, startOfDay } from "../times/days";
import { inZone } from "./samples";

const HOLDS_TIME = new Set(["pending", "confirmed", "completed", "no_show"]);
const MOST_SUGGESTIONS = 5;
const LADDER_MINUTES = 15;

/** What a start is asked of. */
export interface Question {
  availability: Availability;
  appointments: Appointment[];
  minutes: number;
  /** The appointment that is to be moved, which does not stand in its own way. */
  moving?: string | undefined;
}

/** Return the open intervals of the weekly hours, on the dates of a range. */
export function openIn(availability: Availability, from: string, to: string): Span[] {
  const zone = availability.time_zone;
  const open: Span[] = [];
  for (
    let date = dateOf(from, zone);
    Date.parse(startOfDay(date, zone)) < Date.parse(to);
    date = addDays(date, 1)
  ) {
    const day = Temporal.PlainDate.from(date);
    const name = day.toLocaleString("en", { weekday: "long" }).toLowerCase();
    for (const hours of availability.weekly_hours.filter((one) => one.day === name)) {
      open.push({ start_time: at(day, hours.start, zone), end_time: at(day, hours.end, zone) });
    }
  }
  return open;
}

function at(day: Temporal.PlainDate, time: string, zone: string): string {
  const midnight = time === "24:00";
  const plainTime = Temporal.PlainTime.from(midnight ? "00:00" : time);
  const date = midnight ? day.add({ days: 1 }) : day;
  return inZone(date.toZonedDateTime({ timeZone: zone, plainTime }).toInstant().toString(), zone);
}

/** Return every reason against a start. */
export function forbid(question: Question, start: string): Reason[] {
  const { availability, appointments, minutes, moving } = question;
  const end = addMinutes(start, minutes);
  const span = { start_time: start, end_time: end };
  const zone = availability.time_zone;
  const isOpen = openIn(availability, start, end).some((open) => holds(open, span));
  const inTheWay = appointments.filter(
    (other) => other.id !== moving && HOLDS_TIME.has(other.status) && overlap(other, span),
  );
  return [
    ...(isOpen
      ? []
      : [{ code: "outside_hours", message: "the time is outside of opening hours", starts: span }]),
    ...inTheWay.map((other) => ({
      code: "overlap",
      message: `another appointment occupies ${inZone(other.start_time, zone)}`,
      starts: span,
      appointment: other.id,
      occupied: { start_time: other.start_time, end_time: other.end_time },
    })),
    ...(Date.parse(start) < Date.now()
      ? [
          {
            code: "too_soon",
            message: "the earliest start is now",
            starts: span,
            earliest: inZone(now(), zone),
          },
        ]
      : []),
  ];
}

/** Return every slot of a range. */
export function offerIn(question: Question, from: string, to: string): Slot[] {
  const { availability, minutes } = question;
  const zone = availability.time_zone;
  const slots: Slot[] = [];
  for (const open of openIn(availability, from, to)) {
    for (let start = open.start_time; Date.parse(start) < Date.parse(open.end_time); start = step(start)) {
      const isAsked = Date.parse(start) >= Date.parse(from) && Date.parse(start) < Date.parse(to);
      if (isAsked && forbid(question, start).length === 0) {
        slots.push({ start_time: inZone(start, zone), end_time: inZone(addMinutes(start, minutes), zone) });
      }
    }
  }
  return slots;
}

/** Return the nearest slots to a start that is refused. */
export function suggest(question: Question, start: string): Slot[] {
  const around = offerIn(question, addMinutes(start, -1440), addMinutes(start, 2880));
  const distance = (slot: Slot) => Math.abs(Date.parse(slot.start_time) - Date.parse(start));
  return around.sort((left, right) => distance(left) - distance(right)).slice(0, MOST_SUGGESTIONS);
}

function step(start: string): string {
  return addMinutes(start, LADDER_MINUTES);
}

function now(): string {
  return new Date().toISOString();
}

/** Tell whether one span lies within another. */
export function holds(outer: Span, inner: Span): boolean {
  return (
    Date.parse(outer.start_time) <= Date.parse(inner.start_time) &&
    Date.parse(inner.end_time) <= Date.parse(outer.end_time)
  );
}

function overlap(left: Span, right: Span): boolean {
  return (
    Date.parse(left.start_time) < Date.parse(right.end_time) &&
    Date.parse(right.start_time) < Date.parse(left.end_time)
  );
}

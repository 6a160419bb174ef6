/** What stands in the calendar, in the terms of FullCalendar. */

import type { EventInput } from "@fullcalendar/react";

import type { Appointment, Availability, Span } from "../api/types";
import { texts } from "../texts";
import { dateOf, startOfDay } from "../times/days";

export function toEvent(appointment: Appointment): EventInput {
  const { id, customer_name, start_time, end_time, status } = appointment;
  return {
    id,
    title: customer_name,
    start: start_time,
    end: end_time,
    editable: status === "pending" || status === "confirmed",
    extendedProps: { appointment },
  };
}

/** Return what is drawn behind the appointments: when the host is not there, and when busy elsewhere. */
export function toBackground({ open = [], busy = [] }: Availability, window: Span): EventInput[] {
  const closed = closedIn(window, open).map(({ start_time, end_time }) => ({
    start: start_time,
    end: end_time,
    display: "background",
    className: "agenda-closed",
  }));
  const claimed = busy.map(({ start_time, end_time, source }) => ({
    title: source === "" ? texts.calendar.busy : texts.calendar.busyAt(source),
    start: start_time,
    end: end_time,
    display: "background",
    className: "agenda-busy",
  }));
  return [...closed, ...claimed];
}

/** Return what of a window lies outside of `open`, which is sorted and disjoint. */
export function closedIn(window: Span, open: readonly Span[]): Span[] {
  const closed: Span[] = [];
  let start = window.start_time;
  for (const { start_time, end_time } of open) {
    if (Date.parse(start) < Date.parse(start_time)) closed.push({ start_time: start, end_time: start_time });
    if (Date.parse(start) < Date.parse(end_time)) start = end_time;
  }
  if (Date.parse(start) < Date.parse(window.end_time)) {
    closed.push({ start_time: start, end_time: window.end_time });
  }
  return closed;
}

/** The first hour of the day that is shown, and the one that it ends with. */
export interface Hours {
  first: number;
  last: number;
}

const DAY_HOURS = 24;
const USUAL_HOURS: Hours = { first: 8, last: 18 };

/** Return the hours of the day that hold all these spans, with one more on either side. */
export function hoursOf(spans: readonly Span[], zone: string): Hours {
  if (spans.length === 0) return USUAL_HOURS;
  const starts = spans.map(({ start_time }) => hourOf(start_time, dateOf(start_time, zone), zone));
  const ends = spans.map(({ start_time, end_time }) => hourOf(end_time, dateOf(start_time, zone), zone));
  // What goes on after midnight is in the first hours of the next day.
  if (Math.max(...ends) > DAY_HOURS) return { first: 0, last: DAY_HOURS };
  return {
    first: Math.max(0, Math.floor(Math.min(...starts)) - 1),
    last: Math.min(DAY_HOURS, Math.ceil(Math.max(...ends)) + 1),
  };
}

/** Return how many hours an instant is from the beginning of a date. */
function hourOf(instant: string, date: string, zone: string): number {
  return (Date.parse(instant) - Date.parse(startOfDay(date, zone))) / 3_600_000;
}

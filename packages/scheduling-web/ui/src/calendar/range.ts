/** What the calendar shows: a view, the date that it is about, and the local dates in it. */

import { Temporal } from "temporal-polyfill";

import { formatDate, formatDates, formatMonth } from "../times/format";

export const VIEWS = ["day", "week", "month", "list"] as const;

export type View = (typeof VIEWS)[number];

/** Local dates from one up to another, which is not part of it. */
export interface DateRange {
  from: string;
  to: string;
}

const DAYS_OF_WEEK = 7;
const WEEKS_OF_GRID = 6;

export function isView(text: string | null): text is View {
  return VIEWS.some((view) => view === text);
}

/** Return the dates that a view shows; a month is shown in whole weeks, always six of them. */
export function rangeOf(view: View, date: string, firstDay: number): DateRange {
  const day = Temporal.PlainDate.from(date);
  switch (view) {
    case "day":
      return toRange(day, 1);
    case "week":
    case "list":
      return toRange(startOfWeek(day, firstDay), DAYS_OF_WEEK);
    case "month":
      return toRange(startOfWeek(day.with({ day: 1 }), firstDay), WEEKS_OF_GRID * DAYS_OF_WEEK);
  }
}

/** Return the date that the view before or after is about. */
export function step(view: View, date: string, count: 1 | -1): string {
  const day = Temporal.PlainDate.from(date);
  switch (view) {
    case "day":
      return day.add({ days: count }).toString();
    case "week":
    case "list":
      return day.add({ weeks: count }).toString();
    case "month":
      return day.with({ day: 1 }).add({ months: count }).toString();
  }
}

/** Return what a view is called. */
export function titleOf(view: View, date: string, firstDay: number): string {
  if (view === "day") return formatDate(date);
  if (view === "month") return formatMonth(date);
  const { from, to } = rangeOf(view, date, firstDay);
  return formatDates(from, Temporal.PlainDate.from(to).subtract({ days: 1 }).toString());
}

/** Return the day that weeks begin with where the viewer is: 1 for Monday, 7 for Sunday. */
export function firstDayOfWeek(language: string): number {
  const locale: Intl.Locale & { getWeekInfo?: () => { firstDay: number } } = new Intl.Locale(language);
  return locale.getWeekInfo?.().firstDay ?? 1;
}

function startOfWeek(day: Temporal.PlainDate, firstDay: number): Temporal.PlainDate {
  return day.subtract({ days: (day.dayOfWeek - firstDay + DAYS_OF_WEEK) % DAYS_OF_WEEK });
}

function toRange(from: Temporal.PlainDate, days: number): DateRange {
  return { from: from.toString(), to: from.add({ days }).toString() };
}

/** The days of the week, by the names that the service has for them. */

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

export type Day = (typeof DAYS)[number];

/** A week that began on a Monday, to ask the calendar of the viewer for names. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** Return what a day is called in the viewer's language. */
export function nameWeekday(day: Day): string {
  const date = new Date(MONDAY + DAYS.indexOf(day) * DAY_MS);
  return new Intl.DateTimeFormat(undefined, { weekday: "long", timeZone: "UTC" }).format(date);
}

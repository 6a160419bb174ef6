/** How the page of an appointment knows the calendar that it was opened from. */

/** Return what goes with the way to an appointment: the address of the calendar, with all that it shows. */
export function fromCalendar(address: string) {
  return { calendar: address };
}

/** Return the address of the calendar, if that is where somebody came from. */
export function readCalendar(state: unknown): string | undefined {
  if (typeof state !== "object" || state === null || !("calendar" in state)) return undefined;
  return typeof state.calendar === "string" ? state.calendar : undefined;
}

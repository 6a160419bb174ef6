/** Time zones of the host and of the viewer. */

import { Temporal } from "temporal-polyfill";

/** Return the zone that this device is set to. */
export function viewerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Tell whether the clocks of two zones show the same at an instant (RFC 3339). */
export function showSameTime(left: string, right: string, instant: string): boolean {
  const at = Temporal.Instant.from(instant);
  const [one, other] = [left, right].map((zone) => at.toZonedDateTimeISO(zone).offsetNanoseconds);
  return one === other;
}

/** Return how people write a zone: `Europe/Berlin` becomes `Berlin`, with the name that the clock has there. */
export function zoneName(zone: string): string {
  const city = zone.split("/").at(-1) ?? zone;
  return city.replaceAll("_", " ");
}

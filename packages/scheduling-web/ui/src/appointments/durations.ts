/** How long an appointment of a type may be, in minutes. */

import type { AppointmentType } from "../api/types";
import { texts } from "../texts";
import { formatMinutes } from "../times/format";

/** A list longer than this is asked for as a number instead. */
const MOST_CHOICES = 12;
const USUAL_MINUTES = 30;

/** Return the durations to choose from, or null where there are so many that one is typed in. */
export function durationChoices(type: AppointmentType): number[] | null {
  if (type.durations !== undefined) return type.durations;
  const range = type.duration_range;
  if (range === undefined) return [];
  const count = Math.floor((range.longest - range.shortest) / range.step) + 1;
  if (count > MOST_CHOICES) return null;
  return Array.from({ length: count }, (_, step) => range.shortest + step * range.step);
}

export function isAllowed(type: AppointmentType, minutes: number): boolean {
  const range = type.duration_range;
  if (range === undefined) return type.durations?.includes(minutes) ?? false;
  const steps = (minutes - range.shortest) / range.step;
  return minutes >= range.shortest && minutes <= range.longest && Number.isInteger(steps);
}

/** Return the duration that a form begins with: the first of a list, or the usual one of a range. */
export function usualDuration(type: AppointmentType): number {
  if (type.durations !== undefined) return type.durations[0] ?? USUAL_MINUTES;
  return isAllowed(type, USUAL_MINUTES) ? USUAL_MINUTES : (type.duration_range?.shortest ?? USUAL_MINUTES);
}

/** Return the nearest duration that is allowed to one that somebody drew in the calendar. */
export function nearestDuration(type: AppointmentType, minutes: number): number {
  const range = type.duration_range;
  if (range === undefined) {
    const distance = (choice: number) => Math.abs(choice - minutes);
    return type.durations?.toSorted((left, right) => distance(left) - distance(right))[0] ?? USUAL_MINUTES;
  }
  const steps = Math.round((minutes - range.shortest) / range.step);
  const last = Math.floor((range.longest - range.shortest) / range.step);
  return range.shortest + Math.min(Math.max(steps, 0), last) * range.step;
}

/** Return the rule for durations in words, to be put into a line or a sentence. */
export function describeDurations(type: AppointmentType): string {
  const range = type.duration_range;
  if (range === undefined) return (type.durations ?? []).map(formatMinutes).join(", ");
  return texts.booking.durationRange(
    formatMinutes(range.shortest),
    formatMinutes(range.longest),
    formatMinutes(range.step),
  );
}

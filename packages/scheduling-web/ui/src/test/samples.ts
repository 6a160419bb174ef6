/** Values for tests: whole ones, of which a test names only what it is about. */

import { Temporal } from "temporal-polyfill";

import type { Appointment, AppointmentType, Availability } from "../api/types";

export const ZONE = "Europe/Berlin";

/** Return an instant the way the service writes it: with the offset of a zone. */
export function inZone(instant: string, zone = ZONE): string {
  return Temporal.Instant.from(instant)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: "never", smallestUnit: "second" });
}

/** Return the instant of a local time in Berlin, such as `2030-01-31T09:00`. */
export function berlin(local: string): string {
  return inZone(Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).toInstant().toString());
}

export function newType(given: Partial<AppointmentType> = {}): AppointmentType {
  return {
    id: "appointment",
    title: "Appointment",
    durations: [30, 60],
    requires_confirmation: false,
    slot_interval_minutes: 15,
    buffer_before_minutes: 0,
    buffer_after_minutes: 0,
    minimum_notice_minutes: 0,
    horizon_days: 365,
    limits: [],
    week_start: "monday",
    any_start: false,
    ...given,
  };
}

let made = 0;

/** Return an appointment of half an hour that begins at a local time in Berlin. */
export function newAppointment(local: string, given: Partial<Appointment> = {}): Appointment {
  made += 1;
  const minutes = given.duration_minutes ?? 30;
  const start = berlin(local);
  const end = Temporal.Instant.from(start).add({ minutes }).toString();
  return {
    id: `appointment-${made}`,
    customer_name: `Customer ${made}`,
    start_time: start,
    end_time: inZone(end),
    duration_minutes: minutes,
    status: "confirmed",
    type: "appointment",
    time_zone: ZONE,
    notes: "",
    version: 1,
    calcom_booking_id: null,
    created_at: berlin("2030-01-01T08:00"),
    updated_at: berlin("2030-01-01T08:00"),
    ...given,
  };
}

const EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** Return hours from nine to five on every day. */
export function newAvailability(given: Partial<Availability> = {}): Availability {
  return {
    time_zone: ZONE,
    weekly_hours: EVERY_DAY.map((day) => ({ day, start: "09:00", end: "17:00" })),
    date_overrides: [],
    time_off: [],
    ...given,
  };
}

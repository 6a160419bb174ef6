import type { Appointment } from "../api/types";
import { dateOf } from "../times/days";

export interface Day {
  /** The local date on which these start, each in the zone that it was booked in. */
  date: string;
  appointments: Appointment[];
}

/** Return appointments, which are in order of start, by the local date of their start. */
export function groupByDay(appointments: readonly Appointment[]): Day[] {
  const days: Day[] = [];
  for (const appointment of appointments) {
    const date = dateOf(appointment.start_time, appointment.time_zone);
    const last = days.at(-1);
    if (last?.date === date) last.appointments.push(appointment);
    else days.push({ date, appointments: [appointment] });
  }
  return days;
}

import type { Appointment } from "../api/types";
import { texts } from "../texts";
import { formatDayAndTime } from "../times/format";

/** Return the sentence that a booking ends with. */
export function sayBooked({ customer_name, start_time, time_zone, status }: Appointment): string {
  const when = formatDayAndTime(start_time, time_zone);
  const say = status === "pending" ? texts.booking.requested : texts.booking.booked;
  return say(customer_name, when);
}

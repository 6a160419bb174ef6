import { Link } from "react-router";

import type { Appointment } from "../api/types";
import { texts } from "../texts";
import { formatMinutes, formatTime, formatTimes } from "../times/format";
import { showSameTime, viewerZone } from "../times/zones";
import { StatusBadge } from "./StatusBadge";

interface AppointmentRowProps {
  appointment: Appointment;
  /** What is booked, where there is more than one thing to book. */
  typeTitle: string | undefined;
  now: Date;
}

/** One appointment in a list, as a link to all about it. */
export function AppointmentRow({ appointment, typeTitle, now }: AppointmentRowProps) {
  const { id, customer_name, start_time, end_time, status, time_zone, duration_minutes } = appointment;
  const isNow = Date.parse(start_time) <= now.getTime() && now.getTime() < Date.parse(end_time);
  const own = viewerZone();
  return (
    <Link className="appointment-row" to={`/appointments/${id}`}>
      <span className="appointment-time">
        <time dateTime={start_time}>{formatTimes(appointment, time_zone)}</time>
        {!showSameTime(time_zone, own, start_time) && (
          <span className="soft">{texts.zones.yours(formatTime(start_time, own))}</span>
        )}
      </span>
      <span className="appointment-who">
        <span className="appointment-customer">{customer_name}</span>
        <span className="soft">
          {formatMinutes(duration_minutes)}
          {typeTitle && ` · ${typeTitle}`}
        </span>
      </span>
      {isNow && <span className="badge badge-now">{texts.upcoming.now}</span>}
      {status !== "confirmed" && <StatusBadge status={status} />}
    </Link>
  );
}

import type { Appointment } from "../api/types";
import { texts } from "../texts";
import {
  formatDayAndTime,
  formatDayAndTimes,
  formatMinutes,
  formatOffset,
  formatSpan,
} from "../times/format";
import { showSameTime, viewerZone, zoneName } from "../times/zones";

const { booking, detail: words } = texts;

interface AppointmentFactsProps {
  appointment: Appointment;
  typeTitle: string;
}

/** What an appointment says. */
export function AppointmentFacts({ appointment, typeTitle }: AppointmentFactsProps) {
  const { start_time, time_zone: zone, duration_minutes, notes, created_at, updated_at } = appointment;
  const own = viewerZone();
  const isElsewhere = !showSameTime(zone, own, start_time);
  return (
    <dl className="card facts">
      <dt>{words.when}</dt>
      <dd>
        <time dateTime={start_time}>{formatDayAndTimes(appointment, zone)}</time>
        {isElsewhere && (
          <span className="soft"> {`${zoneName(zone)} (${formatOffset(start_time, zone)})`}</span>
        )}
      </dd>
      {isElsewhere && (
        <>
          <dt>{words.yourTime}</dt>
          <dd>
            {formatSpan(appointment, own)}
            <span className="soft"> {`${zoneName(own)} (${formatOffset(start_time, own)})`}</span>
          </dd>
        </>
      )}
      <dt>{booking.duration}</dt>
      <dd>{formatMinutes(duration_minutes)}</dd>
      <dt>{words.what}</dt>
      <dd>{typeTitle}</dd>
      {notes !== "" && (
        <>
          <dt>{booking.notes}</dt>
          <dd className="facts-notes">{notes}</dd>
        </>
      )}
      {appointment.calcom_booking_id !== null && (
        <>
          <dt>{words.calcom}</dt>
          <dd>{appointment.calcom_booking_id}</dd>
        </>
      )}
      <dt>{words.booked}</dt>
      <dd>{formatDayAndTime(created_at, zone)}</dd>
      {updated_at !== created_at && (
        <>
          <dt>{words.changed}</dt>
          <dd>{formatDayAndTime(updated_at, zone)}</dd>
        </>
      )}
    </dl>
  );
}

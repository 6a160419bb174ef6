import { useState } from "react";

import type { Appointment } from "../api/types";
import { SyncNote } from "../sync/SyncNote";
import { texts } from "../texts";
import { addDays, today } from "../times/days";
import { formatDate } from "../times/format";
import { useHostZone } from "../times/useHostZone";
import { useNow } from "../times/useNow";
import { ZoneNote } from "../times/ZoneNote";
import { useTypes } from "../types/useTypes";
import { Button, LinkButton } from "../ui/Button";
import { Empty } from "../ui/Empty";
import { Icon } from "../ui/Icon";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { PageHeader } from "../ui/PageHeader";
import { AppointmentRow } from "./AppointmentRow";
import { groupByDay } from "./groupByDay";
import { useUpcoming } from "./useUpcoming";

const { upcoming: words } = texts;

/** More than these are drawn only when asked for. */
const SHOWN_AT_FIRST = 50;

/** What comes next: every upcoming appointment, by day. */
export function UpcomingPage() {
  const upcoming = useUpcoming();
  const { zone } = useHostZone();
  return (
    <div className="page">
      <PageHeader
        title={words.title}
        lead={upcoming.data && upcoming.data.length > 0 && words.lead(upcoming.data.length)}
        actions={
          <LinkButton kind="primary" to="/appointments/new" icon={<Icon name="add" />}>
            {words.book}
          </LinkButton>
        }
      />
      <SyncNote />
      {zone && <ZoneNote zone={zone} />}
      {upcoming.isPending && <Loading />}
      {upcoming.isError && <Failure error={upcoming.error} retry={() => void upcoming.refetch()} />}
      {upcoming.data && (upcoming.data.length === 0 ? <Nothing /> : <Days appointments={upcoming.data} />)}
    </div>
  );
}

function Nothing() {
  return (
    <Empty title={words.emptyTitle} icon={<Icon name="calendar" />}>
      <p>{words.emptyWhat}</p>
      <LinkButton to="/calendar">{words.openCalendar}</LinkButton>
    </Empty>
  );
}

function Days({ appointments }: { appointments: Appointment[] }) {
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  const types = useTypes();
  const now = useNow();
  const titles = new Map(types.data?.map((type) => [type.id, type.title]));
  const titleOf = (appointment: Appointment) => (titles.size > 1 ? titles.get(appointment.type) : undefined);
  return (
    <>
      {groupByDay(appointments.slice(0, shown)).map(({ date, appointments: those }) => (
        <section key={date} className="day" aria-labelledby={`day-${date}`}>
          <h2 id={`day-${date}`}>{nameDay(date, those[0]?.time_zone ?? "UTC")}</h2>
          <ul className="appointment-list">
            {those.map((appointment) => (
              <li key={appointment.id}>
                <AppointmentRow appointment={appointment} typeTitle={titleOf(appointment)} now={now} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {appointments.length > shown && (
        <Button onClick={() => setShown(shown + SHOWN_AT_FIRST)}>
          {words.more(appointments.length - shown)}
        </Button>
      )}
    </>
  );
}

/** Return what a date is called: today, tomorrow, or its day. */
function nameDay(date: string, zone: string): string {
  const present = today(zone);
  if (date === present) return `${words.today}, ${formatDate(date)}`;
  if (date === addDays(present, 1)) return `${words.tomorrow}, ${formatDate(date)}`;
  return formatDate(date);
}

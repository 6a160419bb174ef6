import { useLocation, useParams } from "react-router";

import { isNotFound } from "../api/problems";
import type { Appointment } from "../api/types";
import { texts } from "../texts";
import { findTitle } from "../types/findTitle";
import { useTypes } from "../types/useTypes";
import { LinkButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { PageHeader } from "../ui/PageHeader";
import { AppointmentActions } from "./AppointmentActions";
import { AppointmentFacts } from "./AppointmentFacts";
import { readCalendar } from "./fromCalendar";
import { History } from "./History";
import { StatusBadge } from "./StatusBadge";
import { useAppointment } from "./useAppointment";

const { detail: words } = texts;

/** All about one appointment, and all that can be done with it. */
export function AppointmentPage() {
  const { id = "" } = useParams();
  const appointment = useAppointment(id);
  if (isNotFound(appointment.error)) return <Missing />;
  return (
    <div className="page">
      <BackLink />
      {appointment.isPending && <Loading />}
      {appointment.isError && !appointment.data && (
        <Failure error={appointment.error} retry={() => void appointment.refetch()} />
      )}
      {appointment.data && <Details appointment={appointment.data} />}
    </div>
  );
}

/** Leads to the calendar for who came from there, as it was then, and else to what is upcoming. */
function BackLink() {
  const state: unknown = useLocation().state;
  const calendar = readCalendar(state);
  return (
    <LinkButton
      to={calendar ?? "/"}
      kind="quiet"
      icon={<Icon name="back" />}
      className="button button-quiet button-back"
    >
      {calendar === undefined ? texts.navigation.upcoming : texts.navigation.calendar}
    </LinkButton>
  );
}

function Missing() {
  return (
    <div className="page">
      <BackLink />
      <PageHeader title={words.missingTitle} />
      <p>{words.missing}</p>
    </div>
  );
}

function Details({ appointment }: { appointment: Appointment }) {
  const types = useTypes();
  const type = types.data?.find(({ id }) => id === appointment.type);
  return (
    <>
      <PageHeader title={appointment.customer_name} lead={<StatusBadge status={appointment.status} />} />
      <AppointmentActions appointment={appointment} type={type} />
      <AppointmentFacts appointment={appointment} typeTitle={findTitle(types.data, appointment.type)} />
      <History id={appointment.id} />
    </>
  );
}

import { useState } from "react";
import { useNavigate } from "react-router";

import { BookingForm } from "../appointments/BookingForm";
import type { Prefill } from "../appointments/bookingForm";
import { fromCalendar } from "../appointments/fromCalendar";
import { sayBooked } from "../appointments/sayBooked";
import { texts } from "../texts";
import { useHostZone } from "../times/useHostZone";
import { ZoneNote } from "../times/ZoneNote";
import { useTypes } from "../types/useTypes";
import { Dialog } from "../ui/Dialog";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { useToast } from "../ui/Toasts";
import { Agenda } from "./Agenda";
import { CalendarToolbar } from "./CalendarToolbar";
import { Legend } from "./Legend";
import { RefusedMoveDialog } from "./RefusedMoveDialog";
import { useAgenda } from "./useAgenda";
import { useMove } from "./useMove";
import { useView } from "./useView";

const USUAL_SNAP_MINUTES = 15;

/** The host's calendar: look around in it, book in it, and move what is booked. */
export function CalendarPage() {
  const { zone, error, retry } = useHostZone();
  if (zone !== undefined) return <Calendar zone={zone} />;
  return <div className="page">{error ? <Failure error={error} retry={retry} /> : <Loading />}</div>;
}

function Calendar({ zone }: { zone: string }) {
  const { view, date, firstDay, range, address, go, openDay } = useView(zone);
  const { appointments, availability, window, hours } = useAgenda(range, zone);
  const [booking, setBooking] = useState<Prefill | null>(null);
  const { move, refused, dismiss } = useMove();
  const types = useTypes();
  const navigate = useNavigate();
  const toast = useToast();

  const hasHours = view === "day" || view === "week";
  const error = appointments.error ?? availability.error;
  const close = () => setBooking(null);

  return (
    <div className="page page-wide calendar">
      <CalendarToolbar
        view={view}
        date={date}
        firstDay={firstDay}
        zone={zone}
        isLoading={appointments.isFetching}
        onGo={go}
        onBook={() => setBooking({ date })}
      />
      <div className="calendar-notes">
        <ZoneNote zone={zone} at={window.start_time} />
        {hasHours && <Legend hasBusy={(availability.data?.busy ?? []).length > 0} />}
      </div>
      {error && (
        <Failure
          error={error}
          retry={() => {
            void appointments.refetch();
            void availability.refetch();
          }}
        />
      )}
      <Agenda
        view={view}
        date={date}
        firstDay={firstDay}
        zone={zone}
        window={window}
        appointments={appointments.data ?? NONE}
        availability={availability.data}
        isCurrent={!availability.isPlaceholderData}
        hours={hours}
        snapMinutes={Math.min(
          USUAL_SNAP_MINUTES,
          ...(types.data ?? []).map((type) => type.slot_interval_minutes),
        )}
        onPoint={setBooking}
        onOpen={({ id }) => void navigate(`/appointments/${id}`, { state: fromCalendar(address) })}
        onOpenDay={openDay}
        onMove={(moved) => void move(moved)}
      />
      {booking && types.data && (
        <Dialog title={texts.booking.title} onClose={close}>
          <BookingForm
            types={types.data}
            zone={zone}
            prefill={booking}
            onCancel={close}
            onBooked={(appointment) => {
              close();
              toast({ text: sayBooked(appointment) });
            }}
          />
        </Dialog>
      )}
      {refused && (
        <RefusedMoveDialog refused={refused} onMove={(moved) => void move(moved)} onClose={dismiss} />
      )}
    </div>
  );
}

const NONE: never[] = [];

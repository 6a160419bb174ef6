import { useMemo, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { BookingForm } from "../appointments/BookingForm";
import type { Prefill } from "../appointments/bookingForm";
import { sayBooked } from "../appointments/sayBooked";
import { texts } from "../texts";
import { isDate, today } from "../times/days";
import { useHostZone } from "../times/useHostZone";
import { ZoneNote } from "../times/ZoneNote";
import { useTypes } from "../types/useTypes";
import { Dialog } from "../ui/Dialog";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { useToast } from "../ui/Toasts";
import { Agenda } from "./Agenda";
import { CalendarToolbar } from "./CalendarToolbar";
import { RefusedMoveDialog } from "./RefusedMoveDialog";
import { firstDayOfWeek, isView, rangeOf, type View } from "./range";
import { useAgenda } from "./useAgenda";
import { useMove } from "./useMove";

/** Narrower than this a week has no room. */
const ROOM_FOR_WEEK = "(min-width: 40rem)";
const USUAL_SNAP_MINUTES = 15;

/** The host's calendar: look around in it, book in it, and move what is booked. */
export function CalendarPage() {
  const { zone, error, retry } = useHostZone();
  if (zone !== undefined) return <Calendar zone={zone} />;
  return <div className="page">{error ? <Failure error={error} retry={retry} /> : <Loading />}</div>;
}

function Calendar({ zone }: { zone: string }) {
  const [query, setQuery] = useSearchParams();
  const [booking, setBooking] = useState<Prefill | null>(null);
  const navigate = useNavigate();
  const toast = useToast();
  const types = useTypes();
  const { move, refused, dismiss } = useMove();

  const asked = { view: query.get("view"), date: query.get("date") ?? "" };
  const view = isView(asked.view) ? asked.view : matchMedia(ROOM_FOR_WEEK).matches ? "week" : "day";
  const date = isDate(asked.date) ? asked.date : today(zone);
  const firstDay = firstDayOfWeek(navigator.language);
  const range = useMemo(() => rangeOf(view, date, firstDay), [view, date, firstDay]);
  const { appointments, availability, window } = useAgenda(range, zone);
  const go = (to: { view?: View; date?: string }) => setQuery({ view, date, ...to }, { replace: true });
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
      <ZoneNote zone={zone} at={window.start_time} />
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
        snapMinutes={Math.min(
          USUAL_SNAP_MINUTES,
          ...(types.data ?? []).map((type) => type.slot_interval_minutes),
        )}
        onPoint={setBooking}
        onOpen={({ id }) => void navigate(`/appointments/${id}`)}
        onOpenDay={(day) => go({ view: "day", date: day })}
        onMove={move}
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
      {refused && <RefusedMoveDialog refused={refused} onMove={move} onClose={dismiss} />}
    </div>
  );
}

const NONE: never[] = [];

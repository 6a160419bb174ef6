import "@fullcalendar/react/skeleton.css";
import "@fullcalendar/react/themes/breezy/theme.css";
import "./agenda.css";

import FullCalendar, { type CalendarRef, type EventChangeInfo } from "@fullcalendar/react";
import dayGrid from "@fullcalendar/react/daygrid";
import interaction from "@fullcalendar/react/interaction";
import list from "@fullcalendar/react/list";
import theme from "@fullcalendar/react/themes/breezy";
import timeGrid from "@fullcalendar/react/timegrid";
import { useEffect, useMemo, useRef } from "react";

import type { Appointment, Availability, Span } from "../api/types";
import { texts } from "../texts";
import { dateOf } from "../times/days";
import { TIME } from "../times/format";
import { Loading } from "../ui/Loading";
import { VIEW_OF_HOURS } from "./hours";
import type { View } from "./range";
import { type Hours, toBackground, toEvent } from "./toEvents";

const PLUGINS = [dayGrid, timeGrid, list, interaction, theme];

const TYPES: Record<View, string> = {
  day: "timeGridDay",
  week: "timeGridWeek",
  month: "dayGridMonth",
  list: "listWeek",
};

const VIEWS = {
  timeGrid: VIEW_OF_HOURS,
  list: {
    listDayClass: "agenda-list-day",
    listDayHeaderClass: "agenda-list-date",
    listItemEventTimeClass: "agenda-list-time",
    listItemEventTitleClass: "agenda-list-name",
  },
};

/** The lines of the views of hours are so far apart. */
const SLOT_MINUTES = 30;
/** In pixels: what is lower has its name and its time on one line. */
const ROOM_FOR_TWO_LINES = 46;

/** A start that somebody pointed at; only a date, where the view has no hours. */
export interface Pointed {
  start?: string;
  date?: string;
  minutes?: number;
}

export interface Moved {
  appointment: Appointment;
  start: string;
  minutes: number;
}

interface AgendaProps {
  view: View;
  date: string;
  firstDay: number;
  zone: string;
  window: Span;
  appointments: Appointment[];
  availability: Availability | undefined;
  /** Whether the availability is that of the window, and not yet that of the one before. */
  isCurrent: boolean;
  /** Those of a day that are shown; undefined until that is known. */
  hours: Hours | undefined;
  /** The steps in which something can be drawn or dragged. */
  snapMinutes: number;
  onPoint: (pointed: Pointed) => void;
  onOpen: (appointment: Appointment) => void;
  onOpenDay: (date: string) => void;
  onMove: (moved: Moved) => void;
}

/** The calendar itself, in the host's zone. */
export function Agenda(props: AgendaProps) {
  const {
    view,
    date,
    firstDay,
    zone,
    window,
    appointments,
    availability,
    isCurrent,
    hours,
    snapMinutes,
    onOpenDay,
  } = props;
  const calendar = useRef<CalendarRef>(null);
  const hasHours = view === "day" || view === "week";

  useEffect(() => {
    calendar.current?.getApi().changeView(TYPES[view], date);
  }, [view, date]);

  const events = useMemo(() => {
    const behind =
      availability === undefined || !isCurrent || !hasHours ? [] : toBackground(availability, window);
    return [...appointments.map(toEvent), ...behind];
  }, [appointments, availability, isCurrent, window, hasHours]);

  const shortest = Math.min(SLOT_MINUTES, ...appointments.map((one) => one.duration_minutes));

  const move = ({ event }: EventChangeInfo) =>
    props.onMove({
      appointment: event.extendedProps.appointment as Appointment,
      start: event.startStr,
      minutes: (Date.parse(event.endStr) - Date.parse(event.startStr)) / 60_000,
    });

  if (hours === undefined) {
    return (
      <div className="agenda">
        <Loading />
      </div>
    );
  }
  return (
    <div className={`agenda agenda-of-${view}`}>
      <FullCalendar
        ref={calendar}
        plugins={PLUGINS}
        initialView={TYPES[view]}
        initialDate={date}
        timeZone={zone}
        locale={navigator.language}
        firstDay={firstDay % 7}
        headerToolbar={false}
        height="100%"
        expandRows
        allDaySlot={false}
        nowIndicator
        scrollTime={{ hours: hours.first }}
        slotMinTime={{ hours: hours.first }}
        slotMaxTime={{ hours: hours.last }}
        slotDuration={{ minutes: SLOT_MINUTES }}
        snapDuration={{ minutes: snapMinutes }}
        slotMinHeight={shortest < SLOT_MINUTES ? 48 : 22}
        eventShortHeight={ROOM_FOR_TWO_LINES}
        slotHeaderFormat={TIME}
        eventTimeFormat={TIME}
        views={VIEWS}
        dayMaxEvents={3}
        popoverClass="agenda-popover"
        moreLinkText={texts.calendar.more}
        noEventsText={texts.calendar.empty}
        events={events}
        eventClass={({ event }) =>
          `agenda-${(event.extendedProps.appointment as Appointment | undefined)?.status}`
        }
        eventInteractive
        // In the other views their names would not be what can be read on them.
        navLinks={view === "month"}
        navLinkDayClick={(day) => onOpenDay(dateOf(day.toISOString(), zone))}
        selectable={hasHours}
        selectMirror
        selectMinDistance={8}
        dateClick={({ dateStr, allDay }) => props.onPoint(allDay ? { date: dateStr } : { start: dateStr })}
        select={({ startStr, endStr }) =>
          props.onPoint({
            start: startStr,
            minutes: (Date.parse(endStr) - Date.parse(startStr)) / 60_000,
          })
        }
        eventClick={({ event }) => {
          const { appointment } = event.extendedProps;
          if (appointment !== undefined) props.onOpen(appointment as Appointment);
        }}
        eventDrop={move}
        eventResize={move}
      />
    </div>
  );
}

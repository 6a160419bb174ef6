"""Agendas, and situations: an agenda with all that is needed to ask about it."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from scheduling_core.agenda import Agenda, BusyInterval, TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import Appointment, Status
from scheduling_core.changes import Booked, Change, ScheduleSet, TimeOffAdded, TypeAdded
from scheduling_core.ids import AppointmentId, AppointmentTypeId
from scheduling_core.intervals import Interval
from scheduling_core.ports import Storage
from scheduling_core.testing.strategies.appointments import HOST, VISIT
from scheduling_core.testing.strategies.hours import schedules
from scheduling_core.testing.strategies.policies import appointment_types
from scheduling_core.testing.strategies.times import (
    DAY,
    HOUR,
    MINUTE,
    QUARTER,
    anchors,
    durations,
    intervals,
)
from scheduling_core.testing.strategies.zones import zones

_MOVABLE = (Status.CONFIRMED, Status.PENDING)
_HOLDING = (*_MOVABLE, Status.COMPLETED, Status.NO_SHOW)
_GONE = (Status.CANCELLED, Status.DECLINED)
_OTHER = AppointmentTypeId("other")

# Drawn at once, because an agenda has many parts and every draw costs time.
_GAPS = [count * QUARTER for count in (0, 0, 1, 2, 4, 4 * 24)]
_BUFFERS = [count * MINUTE for count in (0, 0, 15, 5, 30)]
_SPACINGS = list(itertools.product(_GAPS, _BUFFERS, _BUFFERS))
_KINDS = list(itertools.product((VISIT, VISIT, _OTHER), (*_MOVABLE, *_HOLDING, *_GONE)))
_LAID = st.tuples(st.sampled_from(_SPACINGS), durations(), st.sampled_from(_KINDS))
_STANDING = st.one_of(*(st.lists(_LAID, min_size=least, max_size=5) for least in (1, 2, 0)))
_TYPES = appointment_types()
_ANY_ZONE = zones()


@attrs.frozen
class Situation:
    """An agenda and a question about it, whose fields are the arguments of `find_slots`."""

    agenda: Agenda
    type: AppointmentType
    now: dt.datetime
    duration: dt.timedelta | None
    moving: Appointment | None

    def store(self, storage: Storage) -> None:
        """Put the host, the type, the time off and the appointments into *storage*, which is empty.

        Busy intervals are left out: no use case writes them, they are copied from another calendar.
        """
        host = self.agenda.host
        changes: list[Change] = [
            ScheduleSet(host, self.now, self.agenda.schedule),
            TypeAdded(host, self.now, self.type),
            *(TimeOffAdded(host, self.now, off) for off in self.agenda.time_off),
            *(Booked(appointment) for appointment in self.agenda.appointments),
        ]
        storage.transact(lambda work: [work.record(change) for change in changes])


def time_off(origin: dt.datetime, *, hours: int = 48) -> st.SearchStrategy[TimeOff]:
    """Draw time off between two half hours after *origin*; leaves out absences of weeks."""
    during = intervals(origin, step=HOUR / 2, steps=2 * hours)
    return st.builds(TimeOff, during, st.sampled_from(("", "away", "vacances d'été")))


def busy_intervals(origin: dt.datetime, *, hours: int = 48) -> st.SearchStrategy[BusyInterval]:
    """Draw a busy interval of another calendar, between two half hours after *origin*."""
    during = intervals(origin, step=HOUR / 2, steps=2 * hours)
    as_of = st.sampled_from((None, origin - DAY))
    return st.builds(BusyInterval, during, st.sampled_from(("", "work")), as_of)


@st.composite
def _standing(draw: st.DrawFn, origin: dt.datetime, zone: ZoneInfo) -> list[Appointment]:
    """Draw appointments one after another, so that no two that hold time overlap.

    Between the occupied intervals of neighbours there is often no gap at all. What was cancelled or
    declined stands wherever it likes.
    """
    found: list[Appointment] = []
    free = origin
    for number, ((gap, before, after), duration, (kind, status)) in enumerate(draw(_STANDING)):
        start = free + gap + before
        during = Interval(start, start + duration)
        if status not in _GONE:
            free = during.end + after
        appointment = Appointment(
            id=AppointmentId(f"appointment-{number}"),
            host=HOST,
            type=kind,
            customer_name="Ada",
            during=during,
            occupied=Interval(start - before, during.end + after),
            status=status,
            version=1,
            timezone=zone,
            created_at=origin - DAY,
            updated_at=origin - DAY,
        )
        found.append(appointment)
    return found


@st.composite
def agendas(draw: st.DrawFn, zone: ZoneInfo | None = None) -> Agenda:
    """Draw an agenda around a change of clocks of *zone*, or of any zone.

    No two of its appointments that hold time overlap; everything else may overlap everything. Leaves out
    agendas of more than five appointments, and windows of more than two days.
    """
    if zone is None:
        zone = draw(_ANY_ZONE)
    anchor = draw(anchors(zone))
    origin = anchor + draw(st.integers(-24, 4)) * QUARTER
    # The window may begin in the middle of what is there, and end there too.
    start = origin + draw(st.sampled_from((0, -24, -6, 3))) * HOUR / 2
    window = Interval(start, start + draw(st.sampled_from((24, 6, 12, 36, 48))) * HOUR)
    return Agenda(
        host=HOST,
        window=window,
        schedule=draw(schedules(zone, anchor)),
        appointments=draw(_standing(origin, zone)),
        time_off=draw(st.lists(time_off(origin, hours=24), max_size=2, unique=True)),
        external_busy=draw(st.lists(busy_intervals(origin, hours=24), max_size=2, unique=True)),
        version=draw(st.integers(1, 9)),
    )


@st.composite
def situations(draw: st.DrawFn, zone: ZoneInfo | None = None) -> Situation:
    """Draw an agenda, a type, the present instant, a duration, and at times an appointment to be moved.

    Now is mostly shortly before the window, so that notice and horizon cut into it. The duration may be
    one that the type does not allow.
    """
    agenda = draw(agendas(zone))
    wanted = draw(_TYPES)
    hours = (-48, -24, -24, -12, -6, -3, 0, 6, 12, -24 * 400)
    # With the notice, now may reach exactly to an appointment.
    edges = [each.during.start - wanted.policy.minimum_notice for each in agenda.appointments[:2]]
    now = draw(st.sampled_from([*(agenda.window.start + count * HOUR for count in hours), *edges]))
    wished = [None, None, *wanted.durations, *(wanted.duration_range or ()), draw(durations())]
    movable = [
        appointment
        for appointment in agenda.appointments
        if appointment.type == wanted.id and appointment.status in _MOVABLE
    ]
    return Situation(
        agenda,
        wanted,
        now,
        draw(st.sampled_from(wished)),
        draw(st.sampled_from([None, *movable])),
    )

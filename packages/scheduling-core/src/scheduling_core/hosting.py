"""What a host decides about itself: opening hours, time off, and what can be booked; one function for each.

Appointments stay as they are, whatever is decided; those that it touches are returned.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from scheduling_core import queries
from scheduling_core.agenda import Availability, TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import MOVABLE, Appointment
from scheduling_core.changes import ScheduleSet, TimeOffAdded, TimeOffRemoved, TypeAdded, TypeRemoved
from scheduling_core.errors import InvalidValue, NotFound, TypeInUse
from scheduling_core.ids import AppointmentTypeId, HostId
from scheduling_core.loading import load_host, load_type
from scheduling_core.ports import Stamp, UnitOfWork
from scheduling_core.schedules import DateOverride, Schedule, WeeklyHours


def set_schedule(work: UnitOfWork, stamp: Stamp, host: HostId, schedule: Schedule) -> tuple[Appointment, ...]:
    """Give a host, known or new, its hours; return the upcoming appointments that lie outside them."""
    change = ScheduleSet(host, stamp.now, schedule)
    outside = () if work.host(host) is None else queries.affected(work, stamp, host, schedule)
    work.record(change)
    return outside


def add_type(
    work: UnitOfWork, stamp: Stamp, host: HostId, type: AppointmentType, *, replace: bool | None = None
) -> None:
    """Add an appointment type to a host, in place of one with the same id.

    With *replace* there must be one, or NotFound is raised; without, as False, there must be none, or
    InvalidValue is. None takes both.
    """
    known = load_host(work, host)
    if replace is True:
        load_type(work, known, type.id)
    elif replace is False and work.appointment_type(known.id, type.id) is not None:
        raise InvalidValue("id", "must be new, and names another appointment type of the host", type.id)
    work.record(TypeAdded(known.id, stamp.now, type))


def remove_type(work: UnitOfWork, stamp: Stamp, host: HostId, type: AppointmentTypeId) -> None:
    """Take an appointment type back; raises NotFound unless the host has it.

    What is over keeps its name, but what is to come could not be moved any more: while a pending or confirmed
    appointment of the type has not ended, TypeInUse is raised.
    """
    known = load_host(work, host)
    wanted = load_type(work, known, type)
    coming = work.upcoming(known.id, stamp.now, None)
    using = tuple(appointment.id for appointment in coming if appointment.type == type)
    if using:
        raise TypeInUse(type, using)
    work.record(TypeRemoved(known.id, stamp.now, wanted))


def add_time_off(work: UnitOfWork, stamp: Stamp, host: HostId, time_off: TimeOff) -> tuple[Appointment, ...]:
    """Add time off; return the pending and confirmed appointments that it touches, which stay."""
    known = load_host(work, host)
    touched = tuple(
        appointment
        for appointment in work.between(known.id, time_off.during)
        if appointment.status in MOVABLE
    )
    if time_off not in work.time_off(known.id):
        work.record(TimeOffAdded(known.id, stamp.now, time_off))
    return touched


def remove_time_off(work: UnitOfWork, stamp: Stamp, host: HostId, time_off: TimeOff) -> None:
    """Take time off back; raises NotFound unless it was added."""
    known = load_host(work, host)
    if time_off not in work.time_off(known.id):
        raise NotFound("time off", str(time_off.during))
    work.record(TimeOffRemoved(known.id, stamp.now, time_off))


def availability(work: UnitOfWork, _: Stamp, host: HostId) -> Availability:
    """Return a host's hours and time off."""
    known = load_host(work, host)
    return Availability(known.schedule, work.time_off(known.id))


def set_availability(
    work: UnitOfWork,
    stamp: Stamp,
    host: HostId,
    *,
    timezone: ZoneInfo | str | None = None,
    weekly: WeeklyHours | None = None,
    overrides: Iterable[DateOverride] | None = None,
    time_off: Iterable[TimeOff] | None = None,
) -> tuple[Availability, tuple[Appointment, ...]]:
    """Replace the given parts of a known host's availability, and leave those that are None.

    Returns what it is now, and the upcoming appointments that are not inside it, which stay. What is as it
    was already is no change.
    """
    before = availability(work, stamp, host)
    after = _replace(before, timezone, weekly, overrides, time_off)
    outside = _outside(work, stamp, host, after)
    if after.schedule != before.schedule:
        work.record(ScheduleSet(host, stamp.now, after.schedule))
    for item in before.time_off:
        if item not in after.time_off:
            work.record(TimeOffRemoved(host, stamp.now, item))
    for item in after.time_off:
        if item not in before.time_off:
            work.record(TimeOffAdded(host, stamp.now, item))
    return after, outside


def preview_availability(
    work: UnitOfWork,
    stamp: Stamp,
    host: HostId,
    *,
    timezone: ZoneInfo | str | None = None,
    weekly: WeeklyHours | None = None,
    overrides: Iterable[DateOverride] | None = None,
    time_off: Iterable[TimeOff] | None = None,
) -> tuple[Availability, tuple[Appointment, ...]]:
    """Return what `set_availability` would, without writing."""
    after = _replace(availability(work, stamp, host), timezone, weekly, overrides, time_off)
    return after, _outside(work, stamp, host, after)


def _replace(
    before: Availability,
    timezone: ZoneInfo | str | None,
    weekly: WeeklyHours | None,
    overrides: Iterable[DateOverride] | None,
    time_off: Iterable[TimeOff] | None,
) -> Availability:
    known = before.schedule
    schedule = Schedule(
        known.timezone if timezone is None else timezone,
        known.weekly if weekly is None else weekly,
        known.overrides if overrides is None else overrides,
    )
    return Availability(schedule, before.time_off if time_off is None else time_off)


def _outside(
    work: UnitOfWork, stamp: Stamp, host: HostId, availability: Availability
) -> tuple[Appointment, ...]:
    return tuple(
        appointment
        for appointment in queries.upcoming(work, stamp, host)
        if availability.open_intervals(appointment.during) != (appointment.during,)
    )

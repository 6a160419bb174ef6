"""Questions about a host: one function for each, over a unit of work.

They change nothing, and are asked on a snapshot.
"""

import datetime as dt
from collections.abc import Collection

import attrs

from scheduling_core import slots
from scheduling_core.agenda import Agenda, BusyInterval, TimeOff
from scheduling_core.appointment_types import AppointmentType, check_count
from scheduling_core.appointments import Appointment, Status
from scheduling_core.changes import LogEntry
from scheduling_core.checks import LONGEST_ID, check_text
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import LATEST, TICK, Interval, to_instant
from scheduling_core.loading import (
    around,
    load_agenda,
    load_appointment,
    load_host,
    load_offer,
    require_type,
    with_age,
)
from scheduling_core.local_time import DAY
from scheduling_core.ports import Stamp, UnitOfWork
from scheduling_core.reasons import Reason
from scheduling_core.schedules import Schedule

_LATEST_VERSION = 2**63 - 1
"""No storage counts further."""


def get(work: UnitOfWork, _: Stamp, id: AppointmentId, *, host: HostId | None = None) -> Appointment:
    """Return an appointment; raises NotFound, and to a *host* also for one of another host."""
    return load_appointment(work, id, host=host)


def find_slots(
    work: UnitOfWork,
    stamp: Stamp,
    host: HostId,
    type: AppointmentTypeId,
    window: Interval,
    *,
    duration: dt.timedelta | None = None,
    moving: AppointmentId | None = None,
) -> list[dt.datetime]:
    """Return the starts in *window* that are offered: UTC, ascending.

    Without *duration* the type's usual one is meant or, in a move, that of the appointment *moving*. For one
    that the type does not allow no start is offered, and `explain` says so: `wrong_duration`.
    """
    asked = _ask(work, stamp, host, type, window, duration=duration, moving=moving)
    return slots.find_slots(asked.agenda, asked.type, now=stamp.now, duration=duration, moving=asked.moving)


def next_slot(
    work: UnitOfWork,
    stamp: Stamp,
    host: HostId,
    type: AppointmentTypeId,
    window: Interval | None = None,
    *,
    duration: dt.timedelta | None = None,
    moving: AppointmentId | None = None,
) -> dt.datetime | None:
    """Return the first offered start in *window*, or from now to the horizon; None if there is none."""
    if window is None:
        _, offered = load_offer(work, host, type)
        policy = require_type(offered, type).policy
        end = min(stamp.now + (policy.horizon_days + 2) * DAY, LATEST - TICK)
        if end <= stamp.now:
            return None
        window = Interval(stamp.now, end)
    asked = _ask(work, stamp, host, type, window, duration=duration, moving=moving)
    return slots.next_slot(asked.agenda, asked.type, now=stamp.now, duration=duration, moving=asked.moving)


def explain(
    work: UnitOfWork,
    stamp: Stamp,
    host: HostId,
    type: AppointmentTypeId,
    start: dt.datetime,
    *,
    duration: dt.timedelta | None = None,
    moving: AppointmentId | None = None,
) -> tuple[Reason, ...]:
    """Return every reason against *start*; none means that it can be booked.

    A reason's `starts` are told as far as a day to both sides.
    """
    reach = around(start)
    asked = _ask(work, stamp, host, type, around(start, TICK), duration=duration, moving=moving, window=reach)
    return slots.explain(
        asked.agenda, asked.type, start, now=stamp.now, duration=duration, moving=asked.moving
    )


def suggest(
    work: UnitOfWork,
    stamp: Stamp,
    host: HostId,
    type: AppointmentTypeId,
    start: dt.datetime,
    *,
    duration: dt.timedelta | None = None,
    moving: AppointmentId | None = None,
    count: int = 5,
) -> list[dt.datetime]:
    """Return the *count* offered starts nearest to *start*, nearest first, none two weeks away."""
    asked = _ask(work, stamp, host, type, around(start, 14 * DAY), duration=duration, moving=moving)
    return slots.suggest(
        asked.agenda,
        asked.type,
        start,
        now=stamp.now,
        duration=duration,
        moving=asked.moving,
        count=count,
    )


def upcoming(
    work: UnitOfWork, stamp: Stamp, host: HostId, *, limit: int | None = None
) -> tuple[Appointment, ...]:
    """Return the pending and confirmed appointments that have not ended, in order of start."""
    if limit is not None:
        check_count(limit, "limit")
    return work.upcoming(load_host(work, host).id, stamp.now, limit)


def between(work: UnitOfWork, _: Stamp, host: HostId, window: Interval) -> tuple[Appointment, ...]:
    """Return the appointments in any status that overlap *window*, in order of start."""
    return work.between(load_host(work, host).id, window)


def page(
    work: UnitOfWork,
    _: Stamp,
    host: HostId,
    window: Interval,
    *,
    statuses: Collection[Status] = frozenset(Status),
    after: tuple[dt.datetime, AppointmentId] | None = None,
    limit: int = 50,
) -> tuple[Appointment, ...]:
    """Return some of the appointments that overlap *window*, in order of start, then id: a page of a list.

    They are in one of *statuses*, at most *limit*, and come behind the start and id of *after*, which is how
    the page before ended. What is booked in the meantime moves no page.
    """
    check_count(limit, "limit")
    if after is not None:
        check_text(after[1], "after", LONGEST_ID)
        after = to_instant(after[0], "after"), after[1]
    return work.page(load_host(work, host).id, window, frozenset(statuses), after, limit)


def history(
    work: UnitOfWork, _: Stamp, id: AppointmentId, *, host: HostId | None = None
) -> tuple[LogEntry, ...]:
    """Return all that happened to an appointment, oldest first; raises NotFound as `get` does."""
    return work.history(load_appointment(work, id, host=host).id)


def changes(work: UnitOfWork, _: Stamp, host: HostId, *, after: int = 0) -> tuple[LogEntry, ...]:
    """Return the host's changes above version *after*, oldest first: to send one's own mail from."""
    return work.changes(load_host(work, host).id, min(max(after, 0), _LATEST_VERSION))


def version(work: UnitOfWork, _: Stamp, host: HostId) -> int:
    """Return the host's version, which rises by one with every change: while it stays, so does all else."""
    return load_host(work, host).version


def schedule(work: UnitOfWork, _: Stamp, host: HostId) -> Schedule:
    """Return a host's hours."""
    return load_host(work, host).schedule


def affected(work: UnitOfWork, stamp: Stamp, host: HostId, schedule: Schedule) -> tuple[Appointment, ...]:
    """Return the upcoming appointments that *schedule* would leave outside, without writing."""
    return tuple(
        appointment
        for appointment in upcoming(work, stamp, host)
        if schedule.open_intervals(appointment.during) != (appointment.during,)
    )


def time_off(work: UnitOfWork, _: Stamp, host: HostId) -> tuple[TimeOff, ...]:
    """Return a host's time off, in order of start."""
    return work.time_off(load_host(work, host).id)


def busy(work: UnitOfWork, stamp: Stamp, host: HostId, window: Interval) -> tuple[BusyInterval, ...]:
    """Return what other calendars claim of a host's time in *window*, whole and in order of start.

    It is what the rules go by: where the copy of a calendar is older than its link allows, all of *window*.
    """
    known = load_host(work, host)
    if not known.links:
        return ()  # Only what is linked is copied, and what is unlinked is forgotten.
    claimed = work.claimed(known.id, window, None).external_busy
    found = with_age(known, claimed, window, stamp.now)
    return tuple(sorted(found, key=lambda item: (item.during.start, item.during.end, item.source)))


def types(work: UnitOfWork, _: Stamp, host: HostId) -> tuple[AppointmentType, ...]:
    """Return a host's appointment types, in order of id."""
    return work.types(load_host(work, host).id)


@attrs.frozen
class _Asked:
    agenda: Agenda
    type: AppointmentType
    moving: Appointment | None


def _ask(
    work: UnitOfWork,
    stamp: Stamp,
    host: HostId,
    type: AppointmentTypeId,
    starts: Interval,
    *,
    duration: dt.timedelta | None,
    moving: AppointmentId | None,
    window: Interval | None = None,
) -> _Asked:
    known, offered = load_offer(work, host, type)
    wanted = require_type(offered, type)
    appointment = None if moving is None else load_appointment(work, moving, host=known.id)
    if duration is None and appointment is not None:
        duration = appointment.during.duration
    agenda = load_agenda(work, known, wanted, starts, duration, now=stamp.now, window=window)
    return _Asked(agenda, wanted, appointment)

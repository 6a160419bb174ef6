"""What every use case loads before it can decide."""

import datetime as dt

from scheduling_core.agenda import Agenda, BusyInterval
from scheduling_core.appointment_types import AppointmentType, check_duration
from scheduling_core.appointments import Appointment
from scheduling_core.checks import is_identity
from scheduling_core.errors import NotFound, VersionMismatch
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import EARLIEST, LATEST, TICK, Interval, to_instant
from scheduling_core.local_time import DAY
from scheduling_core.ports import Host, UnitOfWork
from scheduling_core.rules import counted_span


def load_host(work: UnitOfWork, id: HostId) -> Host:
    """Return the host; raises NotFound."""
    found = work.host(id) if is_identity(id) else None
    if found is None:
        raise NotFound("host", id)
    return found


def load_type(work: UnitOfWork, host: Host, id: AppointmentTypeId) -> AppointmentType:
    """Return one of the host's types; raises NotFound."""
    return require_type(work.appointment_type(host.id, id) if is_identity(id) else None, id)


def require_type(found: AppointmentType | None, id: AppointmentTypeId) -> AppointmentType:
    """Return what was *found*; raises NotFound where that is nothing."""
    if found is None:
        raise NotFound("appointment type", id)
    return found


def load_offer(work: UnitOfWork, host: HostId, id: AppointmentTypeId) -> tuple[Host, AppointmentType | None]:
    """Return the host and one of its types, None if there is no such; raises NotFound for the host.

    The type is asked for first, so that a storage can look both up in one go.
    """
    found = work.appointment_type(host, id) if is_identity(host) and is_identity(id) else None
    return load_host(work, host), found


def load_appointment(
    work: UnitOfWork, id: AppointmentId, expected_version: int | None = None, *, host: HostId | None = None
) -> Appointment:
    """Return the appointment; raises NotFound, and VersionMismatch unless it is as expected.

    To a *host* an appointment of another one is not found either, and the error is the same.
    """
    found = work.appointment(id) if is_identity(id) else None
    if found is None or (host is not None and found.host != host):
        raise NotFound("appointment", id)
    if expected_version is not None and expected_version != found.version:
        raise VersionMismatch(expected_version, found.version)
    return found


def around(start: dt.datetime, reach: dt.timedelta = DAY) -> Interval:
    """Return the window from *reach* before *start* to *reach* after it."""
    start = to_instant(start, "start")
    return Interval(max(start - reach, EARLIEST), min(start + reach, LATEST - TICK))


def load_agenda(
    work: UnitOfWork,
    host: Host,
    type: AppointmentType,
    starts: Interval,
    duration: dt.timedelta | None,
    *,
    now: dt.datetime,
    window: Interval | None = None,
) -> Agenda:
    """Load all that decides over *starts*, for appointments of *duration*.

    A longer *window* is for what is told of them, such as until when the host is away: about other starts in
    it the agenda knows too little to be asked. Where the copy of an external calendar is older than its link
    allows, all of the time counts as busy.
    """
    window = starts if window is None else window
    length = type.usual_duration if duration is None else duration
    check_duration(length)
    counted = counted_span(type, (starts.start, starts.end), host.schedule.timezone)
    span = None
    if counted is not None:
        # The first and the last period of all time reach over its ends.
        whole = Interval(max(counted[0], EARLIEST), min(counted[1], LATEST - TICK))
        span = (type.id, whole)
    claimed = work.claimed(host.id, _claimed_by(starts, type, length), span)
    return Agenda(
        host=host.id,
        window=window,
        schedule=host.schedule,
        appointments=claimed.appointments,
        time_off=claimed.time_off,
        external_busy=with_age(host, claimed.external_busy, _claimed_by(window, type, length), now),
        version=host.version,
    )


def load_agenda_at(
    work: UnitOfWork,
    host: Host,
    type: AppointmentType,
    start: dt.datetime,
    duration: dt.timedelta | None,
    *,
    now: dt.datetime,
) -> Agenda:
    """Load all that decides over one *start*; what is told of it reaches a day to both sides."""
    return load_agenda(work, host, type, around(start, TICK), duration, now=now, window=around(start))


def _claimed_by(starts: Interval, type: AppointmentType, length: dt.timedelta) -> Interval:
    """Return all the time that appointments of *length* occupy which begin in *starts*."""
    return Interval(
        max(starts.start - type.policy.buffer_before, EARLIEST),
        min(starts.end + length + type.policy.buffer_after, LATEST - TICK),
    )


def with_age(
    host: Host, busy: tuple[BusyInterval, ...], claims: Interval, now: dt.datetime
) -> tuple[BusyInterval, ...]:
    """Return *busy* with the age of its copies, and all of *claims* as busy for each that is too old."""
    if not host.links:
        return busy
    as_of = {link.provider: link.busy_as_of for link in host.links}
    # What did not change since is as fresh as the newest copy.
    known = (BusyInterval(item.during, item.source, as_of.get(item.source, item.as_of)) for item in busy)
    stale = (link for link in host.links if link.is_stale(now))
    return (*known, *(BusyInterval(claims, link.provider, link.busy_as_of) for link in stale))

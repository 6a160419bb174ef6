"""A host's schedule in Cal.com: pushed there, and pulled from there.

Cal.com has no 24:00. A day that is open to its end ends there at 23:59, so 24:00 here is 23:59 there, both
ways. Ranges that touch or overlap are sent as one. What Cal.com cannot hold is refused before anything is
sent: seconds, an end at 23:59, which would come back as 24:00, and several ranges on one overridden date, of
which it may drop some.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from scheduling_calcom import wire
from scheduling_calcom.client import CalComClient
from scheduling_calcom.errors import NotRepresentable, UnexpectedAnswer
from scheduling_core import (
    Appointment,
    DateOverride,
    HostId,
    InvalidValue,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)

_MIDNIGHT, _LAST_MINUTE = dt.time(0), dt.time(23, 59)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_Hours = tuple[dt.time, dt.time]
"""A start and an end as Cal.com has them."""


def push_schedule(client: CalComClient, schedule: Schedule, schedule_id: int) -> Schedule:
    """Make the schedule at Cal.com what *schedule* is, and return what is there now.

    Its hours, overrides and zone are replaced as a whole, whatever somebody changed there in the meantime;
    bookings stay as they are. Raises NotRepresentable, before anything is sent, for what Cal.com cannot hold.
    """
    availability, overrides = to_calcom(schedule)
    there = client.update_schedule(
        schedule_id,
        time_zone=schedule.timezone.key,
        availability=availability,
        overrides=overrides,
    )
    return from_calcom(there)


def pull_schedule(client: CalComClient, schedule_id: int) -> Schedule:
    """Return the schedule at Cal.com as one of ours; raises Gone where there is none."""
    return from_calcom(client.get_schedule(schedule_id))


def sync_with_calcom(
    scheduler: Scheduler,
    client: CalComClient,
    host: HostId,
    schedule_id: int,
    *,
    keep: Literal["ours", "theirs"],
) -> tuple[Appointment, ...]:
    """Make a host's schedule the same on both sides; return the upcoming appointments outside of it.

    Which side is right nobody can tell from the schedules themselves: of "ours" what is here is pushed, of
    "theirs" what is there is pulled. Raises as `push_schedule` and `pull_schedule` do, and then changes
    nothing; NotFound for an unknown host.
    """
    ours = scheduler.schedule(host)
    if keep == "ours":
        push_schedule(client, ours, schedule_id)
        return scheduler.affected(host, ours)
    theirs = pull_schedule(client, schedule_id)
    return scheduler.affected(host, theirs) if theirs == ours else scheduler.set_schedule(host, theirs)


def to_calcom(schedule: Schedule) -> tuple[tuple[wire.Availability, ...], tuple[wire.Override, ...]]:
    """Return the hours and overrides of a schedule as Cal.com holds them, or raise NotRepresentable."""
    days: dict[_Hours, list[int]] = {}
    for day, name in enumerate(_DAYS):
        for hours in _to_hours(schedule.weekly.of_weekday(day), name):
            days.setdefault(hours, []).append(day)
    availability = tuple(wire.Availability(days[hours], *hours) for hours in sorted(days))
    return availability, tuple(_to_override(override) for override in schedule.overrides)


def _to_override(override: DateOverride) -> wire.Override:
    where = override.day.isoformat()
    ranges = _to_hours(override.hours, where)
    if len(ranges) > 1:
        raise NotRepresentable("several_ranges_on_a_date", f"{len(ranges)} ranges on {where}")
    return wire.Override(override.day, *(ranges[0] if ranges else ()))


def _to_hours(ranges: Iterable[TimeRange], where: str) -> list[_Hours]:
    ranges, hours = tuple(ranges), []
    for clock in (clock for item in ranges for clock in (item.start, item.end)):
        if clock.second or clock.microsecond:
            raise NotRepresentable("seconds", f"{clock} on {where}")
    for start, end in _glue((item.start, _as_end(item.end)) for item in ranges):
        if _LAST_MINUTE in {start, end}:
            raise NotRepresentable("last_minute", f"{_LAST_MINUTE:%H:%M} on {where}")
        hours.append((start, _LAST_MINUTE if end == dt.time.max else end))
    return hours


def _as_end(end: dt.time) -> dt.time:
    """Return an end by which ranges can be put in order: 24:00 comes after all others."""
    return dt.time.max if end == _MIDNIGHT else end


def _glue(hours: Iterable[_Hours]) -> list[_Hours]:
    glued: list[_Hours] = []
    for start, end in sorted(hours):
        if glued and start <= glued[-1][1]:
            glued[-1] = glued[-1][0], max(glued[-1][1], end)
        else:
            glued.append((start, end))
    return glued


def from_calcom(there: wire.Schedule) -> Schedule:
    """Return a schedule of Cal.com as one of ours.

    Several overrides of one date count together. Raises UnexpectedAnswer for a time zone that is not known
    here.
    """
    weekly = {
        name: _to_ranges((item.start, item.end) for item in there.availability if day in item.days)
        for day, name in enumerate(_DAYS)
    }
    dates = sorted({override.date for override in there.overrides})
    overrides = [
        DateOverride(
            date,
            _to_ranges(
                (item.start, item.end) for item in there.overrides if item.date == date and not item.is_closed
            ),
        )
        for date in dates
    ]
    try:
        return Schedule(there.time_zone, WeeklyHours(**weekly), overrides)
    except InvalidValue:
        raise UnexpectedAnswer("get_schedule", "data.timeZone", "a time zone that is known here") from None


def _to_ranges(hours: Iterable[_Hours]) -> tuple[TimeRange, ...]:
    glued = _glue((start, dt.time.max if end == _LAST_MINUTE else end) for start, end in hours)
    return tuple(TimeRange(start, _MIDNIGHT if end == dt.time.max else end) for start, end in glued)

"""Which appointments stand in a feed.

There is an end to how many: what is to come stands in it before what was, and tomorrow before next year.
"""

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Iterator

import attrs

from scheduling_core import (
    HOLDS_TIME,
    Appointment,
    AppointmentId,
    AppointmentType,
    HostId,
    Interval,
    Questions,
    Status,
)
from scheduling_core.local_time import DAY

PAST = 90 * DAY
"""How far back a feed reaches."""

LONGEST_FUTURE = 731 * DAY
"""How far ahead, where the horizons of all types are further away."""

CANCELLED_SHOWN = 30 * DAY
"""For so long a feed says of an appointment that it is off, so that every calendar has heard of it."""

MOST_EVENTS = 2_000
"""How many appointments of a feed there are at most."""

LONGEST_NOTES = 500
"""How many characters of its notes a feed tells of an appointment at most."""

_OFF = frozenset(Status) - HOLDS_TIME
_LOOKED_AT = 5
"""For each appointment of a feed, how many that are off are looked at, to find those of late."""

_PAGE = 500
_WEEK = 7 * DAY


def horizon(types: Iterable[AppointmentType]) -> dt.timedelta:
    """Return how far ahead the feed of a host with these types reaches: as far as can be booked."""
    days = max((known.policy.horizon_days for known in types), default=0)
    return min((days + 2) * DAY, LONGEST_FUTURE)


def choose_events(
    asked: Questions, host: HostId, today: dt.datetime, until: dt.datetime, *, most: int = MOST_EVENTS
) -> list[Appointment]:
    """Return the appointments of a host from 90 days before *today* up to *until*, in order of start.

    Where there are more than *most*, first come those that have not ended by *today*, the earliest before
    all; then those that were called off in the last 30 days; then those that were, from the latest on.
    Of long notes they have the beginning.
    """
    coming, past = Interval(today, until), Interval(today - PAST, today)
    chosen: dict[AppointmentId, Appointment] = {}
    for each in itertools.chain(
        _in_pages(asked, host, coming, HOLDS_TIME),
        _called_off(asked, host, coming, today - CANCELLED_SHOWN, most),
        _called_off(asked, host, past, today - CANCELLED_SHOWN, most),
        _from_the_latest(asked, host, past),
    ):
        if len(chosen) == most:
            break
        chosen[each.id] = each
    return sorted(chosen.values(), key=lambda each: (each.during.start, each.id))


def _called_off(
    asked: Questions, host: HostId, window: Interval, since: dt.datetime, most: int
) -> Iterator[Appointment]:
    """Yield those that went off at *since* or later, of the first: nothing limits how many did."""
    found = itertools.islice(_in_pages(asked, host, window, _OFF), _LOOKED_AT * most)
    return (each for each in found if each.updated_at >= since)


def _from_the_latest(asked: Questions, host: HostId, window: Interval) -> Iterator[Appointment]:
    """Yield those that hold time, the latest first and a week at a time; some may come twice."""
    end = window.end
    while end > window.start:
        start = max(end - _WEEK, window.start)
        yield from reversed(list(_in_pages(asked, host, Interval(start, end), HOLDS_TIME)))
        end = start


def _in_pages(
    asked: Questions, host: HostId, window: Interval, statuses: Collection[Status]
) -> Iterator[Appointment]:
    """Yield those in *window* in order of start, and ask for no more of them than are taken."""
    after = None
    while True:
        page = asked.page(host, window, statuses=statuses, after=after, limit=_PAGE)
        yield from map(_shorten, page)
        if len(page) < _PAGE:
            return
        after = page[-1].during.start, page[-1].id


def _shorten(appointment: Appointment) -> Appointment:
    """Return it with notes of which a few thousand appointments can be written, and held, at a time."""
    notes = appointment.notes
    if len(notes) <= LONGEST_NOTES:
        return appointment
    return attrs.evolve(appointment, notes=f"{notes[: LONGEST_NOTES - 1]}…")

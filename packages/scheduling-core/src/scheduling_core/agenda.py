"""What one host has inside a window, arranged so that questions cost little.

A claim is a stretch of a host's time together with whatever claims it. Claims are kept in order of start,
with the latest end so far beside each, so that two bisections find all that touch a given stretch.
"""

import bisect
import datetime as dt
import functools
import itertools
from collections.abc import Iterable
from typing import Generic, TypeVar

import attrs

from scheduling_core.appointments import Appointment
from scheduling_core.checks import check_each, identity, instance, text, to_tuple
from scheduling_core.errors import InvalidValue
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import Interval, Span, glue, subtract, to_instant
from scheduling_core.schedules import Schedule

_NONE = dt.timedelta(0)


@attrs.frozen
class TimeOff:
    """Absence of a host, with a *reason* that the host may want to remember."""

    during: Interval = attrs.field(validator=instance(Interval))
    reason: str = attrs.field(default="", validator=text(500, required=False, lines=True))


def _to_distinct(items: Iterable[TimeOff]) -> tuple[TimeOff, ...]:
    given = to_tuple(items, TimeOff, "time_off")
    check_each(given, TimeOff, "time_off")
    return tuple(sorted(set(given), key=lambda item: (item.during.start, item.during.end, item.reason)))


@attrs.frozen
class Availability:
    """When a host is there: in the hours of *schedule*, but not in the *time_off*, kept in order of start."""

    schedule: Schedule = attrs.field(validator=instance(Schedule))
    time_off: tuple[TimeOff, ...] = attrs.field(default=(), converter=_to_distinct)

    def open_intervals(self, window: Interval) -> tuple[Interval, ...]:
        """Return the instants of *window* at which the host is there: sorted, disjoint, glued."""
        return subtract(self.schedule.open_intervals(window), [item.during for item in self.time_off])


def _to_optional_instant(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else to_instant(value, "as_of")


@attrs.frozen
class BusyInterval:
    """Someone else's claim on a host's time; *as_of* is when the *source* was last asked."""

    during: Interval = attrs.field(validator=instance(Interval))
    source: str = attrs.field(default="", validator=text(200, required=False))
    as_of: dt.datetime | None = attrs.field(default=None, converter=_to_optional_instant)


Cause = TypeVar("Cause", Appointment, TimeOff, BusyInterval)


class Claims(Generic[Cause]):
    """Claims of one kind, by start."""

    def __init__(self, claims: Iterable[tuple[dt.datetime, dt.datetime, Cause]]) -> None:
        self._claims: list[tuple[dt.datetime, dt.datetime, Cause]] = sorted(
            claims, key=lambda claim: claim[:2]
        )
        self._starts = [claim[0] for claim in self._claims]
        self._latest_ends = list(itertools.accumulate((claim[1] for claim in self._claims), max))
        self._runs = glue((claim[0], claim[1]) for claim in self._claims)
        self._run_starts = [run[0] for run in self._runs]

    def __len__(self) -> int:
        return len(self._claims)

    def touching(self, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime, Cause]]:
        """Return every claim that overlaps `[start, end)`."""
        first = bisect.bisect_right(self._latest_ends, start)
        until = bisect.bisect_left(self._starts, end)
        return [claim for claim in self._claims[first:until] if claim[1] > start]

    def runs_touching(self, start: dt.datetime, end: dt.datetime) -> list[Span]:
        """Return the claimed time that overlaps `[start, end)`, glued where claims touch."""
        until = bisect.bisect_left(self._run_starts, end)
        first = bisect.bisect_right(self._run_starts, start, 0, until)
        return self._runs[max(first - 1, 0) : until]


class Tally:
    """How many appointments of one type start in a span, and how long they are together."""

    def __init__(self, appointments: Iterable[Appointment]) -> None:
        ordered = sorted(
            (appointment.during.start, appointment.during.duration) for appointment in appointments
        )
        self._starts = [start for start, _ in ordered]
        self._totals = list(itertools.accumulate((length for _, length in ordered), initial=_NONE))

    def between(self, start: dt.datetime, end: dt.datetime) -> tuple[int, dt.timedelta]:
        """Return count and total length of the appointments that start in `[start, end)`."""
        first = bisect.bisect_left(self._starts, start)
        until = bisect.bisect_left(self._starts, end, first)
        return until - first, self._totals[until] - self._totals[first]


_EMPTY = Tally(())


def _to_busy(claims: Iterable[BusyInterval | Interval]) -> tuple[BusyInterval, ...]:
    given = to_tuple(claims, BusyInterval, "external_busy")
    busy = tuple(BusyInterval(claim) if isinstance(claim, Interval) else claim for claim in given)
    check_each(busy, BusyInterval, "external_busy")
    return busy


def _to_appointments(appointments: Iterable[Appointment]) -> tuple[Appointment, ...]:
    given = to_tuple(appointments, Appointment, "appointments")
    check_each(given, Appointment, "appointments")
    return given


def _to_time_off(time_off: Iterable[TimeOff]) -> tuple[TimeOff, ...]:
    given = to_tuple(time_off, TimeOff, "time_off")
    check_each(given, TimeOff, "time_off")
    return given


@attrs.frozen
class Agenda:
    """All that decides over the starts in *window*, for one host.

    *window* is the range of starts it answers for. It has to hold every claim within duration and buffers
    of the window, and whole periods of the limits; the use cases load that. *external_busy* takes
    intervals as well. *version* is the host's, which rises by one with every change.
    """

    host: HostId = attrs.field(validator=identity)
    window: Interval = attrs.field(validator=instance(Interval))
    schedule: Schedule = attrs.field(validator=instance(Schedule))
    appointments: tuple[Appointment, ...] = attrs.field(default=(), converter=_to_appointments)
    time_off: tuple[TimeOff, ...] = attrs.field(default=(), converter=_to_time_off)
    external_busy: tuple[BusyInterval, ...] = attrs.field(default=(), converter=_to_busy)
    version: int = 0

    def __attrs_post_init__(self) -> None:
        for appointment in self.appointments:
            if appointment.host != self.host:
                raise InvalidValue("appointments", "must all be of the agenda's host")

    @functools.cached_property
    def holding(self) -> dict[AppointmentId, Appointment]:
        """The appointments that hold time, by id."""
        return {item.id: item for item in self.appointments if item.holds_time}

    @functools.cached_property
    def occupied(self) -> Claims[Appointment]:
        """What the appointments that hold time occupy, with their buffers."""
        return Claims(
            (appointment.occupied.start, appointment.occupied.end, appointment)
            for appointment in self.holding.values()
        )

    @functools.cached_property
    def absent(self) -> Claims[TimeOff]:
        """When the host is off."""
        return Claims((item.during.start, item.during.end, item) for item in self.time_off)

    @functools.cached_property
    def busy(self) -> Claims[BusyInterval]:
        """What others claim."""
        return Claims((item.during.start, item.during.end, item) for item in self.external_busy)

    def tally(self, type_id: AppointmentTypeId) -> Tally:
        """Return the tally of the appointments of one type that hold time."""
        return self._tallies.get(type_id, _EMPTY)

    @functools.cached_property
    def _tallies(self) -> dict[AppointmentTypeId, Tally]:
        by_type: dict[AppointmentTypeId, list[Appointment]] = {}
        for appointment in self.holding.values():
            by_type.setdefault(appointment.type, []).append(appointment)
        return {type_id: Tally(appointments) for type_id, appointments in by_type.items()}

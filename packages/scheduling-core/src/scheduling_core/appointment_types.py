"""What can be booked: lengths and the policy under which a start is accepted."""

import calendar
import datetime as dt
import enum
from collections.abc import Iterable

import attrs

from scheduling_core.checks import check_each, identity, text, to_tuple
from scheduling_core.errors import InvalidValue
from scheduling_core.ids import AppointmentTypeId

_NONE = dt.timedelta(0)
LONGEST = dt.timedelta(days=366)
"""No duration, buffer or slot interval is longer than this, so that arithmetic stays in range."""
_LONGEST_NOTICE = 10 * LONGEST
_LONGEST_HORIZON = 36_600
_MOST = 1_000_000
_SHORTEST_INTERVAL = dt.timedelta(seconds=1)


class Period(enum.Enum):
    """The local calendar period that a limit counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


def _check_positive(value: object, name: str) -> None:
    if not isinstance(value, dt.timedelta) or not _NONE < value <= LONGEST:
        raise InvalidValue(name, "must be a positive timedelta of at most 366 days", value)


def _check_span(value: object, name: str, longest: dt.timedelta) -> None:
    if not isinstance(value, dt.timedelta) or not _NONE <= value <= longest:
        raise InvalidValue(name, f"must be a timedelta from none to {longest.days} days", value)


def _check_whole(value: object, name: str, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidValue(name, f"must be a whole number from {least} to {most}", value)


@attrs.frozen
class Limit:
    """At most *count* appointments of a type, or *total* minutes of them, in each *period* of a host.

    Reaching the limit is allowed, passing it is not. Raises InvalidValue unless exactly one of the two is
    given: a count of 1 to a million, or a total of at most 366 days.
    """

    period: Period
    count: int | None = None
    total: dt.timedelta | None = None

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.period, Period):
            raise InvalidValue("period", "must be a Period", self.period)
        if (self.count is None) == (self.total is None):
            raise InvalidValue("limit", "must have either a count or a total")
        if self.count is not None:
            _check_whole(self.count, "count", 1, _MOST)
        if self.total is not None:
            _check_positive(self.total, "total")


def _to_limits(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    return to_tuple(limits, Limit, "limits")


@attrs.frozen
class BookingPolicy:
    """Which starts are offered and accepted.

    *slot_interval* is the distance of the rungs of the ladder, in elapsed time. The buffers belong to the
    occupied interval and add up: two appointments need `after(first) + before(second)` between them.
    *minimum_notice* and *horizon_days* are the earliest and the latest lead; the horizon counts days on
    the host's calendar. Weeks of a limit begin on *week_start*, numbered as in `calendar`. With
    *any_start* a start off the ladder is accepted too, and the ladder is only for offering.

    Raises InvalidValue for a slot interval below a second, for intervals and buffers above 366 days, for a
    notice above ten years and a horizon above a hundred, and for what is negative.
    """

    slot_interval: dt.timedelta = dt.timedelta(minutes=15)
    buffer_before: dt.timedelta = _NONE
    buffer_after: dt.timedelta = _NONE
    minimum_notice: dt.timedelta = _NONE
    horizon_days: int = 365
    limits: tuple[Limit, ...] = attrs.field(default=(), converter=_to_limits)
    week_start: int = int(calendar.MONDAY)
    any_start: bool = False

    def __attrs_post_init__(self) -> None:
        _check_positive(self.slot_interval, "slot_interval")
        if self.slot_interval < _SHORTEST_INTERVAL:
            # A ladder of microseconds would have more rungs than a machine has memory.
            raise InvalidValue("slot_interval", "must be at least a second", self.slot_interval)
        for name, value, longest in (
            ("buffer_before", self.buffer_before, LONGEST),
            ("buffer_after", self.buffer_after, LONGEST),
            ("minimum_notice", self.minimum_notice, _LONGEST_NOTICE),
        ):
            _check_span(value, name, longest)
        _check_whole(self.horizon_days, "horizon_days", 0, _LONGEST_HORIZON)
        check_each(self.limits, Limit, "limits")
        _check_whole(self.week_start, "week_start", 0, 6)
        if not isinstance(self.any_start, bool):
            raise InvalidValue("any_start", "must be true or false", self.any_start)


DurationRange = tuple[dt.timedelta, dt.timedelta, dt.timedelta]
_USUAL = (dt.timedelta(minutes=30),)


def _to_durations(durations: Iterable[dt.timedelta]) -> tuple[dt.timedelta, ...]:
    return to_tuple(durations, dt.timedelta, "durations")


def _to_range(value: Iterable[dt.timedelta] | None) -> DurationRange | None:
    if value is None:
        return None
    durations = to_tuple(value, dt.timedelta, "duration_range")
    for duration in durations:
        _check_positive(duration, "duration_range")
    if len(durations) != 3:  # noqa: PLR2004  Shortest, longest and step.
        raise InvalidValue("duration_range", "must be (shortest, longest, step)", durations)
    return durations


@attrs.frozen
class AppointmentType:
    """Something that can be booked, under a title.

    Its lengths are either the listed *durations*, or, with *duration_range* = (shortest, longest, step),
    the shortest and every step above it up to the longest; then *durations* is empty. With
    *requires_confirmation* a booking is pending until the host confirms it; it holds its time already.

    The title has 1 to 200 characters, and a length is positive and at most 366 days. Raises InvalidValue for
    anything else.
    """

    id: AppointmentTypeId = attrs.field(validator=identity)
    title: str = attrs.field(validator=text(200))
    durations: tuple[dt.timedelta, ...] = attrs.field(default=_USUAL, converter=_to_durations)
    policy: BookingPolicy = BookingPolicy()
    requires_confirmation: bool = False
    duration_range: DurationRange | None = attrs.field(default=None, converter=_to_range)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.policy, BookingPolicy):
            raise InvalidValue("policy", "must be a BookingPolicy", self.policy)
        if not isinstance(self.requires_confirmation, bool):
            raise InvalidValue("requires_confirmation", "must be true or false")
        if self.duration_range is None:
            if not self.durations:
                raise InvalidValue("durations", "must not be empty")
            for duration in self.durations:
                _check_positive(duration, "durations")
            return
        if self.durations and self.durations is not _USUAL:
            raise InvalidValue("durations", "must be left out where a range is given")
        object.__setattr__(self, "durations", ())
        shortest, longest, step = self.duration_range
        if longest < shortest or (longest - shortest) % step:
            rule = "must be (shortest, longest, step), the longest some steps above the shortest"
            raise InvalidValue("duration_range", rule, self.duration_range)

    @property
    def usual_duration(self) -> dt.timedelta:
        """The length that is meant when none is named: the first listed, or the shortest."""
        return self.durations[0] if self.duration_range is None else self.duration_range[0]

    def allows(self, duration: dt.timedelta) -> bool:
        """Return whether *duration* is one of this type's lengths."""
        if self.duration_range is None:
            return duration in self.durations
        shortest, longest, step = self.duration_range
        return shortest <= duration <= longest and not (duration - shortest) % step


def check_count(count: int, name: str) -> None:
    """Raise InvalidValue under *name* unless *count* is a whole number from 0 to a million."""
    _check_whole(count, name, 0, _MOST)


def check_duration(duration: dt.timedelta, name: str = "duration") -> None:
    """Raise InvalidValue under *name* unless *duration* is a length that an appointment can have."""
    _check_positive(duration, name)

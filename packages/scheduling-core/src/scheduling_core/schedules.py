"""Opening hours: weekly, with date overrides, in one time zone.

An instant is open if and only if its own local clock reading is covered by a rule of its own local date.
Everything about daylight saving follows from that sentence; see `docs/explanation`.
"""

import datetime as dt
import functools
import itertools
from collections.abc import Iterable
from typing import Self
from zoneinfo import ZoneInfo

import attrs

from scheduling_core.checks import check_each, instance, to_tuple
from scheduling_core.errors import InvalidValue
from scheduling_core.intervals import Interval, Span, glue
from scheduling_core.local_time import DAY, segments, to_zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MIDNIGHT = dt.time(0)
_ANY_MIDNIGHT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
# No local date is longer than this, and no run of open time leaves its date.
_LONGEST_DATE = 2 * DAY

_Clocks = tuple[dt.timedelta, dt.timedelta]


@attrs.frozen
class TimeRange:
    """Local times from *start* up to, and not including, *end*.

    The end of the day, 24:00, is written `time(0, 0)` as an end. Raises InvalidValue unless start < end:
    hours over midnight are two ranges, which glue.
    """

    start: dt.time
    end: dt.time

    def __attrs_post_init__(self) -> None:
        _check_time(self.start, "start")
        _check_time(self.end, "end")
        if self.end != _MIDNIGHT and self.end <= self.start:
            raise InvalidValue("end", f"must be after the start {self.start}", self.end)

    @property
    def since_midnight(self) -> tuple[dt.timedelta, dt.timedelta]:
        """Start and end as the time on the clock since 00:00, 24 hours for the end of the day."""
        return _since_midnight(self.start), _since_midnight(self.end) or DAY


def _check_time(value: object, name: str) -> None:
    if not isinstance(value, dt.time) or value.tzinfo is not None:
        raise InvalidValue(name, "must be a time without a zone", value)


def _since_midnight(at: dt.time) -> dt.timedelta:
    return dt.timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def _to_ranges(ranges: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    if not isinstance(ranges, Iterable):
        return ranges  # To be refused by the validator, which knows the name of the field.
    return tuple(ranges)


def _check_ranges(
    _: object, field: "attrs.Attribute[tuple[TimeRange, ...]]", ranges: tuple[TimeRange, ...]
) -> None:
    check_each(to_tuple(ranges, TimeRange, field.name), TimeRange, field.name)


@attrs.frozen
class WeeklyHours:
    """The open ranges of each weekday; ranges that touch or overlap act as one."""

    monday: tuple[TimeRange, ...] = attrs.field(default=(), converter=_to_ranges, validator=_check_ranges)
    tuesday: tuple[TimeRange, ...] = attrs.field(default=(), converter=_to_ranges, validator=_check_ranges)
    wednesday: tuple[TimeRange, ...] = attrs.field(default=(), converter=_to_ranges, validator=_check_ranges)
    thursday: tuple[TimeRange, ...] = attrs.field(default=(), converter=_to_ranges, validator=_check_ranges)
    friday: tuple[TimeRange, ...] = attrs.field(default=(), converter=_to_ranges, validator=_check_ranges)
    saturday: tuple[TimeRange, ...] = attrs.field(default=(), converter=_to_ranges, validator=_check_ranges)
    sunday: tuple[TimeRange, ...] = attrs.field(default=(), converter=_to_ranges, validator=_check_ranges)

    @classmethod
    def on(cls, days: str, *ranges: TimeRange) -> Self:
        """Return hours with the same *ranges* on each of *days*.

        *days* is a list such as `"mon-fri"`, `"mon, wed, sat-sun"` or `"monday"`; a span may run over the
        end of the week (`"sat-mon"`). Raises InvalidValue for anything else.
        """
        return cls(**dict.fromkeys(_named_days(days), ranges))

    def of_weekday(self, weekday: int) -> tuple[TimeRange, ...]:
        """Return the ranges of a weekday, 0 for Monday as in `datetime.date.weekday`."""
        ranges: tuple[TimeRange, ...] = getattr(self, DAYS[weekday])
        return ranges


def _named_days(days: str) -> list[str]:
    short = [day[:3] for day in DAYS]
    named: list[str] = []
    for part in days.lower().split(","):
        ends = [end.strip() for end in part.split("-")]
        if len(ends) > 2 or not all(end in short or end in DAYS for end in ends):  # noqa: PLR2004  A span has two ends.
            raise InvalidValue("days", "must be days or spans of days, as in mon-fri, sun", days)
        first, last = short.index(ends[0][:3]), short.index(ends[-1][:3])
        named += [DAYS[(first + i) % 7] for i in range((last - first) % 7 + 1)]
    return named


def _check_day(_: object, field: "attrs.Attribute[dt.date]", day: object) -> None:
    if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
        raise InvalidValue(field.name, "must be a date", day)


@attrs.frozen
class DateOverride:
    """Replaces all hours of one local date; without *hours* the date is closed."""

    day: dt.date = attrs.field(validator=_check_day)
    hours: tuple[TimeRange, ...] = attrs.field(default=(), converter=_to_ranges, validator=_check_ranges)


def _to_overrides(overrides: Iterable[DateOverride]) -> tuple[DateOverride, ...]:
    given = to_tuple(overrides, DateOverride, "overrides")
    check_each(given, DateOverride, "overrides")
    ordered = tuple(sorted(given, key=lambda override: override.day))
    for one, other in itertools.pairwise(ordered):
        if one.day == other.day:
            raise InvalidValue("overrides", "must not name a date twice", other.day)
    return ordered


@attrs.frozen
class Schedule:
    """When a host is open: weekly hours and date overrides in one IANA time zone.

    The zone may be given by name. Overrides are kept in order of their dates. Raises InvalidValue for an
    unknown zone and for two overrides of one date.
    """

    timezone: ZoneInfo = attrs.field(converter=to_zone)
    weekly: WeeklyHours = attrs.field(default=WeeklyHours(), validator=instance(WeeklyHours))
    overrides: tuple[DateOverride, ...] = attrs.field(default=(), converter=_to_overrides)

    def hours_on(self, day: dt.date) -> tuple[TimeRange, ...]:
        """Return the ranges that apply on the local date *day*, as they were written."""
        for override in self.overrides:
            if override.day == day:
                return override.hours
        return self.weekly.of_weekday(day.weekday())

    def open_intervals(self, window: Interval) -> tuple[Interval, ...]:
        """Return the open instants of *window*: sorted, disjoint, glued over midnight."""
        return tuple(
            Interval(max(start, window.start), min(end, window.end))
            for start, end in glue(self.windows(window.start, window.end))
        )

    def windows(self, start: dt.datetime, end: dt.datetime) -> list[Span]:
        """Return the windows that touch `[start, end)`, whole, in order.

        A window is a maximal run of open time within one local date: ranges that touch are one, midnight
        begins a new one, and so does the part of a repeated hour that does not follow on.
        """
        pieces = segments(start - _LONGEST_DATE, end + _LONGEST_DATE, self.timezone)
        # Local dates are looked at from the earliest to the latest that the span itself can see.
        readings = [
            (max(start, low) + offset, min(end, high) + offset)
            for low, high, offset in pieces
            if low < end and start < high
        ]
        first, last = readings[0]
        for begins, ends in readings[1:]:
            first, last = min(first, begins), max(last, ends)
        first = _midnight(first)

        found: list[Span] = []
        owner = first - DAY
        for low, high, offset in pieces:
            wall_low, wall_high = low + offset, high + offset
            midnight = first if wall_low <= first else _midnight(wall_low)
            final = min(last, wall_high)
            weekday = midnight.weekday()
            while midnight < final:
                hours = self._overriding.get(midnight) if self._overriding else None
                for opens, closes in self._by_weekday[weekday] if hours is None else hours:
                    # Written out, because max and min would take half of the time spent here.
                    reading, until = midnight + opens, midnight + closes
                    window_start = (max(wall_low, reading)) - offset
                    window_end = (min(wall_high, until)) - offset
                    if window_start >= window_end:
                        continue
                    if owner == midnight and found and found[-1][1] == window_start:
                        found[-1] = found[-1][0], window_end
                    else:
                        found.append((window_start, window_end))
                    owner = midnight
                midnight += DAY
                weekday = (weekday + 1) % 7
        return [window for window in found if window[0] < end and start < window[1]]

    @functools.cached_property
    def _by_weekday(self) -> tuple[tuple[_Clocks, ...], ...]:
        return tuple(_glue_clocks(self.weekly.of_weekday(weekday)) for weekday in range(7))

    @functools.cached_property
    def _overriding(self) -> dict[dt.datetime, tuple[_Clocks, ...]]:
        return {
            dt.datetime.combine(override.day, _MIDNIGHT, dt.UTC): _glue_clocks(override.hours)
            for override in self.overrides
        }


def _glue_clocks(ranges: Iterable[TimeRange]) -> tuple[_Clocks, ...]:
    glued: list[_Clocks] = []
    for start, end in sorted(item.since_midnight for item in ranges):
        if glued and start <= glued[-1][1]:
            glued[-1] = glued[-1][0], max(glued[-1][1], end)
        else:
            glued.append((start, end))
    return tuple(glued)


def _midnight(wall: dt.datetime) -> dt.datetime:
    return wall - (wall - _ANY_MIDNIGHT) % DAY

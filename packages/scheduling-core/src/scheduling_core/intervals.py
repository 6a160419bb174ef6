"""Half-open intervals of instants, and their algebra.

`[start, end)` holds its start and not its end, so intervals that touch do not overlap. All instants
are kept in UTC: two datetimes of one zone compare by the clock on the wall and ignore the repeated hour
(PEP 495), which is how calendars double-book it.

The functions on `Span`, a bare pair of instants, are the algebra itself. `union`, `intersect` and
`subtract` offer it on `Interval`.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Self

import attrs

from scheduling_core.errors import InvalidValue

Span = tuple[dt.datetime, dt.datetime]

TICK = dt.timedelta.resolution
"""One microsecond, the distance between two neighbouring instants."""

EARLIEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


def to_instant(value: dt.datetime, name: str = "instant") -> dt.datetime:
    """Return the aware datetime *value* in UTC.

    Raises InvalidValue, under *name*, for a naive datetime and for years outside 1900 to 2199.
    """
    # Most of what arrives has been through here before, and need not be looked at closely.
    if value.__class__ is dt.datetime and value.tzinfo is dt.UTC:
        instant = value
    elif not _is_aware(value):
        raise InvalidValue(name, "must be a datetime with a time zone", value)
    else:
        try:
            instant = value.astimezone(dt.UTC)
        except OverflowError:
            instant = LATEST
    if not EARLIEST <= instant < LATEST:
        raise InvalidValue(name, "must be in the years 1900 to 2199", value)
    return instant


def to_start(value: dt.datetime) -> dt.datetime:
    """Convert a field called start, see `to_instant`."""
    return to_instant(value, "start")


def _to_end(value: dt.datetime) -> dt.datetime:
    return to_instant(value, "end")


def _is_aware(value: object) -> bool:
    return isinstance(value, dt.datetime) and value.utcoffset() is not None


@attrs.frozen(order=False)
class Interval:
    """The instants from *start* up to, and not including, *end*.

    Both are converted to UTC. Raises InvalidValue for naive datetimes, for years outside 1900 to 2199, and
    unless start < end.
    """

    start: dt.datetime = attrs.field(converter=to_start)
    end: dt.datetime = attrs.field(converter=_to_end)

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidValue("end", f"must be after the start {self.start.isoformat()}", self.end)

    def __str__(self) -> str:
        """Return start and end in ISO 8601."""
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    @classmethod
    def of(cls, start: dt.datetime, duration: dt.timedelta) -> Self:
        """Return the interval that begins at *start* and lasts *duration*, in elapsed time.

        Raises InvalidValue unless the duration is positive, and ends before the year 2200.
        """
        start = to_instant(start, "start")
        if duration <= dt.timedelta(0):
            raise InvalidValue("duration", "must be positive", duration)
        if duration > LATEST - start:
            raise InvalidValue("duration", "must end before the year 2200", duration)
        return cls(start, start + duration)

    @property
    def duration(self) -> dt.timedelta:
        """The time that passes between start and end."""
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Return whether some instant is in both; touching is not overlapping."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval | dt.datetime") -> bool:
        """Return whether the interval *other*, or the instant, lies wholly inside."""
        if isinstance(other, Interval):
            return self.start <= other.start and other.end <= self.end
        return self.start <= to_instant(other) < self.end

    def padded(self, before: dt.timedelta, after: dt.timedelta) -> "Interval":
        """Return the interval that begins *before* earlier and ends *after* later.

        Raises InvalidValue where one of them is negative.
        """
        for name, value in (("before", before), ("after", after)):
            if not dt.timedelta(0) <= value <= LATEST - EARLIEST:
                raise InvalidValue(name, "must not be negative, nor longer than 300 years", value)
        return Interval(self.start - before, self.end + after)


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the instants that are in any of *intervals*: sorted, disjoint, glued where they touch."""
    return _wrap(glue(sorted(_spans(intervals))))


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the instants that are both in *left* and in *right*: sorted, disjoint, glued."""
    return _wrap(overlay(glue(sorted(_spans(left))), glue(sorted(_spans(right)))))


def subtract(open: Iterable[Interval], busy: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the instants that are in *open* and not in *busy*: sorted, disjoint, glued."""
    return _wrap(cut(glue(sorted(_spans(open))), glue(sorted(_spans(busy)))))


def glue(spans: Iterable[Span]) -> list[Span]:
    """Return *spans*, which come in order of start, with all that touch or overlap made one."""
    glued: list[Span] = []
    first = until = None
    for start, end in spans:
        if until is None or start > until:
            if first is not None and until is not None:
                glued.append((first, until))
            first, until = start, end
        elif end > until:
            until = end
    if first is not None and until is not None:
        glued.append((first, until))
    return glued


def overlay(left: list[Span], right: list[Span]) -> list[Span]:
    """Return what two glued lists have in common."""
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i][0], right[j][0])
        end = min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


def cut(open_spans: list[Span], busy_spans: list[Span]) -> list[Span]:
    """Return what is left of one glued list without the other."""
    left: list[Span] = []
    j = 0
    for start, end in open_spans:
        while j < len(busy_spans) and busy_spans[j][1] <= start:
            j += 1
        k = j
        while k < len(busy_spans) and busy_spans[k][0] < end:
            if start < busy_spans[k][0]:
                left.append((start, busy_spans[k][0]))
            start = busy_spans[k][1]
            k += 1
        if start < end:
            left.append((start, end))
    return left


def _spans(intervals: Iterable[Interval]) -> Iterable[Span]:
    return ((interval.start, interval.end) for interval in intervals)


def _wrap(spans: list[Span]) -> tuple[Interval, ...]:
    return tuple(Interval(start, end) for start, end in spans)

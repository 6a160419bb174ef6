"""The clock on the wall, and UTC.

Reading a wall clock is easy: an instant has one local reading. The way back is where calendars break,
because a reading may not exist (spring) or exist twice (autumn). So the library walks forward only: it
cuts time into segments in which the offset is constant, and inside a segment local time is plain
addition. The one exception is `to_utc`, for a single time typed by a person, which follows RFC 5545.

A wall clock reading inside this library is written as a datetime whose zone says UTC; it is a number to
calculate with and never leaves the module that made it.
"""

import datetime as dt
import functools
import zoneinfo
from zoneinfo import ZoneInfo

from scheduling_core.errors import InvalidValue
from scheduling_core.intervals import TICK, Span, glue, to_instant

Segment = tuple[dt.datetime, dt.datetime, dt.timedelta]
"""Start, end and the offset of local time from UTC between them."""

DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)
_PROBE = dt.timedelta(days=3)


@functools.cache
def _zone_names() -> frozenset[str]:
    # These are files beside the zones: the machine's own choice, which must never be used unawares, and a
    # placeholder.
    return frozenset(zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"})


def find_zone(name: str | None) -> ZoneInfo:
    """Return the IANA time zone called *name*.

    Raises InvalidValue for a name that the time zone data does not list. `ZoneInfo` itself is not asked,
    because it answers a directory's name, a path or a very long name with errors of the file system.
    """
    if str(name) not in _zone_names():
        raise InvalidValue("timezone", "must be an IANA time zone such as Europe/Berlin", name)
    return ZoneInfo(str(name))


def to_zone(value: "ZoneInfo | str") -> ZoneInfo:
    """Return *value* as a zone of a known name, which it is stored under.

    Two zones of one name are one, however they were made.
    """
    return find_zone(str(value))


def to_utc(day: dt.date, at: dt.time, zone: ZoneInfo | str) -> dt.datetime:
    """Return the instant meant by a local date and time that a person typed.

    A time that the clocks skip moves on by the length of the gap; of a repeated time the first pass is
    meant (RFC 5545, section 3.3.5). The zone may be given by name. Raises InvalidValue for an unknown zone,
    and for a time that has a zone of its own.
    """
    if at.tzinfo is not None:
        raise InvalidValue("at", "must be a time without a zone", at)
    return to_instant(dt.datetime.combine(day, at.replace(fold=0), tzinfo=to_zone(zone)), "local time")


def to_local(instant: dt.datetime, zone: ZoneInfo | str) -> dt.datetime:
    """Return what the clocks of *zone* show at *instant*, as an aware datetime with its offset.

    For people to read. Two such values must not be compared or subtracted, see `intervals`. The zone may be
    given by name; raises InvalidValue for an unknown one.
    """
    return to_instant(instant).astimezone(to_zone(zone))


def to_wall(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return what the clocks of *zone* show at *instant*, as a bare reading without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


@functools.lru_cache(maxsize=4096)
def _segments_of_year(zone: ZoneInfo, year: int) -> tuple[Segment, ...]:
    """Cut one UTC year where the offset changes.

    The standard library does not tell the transitions, so they are found by probing and halving. The
    closest two in the data are 6.96 days apart. Transitions fall on whole seconds.
    """
    first = start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC)
    offset = _offset(zone, start)
    segments: list[Segment] = []
    while start < end:
        probe = min(start + _PROBE, end - _SECOND)
        if _offset(zone, probe) != offset:
            low, high = start, probe
            while high - low > _SECOND:
                middle = low + (high - low) // _SECOND // 2 * _SECOND
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            segments.append((first, high, offset))
            first, offset = high, _offset(zone, high)
            probe = high
        start = probe if probe < end - _SECOND else end
    segments.append((first, end, offset))
    return tuple(segments)


def _offset(zone: ZoneInfo, instant: dt.datetime) -> dt.timedelta:
    # The difference of the two clocks, as numbers.
    return instant.astimezone(zone).replace(tzinfo=dt.UTC) - instant


def segments(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> list[Segment]:
    """Cut `[start, end)` where the offset of *zone* changes."""
    pieces: list[Segment] = []
    for year in range(start.year, end.year + 1):
        for first, until, offset in _segments_of_year(zone, year):
            if until <= start or end <= first:
                continue
            low = max(start, first)
            if pieces and pieces[-1][2] == offset:
                low = pieces.pop()[0]  # Two years meet here and the offset goes on.
            pieces.append((low, min(end, until), offset))
    return pieces


def local_date(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the date on the calendars of *zone* at *instant*."""
    return instant.astimezone(zone).date()


def dates_of(span: Span, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
    """Return the earliest and the latest local date of the instants in *span*."""
    pieces = segments(*span, zone)
    return (
        min((start + offset).date() for start, _, offset in pieces),
        max((end + offset - TICK).date() for _, end, offset in pieces),
    )


@functools.lru_cache(maxsize=8192)
def spans_of_days(first: dt.date, until: dt.date, zone: ZoneInfo) -> tuple[Span, ...]:
    """Return the instants whose local date is *first* or later and before *until*.

    Mostly that is one span. It is none for a date that a zone skipped (Apia, 2011-12-30) and may be two
    where the clocks go back over midnight.
    """
    begin, end = _midnight(first), _midnight(until)
    # An offset is shorter than a day, so what lies a day outside need not be looked at.
    return tuple(
        glue(
            (max(start, begin - offset), min(stop, end - offset))
            for start, stop, offset in segments(begin - DAY, end + DAY, zone)
            if start < end - offset and begin - offset < stop
        )
    )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)

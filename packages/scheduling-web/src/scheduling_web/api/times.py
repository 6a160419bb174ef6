"""Times on the wire: RFC 3339 with the offset of a named zone, the host's or the appointment's own.

A reader sees the time on the clocks there and loses nothing, because the offset says which instant it is.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

from scheduling_core import Interval
from scheduling_core.local_time import to_local

MINUTE = dt.timedelta(minutes=1)
LONGEST_MINUTES = 366 * 24 * 60
"""No appointment is longer; the library's own bound, so that arithmetic stays in range."""


class Span(msgspec.Struct, frozen=True):
    """A half-open interval: the end is not part of it."""

    start_time: dt.datetime
    end_time: dt.datetime


class Slot(Span, frozen=True):
    """A start that is offered, and when an appointment of the asked duration would end."""


def local(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return *instant* as the clocks of *zone* show it.

    RFC 3339 writes offsets in whole minutes, which those of a hundred years ago are not; such an instant is
    answered in UTC.
    """
    shown = to_local(instant, zone)
    offset = shown.utcoffset()
    return shown if offset is not None and not offset % MINUTE else instant


def to_span(interval: Interval, zone: ZoneInfo) -> Span:
    """Return an interval as it is shown in *zone*."""
    return Span(local(interval.start, zone), local(interval.end, zone))


def to_slot(start: dt.datetime, duration: dt.timedelta, zone: ZoneInfo) -> Slot:
    """Return a slot as it is shown in *zone*."""
    return Slot(local(start, zone), local(start + duration, zone))


def to_minutes(duration: dt.timedelta) -> float:
    """Return a duration in minutes; the library allows others than whole ones."""
    minutes, rest = divmod(duration, MINUTE)
    return duration / MINUTE if rest else minutes

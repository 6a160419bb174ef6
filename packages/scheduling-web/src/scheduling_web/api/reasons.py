"""Reasons on the wire: the stable code, a sentence for people, the starts it rules out, and its own data."""

import datetime as dt
from typing import Any, assert_never
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from scheduling_core import (
    BeyondHorizon,
    DuringTimeOff,
    ExternallyBusy,
    Interval,
    Limit,
    LimitReached,
    OffGrid,
    OutsideHours,
    Overlaps,
    Reason,
    TooSoon,
    WrongDuration,
)
from scheduling_core.local_time import to_local
from scheduling_web.api.times import Span, local, to_minutes, to_span


class LimitAnswer(msgspec.Struct, omit_defaults=True, frozen=True):
    """A cap for each local *period*, by count or by minutes."""

    period: str
    count: int | UnsetType = UNSET
    minutes: float | UnsetType = UNSET


class ReasonAnswer(msgspec.Struct, omit_defaults=True, frozen=True):
    """Why a start is refused. Which of the fields after *starts* are there depends on the code."""

    code: str
    message: str
    starts: Span
    time_off: Span | UnsetType = UNSET
    appointment: str | UnsetType = UNSET
    occupied: Span | UnsetType = UNSET
    busy: Span | UnsetType = UNSET
    source: str | UnsetType = UNSET
    as_of: dt.datetime | UnsetType | None = UNSET
    earliest: dt.datetime | UnsetType = UNSET
    last_day: dt.date | UnsetType = UNSET
    limit: LimitAnswer | UnsetType = UNSET
    first_day: dt.date | UnsetType = UNSET
    until_day: dt.date | UnsetType = UNSET
    count: int | UnsetType = UNSET
    minutes: float | UnsetType = UNSET
    before: dt.datetime | UnsetType = UNSET
    after: dt.datetime | UnsetType | None = UNSET
    duration_minutes: float | UnsetType = UNSET


_NINE = dt.datetime(2030, 1, 31, 9, tzinfo=ZoneInfo("Europe/Berlin"))
_HALF_PAST = _NINE.replace(minute=30)
EXAMPLE = ReasonAnswer(
    "overlap",
    "another appointment occupies 2030-01-31 09:00 to 09:30",
    Span(_NINE.replace(hour=8, minute=30, microsecond=1), _HALF_PAST),
    appointment="0197e5b0-5b5c-7bd0-8a2e-6d6a9e0c1f53",
    occupied=Span(_NINE, _HALF_PAST),
)
"""A reason as the document shows it."""


def to_answer(reason: Reason, zone: ZoneInfo) -> ReasonAnswer:
    """Return a reason as it is told to a host in *zone*."""
    data: dict[str, Any] = {}
    match reason:
        case OutsideHours():
            message = "the time is outside of opening hours"
        case DuringTimeOff(time_off=time_off):
            message = f"the host is off {_say(time_off.during, zone)}"
            data = {"time_off": to_span(time_off.during, zone)}
        case Overlaps():
            message = f"another appointment occupies {_say(reason.occupied, zone)}"
            data = {"appointment": reason.appointment, "occupied": to_span(reason.occupied, zone)}
        case ExternallyBusy(busy=busy):
            message = f"another calendar is busy {_say(busy.during, zone)}"
            as_of = None if busy.as_of is None else local(busy.as_of, zone)
            data = {"busy": to_span(busy.during, zone), "source": busy.source, "as_of": as_of}
        case TooSoon():
            message = f"the earliest start is now {_say_instant(reason.earliest, zone)}"
            data = {"earliest": local(reason.earliest, zone)}
        case BeyondHorizon():
            message = f"the last day that can be booked is {reason.last_day}"
            data = {"last_day": reason.last_day}
        case LimitReached():
            message, data = _tell_limit(reason)
        case OffGrid():
            message, data = _tell_grid(reason, zone)
        case WrongDuration():
            minutes = to_minutes(reason.duration)
            message = f"{minutes:g} minutes is not a duration of this appointment type"
            data = {"duration_minutes": minutes}
        case _:
            assert_never(reason)
    return ReasonAnswer(reason.code, message, to_span(reason.starts, zone), **data)


def _tell_limit(reason: LimitReached) -> tuple[str, dict[str, Any]]:
    cap = to_cap(reason.limit)
    words = f"{cap.count} appointments" if reason.limit.total is None else f"{cap.minutes:g} minutes"
    return f"it would pass the limit of {words} a {cap.period}, counted from {reason.first_day}", {
        "limit": cap,
        "first_day": reason.first_day,
        "until_day": reason.until_day,
        "count": reason.count,
        "minutes": to_minutes(reason.total),
    }


def to_cap(limit: Limit) -> LimitAnswer:
    """Return a limit as it is told to a host."""
    return LimitAnswer(
        limit.period.value,
        UNSET if limit.count is None else limit.count,
        UNSET if limit.total is None else to_minutes(limit.total),
    )


def _tell_grid(reason: OffGrid, zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    beside = [reason.before] if reason.after is None else [reason.before, reason.after]
    words = " and ".join(_say_instant(instant, zone) for instant in beside)
    return f"appointments do not start at this time; the steps beside it: {words}", {
        "before": local(reason.before, zone),
        "after": None if reason.after is None else local(reason.after, zone),
    }


def _say(interval: Interval, zone: ZoneInfo) -> str:
    start, end = to_local(interval.start, zone), to_local(interval.end, zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {until}"


def _say_instant(instant: dt.datetime, zone: ZoneInfo) -> str:
    return f"{to_local(instant, zone):%Y-%m-%d %H:%M}"

"""The documents of what a host offers: appointment types with their terms, and hours.

Lengths are whole microseconds, clock times and dates ISO 8601 text.
"""

import datetime as dt
import hashlib
import json
from typing import Any

from scheduling_core.appointment_types import AppointmentType, BookingPolicy, Limit, Period
from scheduling_core.ids import AppointmentTypeId
from scheduling_core.local_time import find_zone
from scheduling_core.schedules import DAYS, DateOverride, Schedule, TimeRange, WeeklyHours

Document = dict[str, Any]

_MICROSECOND = dt.timedelta.resolution


def write_type(type: AppointmentType) -> Document:
    """Return all of *type*."""
    return {
        "id": type.id,
        "title": type.title,
        "requires_confirmation": type.requires_confirmation,
        "terms": write_terms(type),
    }


def read_type(document: Document) -> AppointmentType:
    """Return the type that was written."""
    return read_terms(**document)


def write_terms(type: AppointmentType) -> Document:
    """Return the lengths and the policy of *type*."""
    policy = type.policy
    span = type.duration_range
    return {
        "durations": [_write_length(duration) for duration in type.durations],
        "duration_range": None if span is None else [_write_length(part) for part in span],
        "slot_interval": _write_length(policy.slot_interval),
        "buffer_before": _write_length(policy.buffer_before),
        "buffer_after": _write_length(policy.buffer_after),
        "minimum_notice": _write_length(policy.minimum_notice),
        "horizon_days": policy.horizon_days,
        "limits": [
            {
                "period": limit.period.value,
                "count": limit.count,
                "total": None if limit.total is None else _write_length(limit.total),
            }
            for limit in policy.limits
        ],
        "week_start": policy.week_start,
        "any_start": policy.any_start,
    }


def read_terms(
    id: AppointmentTypeId, title: str, terms: Document, *, requires_confirmation: bool
) -> AppointmentType:
    """Return the type that has these *terms*."""
    span = terms["duration_range"]
    limits = [
        Limit(
            Period(limit["period"]),
            limit["count"],
            None if limit["total"] is None else _read_length(limit["total"]),
        )
        for limit in terms["limits"]
    ]
    policy = BookingPolicy(
        slot_interval=_read_length(terms["slot_interval"]),
        buffer_before=_read_length(terms["buffer_before"]),
        buffer_after=_read_length(terms["buffer_after"]),
        minimum_notice=_read_length(terms["minimum_notice"]),
        horizon_days=terms["horizon_days"],
        limits=limits,
        week_start=terms["week_start"],
        any_start=terms["any_start"],
    )
    if span is None:
        durations = tuple(_read_length(length) for length in terms["durations"])
        return AppointmentType(id, title, durations, policy, requires_confirmation)
    shortest, longest, step = (_read_length(length) for length in span)
    return AppointmentType(
        id,
        title,
        policy=policy,
        requires_confirmation=requires_confirmation,
        duration_range=(shortest, longest, step),
    )


def write_schedule(schedule: Schedule) -> Document:
    """Return the zone, the weekly hours and the overrides of *schedule*."""
    return {
        "timezone": schedule.timezone.key,
        "weekly": {
            day: _write_ranges(schedule.weekly.of_weekday(weekday)) for weekday, day in enumerate(DAYS)
        },
        "overrides": [
            [override.day.isoformat(), _write_ranges(override.hours)] for override in schedule.overrides
        ],
    }


def read_schedule(document: Document) -> Schedule:
    """Return the schedule that was written."""
    return Schedule(
        find_zone(document["timezone"]),
        WeeklyHours(**{day: _read_ranges(ranges) for day, ranges in document["weekly"].items()}),
        [
            DateOverride(dt.date.fromisoformat(day), _read_ranges(ranges))
            for day, ranges in document["overrides"]
        ],
    )


def fingerprint_schedule(schedule: Schedule) -> str:
    """Return the same for equal schedules, and something else for any other."""
    text = json.dumps(write_schedule(schedule), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _write_ranges(ranges: tuple[TimeRange, ...]) -> list[list[str]]:
    return [[span.start.isoformat(), span.end.isoformat()] for span in ranges]


def _read_ranges(ranges: list[list[str]]) -> tuple[TimeRange, ...]:
    return tuple(TimeRange(dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in ranges)


def _write_length(length: dt.timedelta) -> int:
    return length // _MICROSECOND


def _read_length(microseconds: int) -> dt.timedelta:
    return dt.timedelta(microseconds=microseconds)

"""Between values and rows: two functions for each table, one to the row and one from it."""

import datetime as dt
import functools
import json
from collections.abc import Iterable
from typing import Any

import attrs

from scheduling_core.agenda import BusyInterval, TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import Appointment, Status
from scheduling_core.changes import AppointmentChange, Change, LogEntry, ScheduleSet
from scheduling_core.ids import AppointmentTypeId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.local_time import find_zone
from scheduling_core.ports import Answer
from scheduling_core.schedules import DAYS, DateOverride, TimeRange, WeeklyHours
from scheduling_core.sql import documents, offers
from scheduling_core.sql.prepared import Row
from scheduling_core.sync import Link

Values = dict[str, Any]

_MOST_KEPT = 4096
"""How many values are kept by the text that they were read from; equal texts stand for equal values."""


@attrs.frozen
class HostRow:
    """A host without its hours, which stand in tables of their own."""

    key: int
    id: HostId
    version: int
    timezone: str
    schedule_digest: str
    longest_occupied: dt.timedelta
    links: tuple[Link, ...]


def host_to_row(change: ScheduleSet) -> Values:
    """Return what the hours of *change* write into the row of their host."""
    return {
        "timezone": change.schedule.timezone.key,
        "schedule_digest": offers.fingerprint_schedule(change.schedule),
    }


def host_from_row(row: Row) -> HostRow:
    """Return the host."""
    return HostRow(
        row.key,
        HostId(row.id),
        row.version,
        row.timezone,
        row.schedule_digest,
        row.longest_occupied,
        () if row.links is None else _read_links(row.links),
    )


def weekly_hours_to_rows(host: int, weekly: WeeklyHours, now: dt.datetime) -> list[Values]:
    """Return one row for each range of each weekday."""
    return [
        {
            "host": host,
            "day_of_week": weekday,
            "position": position,
            "start_time": hours.start,
            "end_time": hours.end,
            "created_at": now,
        }
        for weekday in range(len(DAYS))
        for position, hours in enumerate(weekly.of_weekday(weekday))
    ]


def weekly_hours_from_rows(rows: Iterable[Row]) -> WeeklyHours:
    """Return the weekly hours whose rows come in order of position."""
    ranges: dict[str, list[TimeRange]] = {day: [] for day in DAYS}
    for row in rows:
        ranges[DAYS[row.day_of_week]].append(TimeRange(row.start_time, row.end_time))
    return WeeklyHours(**ranges)


def overrides_to_rows(
    host: int, overrides: Iterable[DateOverride], now: dt.datetime
) -> tuple[list[Values], list[Values]]:
    """Return one row for each date, and one for each range on it."""
    dates = [{"host": host, "day": override.day, "created_at": now} for override in overrides]
    hours = [
        {
            "host": host,
            "day": override.day,
            "position": position,
            "start_time": hours.start,
            "end_time": hours.end,
        }
        for override in overrides
        for position, hours in enumerate(override.hours)
    ]
    return dates, hours


def overrides_from_rows(rows: Iterable[Row]) -> list[DateOverride]:
    """Return the overrides of rows in order of position; a closed date has one row without times."""
    ranges: dict[dt.date, list[TimeRange]] = {}
    for row in rows:
        hours = ranges.setdefault(row.day, [])
        if row.start_time is not None:
            hours.append(TimeRange(row.start_time, row.end_time))
    return [DateOverride(day, hours) for day, hours in ranges.items()]


def type_to_row(type: AppointmentType) -> Values:
    """Return what *type* writes into its row."""
    return {
        "title": type.title,
        "requires_confirmation": type.requires_confirmation,
        "terms": offers.write_terms(type),
    }


def type_from_row(row: Row, id: AppointmentTypeId) -> AppointmentType:
    """Return the appointment type of this id."""
    return _read_type(id, row.title, row.terms, requires_confirmation=row.requires_confirmation)


@functools.lru_cache(_MOST_KEPT)
def _read_type(
    id: AppointmentTypeId, title: str, terms: str, *, requires_confirmation: bool
) -> AppointmentType:
    return offers.read_terms(id, title, json.loads(terms), requires_confirmation=requires_confirmation)


@functools.lru_cache(_MOST_KEPT)
def _read_links(text: str) -> tuple[Link, ...]:
    return documents.read_links(json.loads(text))


def time_off_to_row(time_off: TimeOff) -> Values:
    """Return what *time_off* writes into its row."""
    return {"start": time_off.during.start, "end": time_off.during.end, "reason": time_off.reason}


def time_off_from_row(row: Row) -> TimeOff:
    """Return the time off."""
    return TimeOff(Interval(row.start, row.end), row.notes)


def busy_to_row(busy: BusyInterval) -> Values:
    """Return what *busy* writes into its row."""
    return {
        "start": busy.during.start,
        "end": busy.during.end,
        "source": busy.source,
        "as_of": busy.as_of,
    }


def busy_from_row(row: Row) -> BusyInterval:
    """Return the busy interval."""
    return BusyInterval(Interval(row.start, row.end), row.notes, row.as_of)


def appointment_to_row(appointment: Appointment) -> Values:
    """Return what *appointment* writes into its row."""
    return {
        "type": appointment.type,
        "customer_name": appointment.customer_name,
        "customer_email": appointment.customer_email,
        "customer_phone": appointment.customer_phone,
        "start": appointment.during.start,
        "end": appointment.during.end,
        "occupied_start": appointment.occupied.start,
        "occupied_end": appointment.occupied.end,
        "status": appointment.status.value,
        "version": appointment.version,
        "timezone": appointment.timezone.key,
        "local_start": appointment.local_start,
        "notes": appointment.notes,
        "metadata": dict(appointment.metadata),
        "created_at": appointment.created_at,
        "updated_at": appointment.updated_at,
    }


def appointment_from_row(row: Row, host: HostId) -> Appointment:
    """Return the appointment."""
    return Appointment(
        id=row.id,
        host=host,
        type=row.type,
        customer_name=row.customer_name,
        customer_email=row.customer_email,
        customer_phone=row.customer_phone,
        during=Interval(row.start, row.end),
        occupied=Interval(row.occupied_start, row.occupied_end),
        status=Status(row.status),
        version=row.version,
        timezone=find_zone(row.timezone),
        local_start=row.local_start,
        notes=row.notes,
        metadata=row.metadata,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def entry_to_row(change: Change) -> Values:
    """Return what the log entry of *change* writes into its row, whatever its version will be."""
    return {
        "kind": change.kind,
        "at": change.at,
        "appointment": change.appointment.id if isinstance(change, AppointmentChange) else None,
        "payload": documents.write_change(change),
    }


def entry_from_row(row: Row) -> LogEntry:
    """Return the log entry."""
    return LogEntry(row.version, documents.read_change(row.kind, row.payload))


def answer_to_row(host: int, key: str, answer: Answer) -> Values:
    """Return the row of a stored answer."""
    return {
        "host": host,
        "key": key,
        "fingerprint": answer.fingerprint,
        "appointment": answer.appointment.id,
        "answer": documents.write_appointment(answer.appointment),
        "at": answer.at,
    }


def answer_from_row(row: Row) -> Answer:
    """Return the stored answer."""
    return Answer(row.fingerprint, documents.read_appointment(row.answer), row.at)

"""What is stored as one JSON document: changes, the answers that were given, and a host's links.

Instants and clock readings are ISO 8601 text. A document that was written once is read for ever, so what a
field's name means here does not change.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from scheduling_core.agenda import TimeOff
from scheduling_core.appointments import Appointment, Status
from scheduling_core.changes import (
    Amended,
    Booked,
    BusyCopied,
    Cancelled,
    Change,
    Completed,
    Confirmed,
    Declined,
    MarkedNoShow,
    PolicyOverride,
    Purged,
    Rescheduled,
    ScheduleSet,
    TimeOffAdded,
    TimeOffRemoved,
    TypeAdded,
    TypeRemoved,
)
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.local_time import find_zone
from scheduling_core.sql.offers import Document, read_schedule, read_type, write_schedule, write_type
from scheduling_core.sync import Link

_MICROSECOND = dt.timedelta.resolution

KINDS: Mapping[str, type[Change]] = {
    change.kind: change
    for change in (
        Amended,
        Booked,
        BusyCopied,
        Cancelled,
        Completed,
        Confirmed,
        Declined,
        MarkedNoShow,
        Purged,
        Rescheduled,
        ScheduleSet,
        TimeOffAdded,
        TimeOffRemoved,
        TypeAdded,
        TypeRemoved,
    )
}


def write_change(change: Change) -> Document:
    """Return all fields of *change*; its kind is kept beside the document."""
    return {
        field.name: _FIELDS[field.name][0](getattr(change, field.name))
        for field in attrs.fields(type(change))
    }


def read_change(kind: str, document: Document) -> Change:
    """Return the change of this *kind* that was written."""
    values = {name: _FIELDS[name][1](value) for name, value in document.items()}
    return KINDS[kind](**values)


def write_appointment(appointment: Appointment) -> Document:
    """Return a snapshot of *appointment*."""
    return {
        "id": appointment.id,
        "host": appointment.host,
        "type": appointment.type,
        "customer_name": appointment.customer_name,
        "customer_email": appointment.customer_email,
        "customer_phone": appointment.customer_phone,
        "during": _write_interval(appointment.during),
        "occupied": _write_interval(appointment.occupied),
        "status": appointment.status.value,
        "version": appointment.version,
        "timezone": appointment.timezone.key,
        "local_start": appointment.local_start.isoformat(),
        "notes": appointment.notes,
        "metadata": dict(appointment.metadata),
        "created_at": appointment.created_at.isoformat(),
        "updated_at": appointment.updated_at.isoformat(),
    }


def read_appointment(document: Document) -> Appointment:
    """Return the appointment as it was."""
    return Appointment(
        id=AppointmentId(document["id"]),
        host=HostId(document["host"]),
        type=AppointmentTypeId(document["type"]),
        customer_name=document["customer_name"],
        customer_email=document["customer_email"],
        customer_phone=document["customer_phone"],
        during=_read_interval(document["during"]),
        occupied=_read_interval(document["occupied"]),
        status=Status(document["status"]),
        version=document["version"],
        timezone=find_zone(document["timezone"]),
        local_start=_read_time(document["local_start"]),
        notes=document["notes"],
        metadata=document["metadata"],
        created_at=_read_time(document["created_at"]),
        updated_at=_read_time(document["updated_at"]),
    )


def write_links(links: Iterable[Link]) -> list[Document]:
    """Return all *links* of a host."""
    return [
        {
            "provider": link.provider,
            "details": dict(link.details),
            "stale_after": None if link.stale_after is None else link.stale_after // _MICROSECOND,
            "busy_as_of": link.busy_as_of and link.busy_as_of.isoformat(),
        }
        for link in links
    ]


def read_links(documents: Iterable[Document] | None) -> tuple[Link, ...]:
    """Return the links that were written."""
    return tuple(
        Link(
            document["provider"],
            document["details"],
            None if document["stale_after"] is None else document["stale_after"] * _MICROSECOND,
            document["busy_as_of"] and _read_time(document["busy_as_of"]),
        )
        for document in documents or ()
    )


def _write_time_off(time_off: TimeOff) -> Document:
    return {"during": _write_interval(time_off.during), "reason": time_off.reason}


def _read_time_off(document: Document) -> TimeOff:
    return TimeOff(_read_interval(document["during"]), document["reason"])


def _write_override(override: PolicyOverride | None) -> Document | None:
    if override is None:
        return None
    return {
        "actor": override.actor,
        "reason": override.reason,
        "codes": sorted(override.codes),
    }


def _read_override(document: Document | None) -> PolicyOverride | None:
    return None if document is None else PolicyOverride(**document)


def _write_interval(interval: Interval) -> list[str]:
    return [interval.start.isoformat(), interval.end.isoformat()]


def _read_interval(ends: list[str]) -> Interval:
    return Interval(_read_time(ends[0]), _read_time(ends[1]))


_read_time = dt.datetime.fromisoformat


def _keep(value: Any) -> Any:  # noqa: ANN401  Text is its own document.
    return value


# How to write and to read each field that some change has. A name means the same in all of them.
_FIELDS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "appointment": (write_appointment, read_appointment),
    "at": (dt.datetime.isoformat, _read_time),
    "before": (_write_interval, _read_interval),
    "busy": (
        lambda busy: [_write_interval(item) for item in busy],
        lambda busy: [_read_interval(item) for item in busy],
    ),
    "by": (_keep, _keep),
    "host": (_keep, _keep),
    "override": (_write_override, _read_override),
    "reason": (_keep, _keep),
    "schedule": (write_schedule, read_schedule),
    "source": (_keep, _keep),
    "time_off": (_write_time_off, _read_time_off),
    "type": (write_type, read_type),
}

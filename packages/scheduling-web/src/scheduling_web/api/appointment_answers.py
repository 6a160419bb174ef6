"""Appointments on the wire."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec
from litestar import Response
from litestar.datastructures import ResponseHeader
from msgspec import UNSET, UnsetType

from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentTypeId,
    Booked,
    Cancelled,
    Declined,
    HostId,
    Interval,
    LogEntry,
    Questions,
    Rescheduled,
    Status,
)
from scheduling_core.changes import AppointmentChange
from scheduling_core.intervals import TICK
from scheduling_web.api.times import Span, local, to_minutes, to_span

CALCOM = "cal.com"
"""The provider whose bookings are told of."""

LOCATION = ResponseHeader(
    "Location",
    documentation_only=True,
    value="/api/appointments/0197e5b0-5b5c-7bd0-8a2e-6d6a9e0c1f53",
    description="Where the appointment is.",
)
ETAG = ResponseHeader(
    "ETag", documentation_only=True, value='"1"', description="Its version, for `If-Match`."
)


class AppointmentAnswer(msgspec.Struct, frozen=True):
    """An appointment. All of its times are written with the offset of *time_zone*.

    *calcom_booking_id* is the uid of its booking at Cal.com now, null where there is none. Whoever has it can
    move or cancel the booking there, so it is told to the host alone.
    """

    id: AppointmentId
    customer_name: str
    start_time: dt.datetime
    end_time: dt.datetime
    duration_minutes: float
    status: Status
    type: AppointmentTypeId
    time_zone: str
    notes: str
    version: int
    calcom_booking_id: str | None
    created_at: dt.datetime
    updated_at: dt.datetime


class AppointmentPage(msgspec.Struct, frozen=True):
    """Appointments in order of start, and what to ask for the next ones with."""

    items: list[AppointmentAnswer]
    next_cursor: str | None


class OverrideAnswer(msgspec.Struct, frozen=True):
    """Who set rules aside, which ones, and why."""

    actor: str
    reason: str
    codes: list[str]


class HistoryEntry(msgspec.Struct, omit_defaults=True, frozen=True):
    """One change, and the appointment as it left it. What a kind of change does not have is left out."""

    change: str
    at: dt.datetime
    appointment: AppointmentAnswer
    before: Span | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    by: str | UnsetType | None = UNSET
    override: OverrideAnswer | UnsetType = UNSET


class HistoryPage(msgspec.Struct, frozen=True):
    """All changes of an appointment, oldest first: there is no further page."""

    items: list[HistoryEntry]
    next_cursor: str | None = None


def to_answer(appointment: Appointment, booking_id: str | None) -> AppointmentAnswer:
    """Return an appointment as it is told to its host, with the uid of its booking at Cal.com."""
    zone = appointment.timezone
    return AppointmentAnswer(
        id=appointment.id,
        customer_name=appointment.customer_name,
        start_time=local(appointment.during.start, zone),
        end_time=local(appointment.during.end, zone),
        duration_minutes=to_minutes(appointment.during.duration),
        status=appointment.status,
        type=appointment.type,
        time_zone=zone.key,
        notes=appointment.notes,
        version=appointment.version,
        calcom_booking_id=booking_id,
        created_at=local(appointment.created_at, zone),
        updated_at=local(appointment.updated_at, zone),
    )


def find_bookings(
    asked: Questions, host: HostId, appointments: Sequence[Appointment]
) -> Mapping[AppointmentId, str]:
    """Return the uids of the bookings at Cal.com of a host's appointments, which come in order of start."""
    if not appointments:
        return {}
    window = Interval(appointments[0].during.start, appointments[-1].during.start + TICK)
    return asked.references(host, CALCOM, window)


def find_appointment(asked: Questions, host: HostId, id: AppointmentId) -> tuple[Appointment, str | None]:
    """Return an appointment of a host, and the uid of its booking at Cal.com; raises NotFound."""
    found = asked.get(id, host=host)
    return found, find_bookings(asked, host, [found]).get(id)


def answer_all(
    asked: Questions, host: HostId, appointments: Sequence[Appointment]
) -> list[AppointmentAnswer]:
    """Return appointments of a host, in order of start, as they are told to the host."""
    bookings = find_bookings(asked, host, appointments)
    return [to_answer(appointment, bookings.get(appointment.id)) for appointment in appointments]


def respond(appointment: Appointment, booking_id: str | None) -> Response[AppointmentAnswer]:
    """Return the answer that is one appointment, with its version as the entity tag."""
    headers = {"ETag": f'"{appointment.version}"'}
    return Response(to_answer(appointment, booking_id), headers=headers)


def respond_booked(appointment: Appointment) -> Response[AppointmentAnswer]:
    """Return the answer to a booking, with the address of the appointment; Cal.com hears of it later."""
    headers = {"ETag": f'"{appointment.version}"', "Location": f"/api/appointments/{appointment.id}"}
    return Response(to_answer(appointment, None), headers=headers)


def answer_history(asked: Questions, entries: Sequence[LogEntry]) -> list[HistoryEntry]:
    """Return the log of one appointment as it is told to its host."""
    last = cast("AppointmentChange", entries[-1].change).appointment
    bookings = find_bookings(asked, last.host, [last])
    return [_to_entry(entry, bookings.get(last.id)) for entry in entries]


def _to_entry(entry: LogEntry, booking_id: str | None) -> HistoryEntry:
    change = cast("AppointmentChange", entry.change)  # Others do not stand in the log of an appointment.
    zone = change.appointment.timezone
    data: dict[str, Any] = {}
    match change:
        case Rescheduled(before=before):
            data = {"before": to_span(before, zone)}
        case Cancelled(reason=reason, by=by):
            data = {"reason": reason, "by": by}
        case Declined(reason=reason):
            data = {"reason": reason}
    if isinstance(change, Booked | Rescheduled) and change.override is not None:
        told = change.override
        data["override"] = OverrideAnswer(told.actor, told.reason, sorted(told.codes))
    told_now = to_answer(change.appointment, booking_id)
    return HistoryEntry(change.kind, local(change.at, zone), told_now, **data)

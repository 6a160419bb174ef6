"""Appointments on the wire."""

import datetime as dt

import msgspec
from litestar import Response
from litestar.datastructures import ResponseHeader

from scheduling_core import Appointment, AppointmentId, AppointmentTypeId, Status
from scheduling_web.api.times import local, to_minutes

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
    """An appointment. All of its times are written with the offset of *time_zone*."""

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


def to_answer(appointment: Appointment) -> AppointmentAnswer:
    """Return an appointment as it is told to its host."""
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
        calcom_booking_id=None,
        created_at=local(appointment.created_at, zone),
        updated_at=local(appointment.updated_at, zone),
    )


def respond(appointment: Appointment, headers: dict[str, str] | None = None) -> Response[AppointmentAnswer]:
    """Return the answer that is one appointment, with its version as the entity tag."""
    etag = f'"{appointment.version}"'
    return Response(to_answer(appointment), headers={"ETag": etag, **(headers or {})})

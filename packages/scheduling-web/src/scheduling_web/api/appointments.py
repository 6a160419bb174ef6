"""Appointments: book, list, read."""

import datetime as dt
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import FromPath, JSONBody

from scheduling_core import (
    Appointment,
    AppointmentId,
    BookingRefused,
    BookingRequest,
    HostId,
    Interval,
    NotFound,
    Scheduler,
    Status,
)
from scheduling_core.appointments import LONGEST_NAME, LONGEST_NOTES
from scheduling_core.checks import LONGEST_ID
from scheduling_web.accounts import User
from scheduling_web.api.appointment_answers import (
    ETAG,
    LOCATION,
    AppointmentAnswer,
    AppointmentPage,
    respond,
    to_answer,
)
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.bodies import Strict
from scheduling_web.api.errors import Refused, in_parameter
from scheduling_web.api.problems import documented
from scheduling_web.api.queries import (
    Cursor,
    parameter,
    read_cursor,
    read_number,
    read_window,
    write_cursor,
)
from scheduling_web.api.times import LONGEST_MINUTES, MINUTE, to_slot
from scheduling_web.api.types import choose_type

_USUAL_PAGE = 50
_LONGEST_PAGE = 200
_STATUS = Schema(type=OpenAPIType.STRING, enum=[status.value for status in Status])

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME, examples=["Ann Example"])]
Start = Annotated[dt.datetime, msgspec.Meta(tz=True, examples=["2030-01-31T09:00:00+01:00"])]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_MINUTES, examples=[30])]


class NewAppointment(msgspec.Struct, frozen=True):
    """What to book. Without *type* the host's type `appointment` is meant, or the first of its types."""

    customer_name: Name
    start_time: Start
    duration_minutes: Minutes
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    notes: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTES)] = ""


@post(
    operation_id="bookAppointment",
    summary="Book an appointment",
    dto=Strict[NewAppointment],
    return_dto=None,
    sync_to_thread=True,
    security=SECURITY,
    response_headers=[LOCATION, ETAG],
    responses=documented(401, 404, 409, 413, 415, 503),
)
def book_appointment(
    data: JSONBody[NewAppointment], user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> Response[AppointmentAnswer]:
    """Book a start; if the rules refuse it, say every reason and offer the nearest starts."""
    request = BookingRequest(
        host=user.id,
        type=choose_type(scheduler, user.id, data.type),
        start=data.start_time,
        customer_name=data.customer_name,
        duration=data.duration_minutes * MINUTE,
        notes=data.notes,
    )
    try:
        appointment = scheduler.book(request)
    except BookingRefused as refusal:
        raise _offer(scheduler, request, refusal) from refusal
    return respond(appointment, {"Location": f"/api/appointments/{appointment.id}"})


@get(
    operation_id="listAppointments",
    summary="List appointments",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def list_appointments(
    *,
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    from_: Annotated[
        str | None, parameter("Only what ends after this.", name="from", format="date-time")
    ] = None,
    to: Annotated[str | None, parameter("Only what starts before this.", format="date-time")] = None,
    status: Annotated[
        list[str] | None,
        parameter("Only these; may be given several times.", type="array", items=_STATUS),
    ] = None,
    cursor: Annotated[str | None, parameter("The `next_cursor` of the page before.")] = None,
    limit: Annotated[
        str | None,
        parameter(
            f"How many at most; {_USUAL_PAGE} if not given.",
            type="integer",
            minimum=1,
            maximum=_LONGEST_PAGE,
        ),
    ] = None,
) -> AppointmentPage:
    """Return the host's appointments in any status, in order of start, a page at a time."""
    window = read_window(from_, to, longest=None)
    wanted = frozenset(Status) if status is None else frozenset(map(_read_status, status))
    after = None if cursor is None else read_cursor(cursor)
    count = _USUAL_PAGE if limit is None else read_number(limit, "limit", 1, _LONGEST_PAGE)
    found = _find(scheduler, user.id, window, wanted, after)
    page = found[:count]
    more = len(found) > count
    return AppointmentPage(
        [to_answer(appointment) for appointment in page],
        write_cursor(Cursor(page[-1].during.start, page[-1].id)) if more else None,
    )


@get(
    "/{appointment_id:str}",
    operation_id="getAppointment",
    summary="Read an appointment",
    sync_to_thread=True,
    security=SECURITY,
    response_headers=[ETAG],
    responses=documented(401, 404, 503),
)
def get_appointment(
    appointment_id: FromPath[str], user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> Response[AppointmentAnswer]:
    """Return one appointment of the host."""
    appointment = _get_own(scheduler, user.id, AppointmentId(appointment_id))
    return respond(appointment)


router = Router(
    "/api/appointments",
    route_handlers=[book_appointment, list_appointments, get_appointment],
    tags=["Appointments"],
)


def _offer(scheduler: Scheduler, request: BookingRequest, refusal: BookingRefused) -> Refused:
    """Return the refusal together with the nearest slots, which the same rules have found bookable."""
    zone = scheduler.schedule(request.host).timezone
    starts = scheduler.suggest(request.host, request.type, request.start, duration=request.duration)
    length = request.duration or MINUTE
    return Refused(refusal, [to_slot(start, length, zone) for start in starts], zone)


def _find(
    scheduler: Scheduler,
    host: HostId,
    window: Interval,
    wanted: frozenset[Status],
    after: Cursor | None,
) -> list[Appointment]:
    """Return the appointments in *window* that come after the cursor."""
    if after is not None:
        if after.start >= window.end:
            return []
        window = Interval(max(window.start, after.start), window.end)
    return [
        appointment
        for appointment in scheduler.between(host, window)
        if appointment.status in wanted
        and (after is None or (appointment.during.start, appointment.id) > (after.start, after.id))
    ]


def _get_own(scheduler: Scheduler, host: HostId, id: AppointmentId) -> Appointment:
    """Return the host's appointment; what is another host's is not found, and costs the same to ask for."""
    if len(id) > LONGEST_ID or not id.isprintable():
        raise NotFound("appointment", id)
    appointment = scheduler.get(id)
    if appointment.host != host:
        raise NotFound("appointment", id)
    return appointment


def _read_status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        names = ", ".join(status.value for status in Status)
        raise in_parameter("status", f"must be one of {names}") from None

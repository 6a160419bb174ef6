"""Appointments: book, list, read; what comes after stands in `revising`."""

from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import JSONBody

from scheduling_core import (
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    Questions,
    Scheduler,
    Status,
)
from scheduling_web.accounts import User
from scheduling_web.api import calendars, revising
from scheduling_web.api.appointment_answers import (
    ETAG,
    LOCATION,
    AppointmentAnswer,
    AppointmentPage,
    HistoryPage,
    answer_all,
    answer_history,
    find_appointment,
    respond,
    respond_booked,
)
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.bodies import Strict
from scheduling_web.api.cursors import Cursor, Cursors
from scheduling_web.api.errors import in_parameter
from scheduling_web.api.fields import Minutes, Name, Notes, Start, TypeName
from scheduling_web.api.problems import documented
from scheduling_web.api.queries import (
    parameter,
    read_number,
    read_window,
)
from scheduling_web.api.refusals import offer
from scheduling_web.api.targets import AppointmentPath, IdempotencyKey, read_key, to_id
from scheduling_web.api.times import MINUTE
from scheduling_web.api.types import USUAL_TYPE, choose_type

_USUAL_PAGE = 50
_LONGEST_PAGE = 1000
_STATUS = Schema(type=OpenAPIType.STRING, enum=[status.value for status in Status])


class NewAppointment(msgspec.Struct, frozen=True):
    """What to book. Without *type* the host's type `appointment` is meant, or the first of its types."""

    customer_name: Name
    start_time: Start
    duration_minutes: Minutes
    type: TypeName | None = None
    notes: Notes = ""


@post(
    operation_id="bookAppointment",
    summary="Book an appointment",
    dto=Strict[NewAppointment],
    return_dto=None,
    sync_to_thread=True,
    security=SECURITY,
    response_headers=[LOCATION, ETAG],
    responses=documented(401, 404, 409, 413, 415, 422, 429, 503),
)
def book_appointment(
    data: JSONBody[NewAppointment],
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    idempotency_key: IdempotencyKey = None,
) -> Response[AppointmentAnswer]:
    """Book a start; if the rules refuse it, say every reason and offer the nearest starts."""
    key = read_key(idempotency_key)
    duration = data.duration_minutes * MINUTE
    request = BookingRequest(
        host=user.id,
        type=USUAL_TYPE if data.type is None else AppointmentTypeId(data.type),
        start=data.start_time,
        customer_name=data.customer_name,
        duration=duration,
        notes=data.notes,
    )
    try:
        appointment = scheduler.book(request, idempotency_key=key, or_first_type=data.type is None)
    except BookingRefused as refusal:
        raise offer(
            scheduler,
            refusal,
            host=request.host,
            type=choose_type(scheduler, user.id, data.type),
            start=request.start,
            duration=duration,
        ) from refusal
    return respond_booked(appointment)


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
    cursors: NamedDependency[Cursors],
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
    after = None if cursor is None else cursors.read(user.id, cursor)
    count = _USUAL_PAGE if limit is None else read_number(limit, "limit", 1, _LONGEST_PAGE)
    last = None if after is None else (after.start, after.id)

    def ask(asked: Questions) -> AppointmentPage:
        # One more than is shown tells whether there is a further page.
        found = asked.page(user.id, window, statuses=wanted, after=last, limit=count + 1)
        page = found[:count]
        more = len(found) > count
        return AppointmentPage(
            answer_all(asked, user.id, page),
            cursors.write(user.id, Cursor(page[-1].during.start, page[-1].id)) if more else None,
        )

    return scheduler.snapshot(ask)


@get(
    "/upcoming",
    operation_id="listUpcoming",
    summary="List upcoming appointments",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def list_upcoming(user: NamedDependency[User], scheduler: NamedDependency[Scheduler]) -> AppointmentPage:
    """Return all pending and confirmed appointments that have not ended, in order of start."""
    items = scheduler.snapshot(lambda asked: answer_all(asked, user.id, asked.upcoming(user.id)))
    return AppointmentPage(items, None)


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
    appointment_id: AppointmentPath, user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> Response[AppointmentAnswer]:
    """Return one appointment of the host."""
    wanted = to_id(appointment_id)
    return scheduler.snapshot(lambda asked: respond(*find_appointment(asked, user.id, wanted)))


@get(
    "/{appointment_id:str}/history",
    operation_id="getHistory",
    summary="Read what happened to an appointment",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def get_history(
    appointment_id: AppointmentPath, user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> HistoryPage:
    """Return every change of an appointment, oldest first, with the appointment as each one left it."""
    wanted = to_id(appointment_id)
    return HistoryPage(
        scheduler.snapshot(lambda asked: answer_history(asked, asked.history(wanted, host=user.id)))
    )


@get(
    "/{appointment_id:str}/calendar.ics",
    operation_id="getCalendar",
    summary="Read an appointment as iCalendar",
    media_type=calendars.MEDIA_TYPE,
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def get_calendar(
    appointment_id: AppointmentPath, user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> Response[bytes]:
    """Return one appointment as a file that calendars take in; taken in again, it updates what is there."""
    wanted = to_id(appointment_id)
    appointment, types = scheduler.snapshot(
        lambda asked: (asked.get(wanted, host=user.id), asked.types(user.id))
    )
    titles = {known.id: known.title for known in types}
    disposition = 'attachment; filename="appointment.ics"'
    return Response(
        calendars.write_calendar([appointment], titles), headers={"Content-Disposition": disposition}
    )


router = Router(
    "/api/appointments",
    route_handlers=[
        book_appointment,
        list_appointments,
        list_upcoming,
        get_appointment,
        get_history,
        get_calendar,
        *revising.HANDLERS,
    ],
    tags=["Appointments"],
)


def _read_status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        names = ", ".join(status.value for status in Status)
        raise in_parameter("status", f"must be one of {names}") from None

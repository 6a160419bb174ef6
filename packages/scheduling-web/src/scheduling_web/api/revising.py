"""Appointments after they are booked: change or move, cancel, and the steps of their lifecycle."""

from functools import partial
from typing import TypeVar

import msgspec
from litestar import Response, delete, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET, UnsetType

from scheduling_core import (
    Appointment,
    AppointmentId,
    BookingRefused,
    IllegalTransition,
    Scheduler,
    Status,
    VersionMismatch,
)
from scheduling_web.accounts import User
from scheduling_web.api.appointment_answers import ETAG, AppointmentAnswer, find_appointment, respond
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.bodies import Strict
from scheduling_web.api.errors import NO_VERSION, FieldError, InvalidRequest, Refused
from scheduling_web.api.fields import Minutes, Name, Notes, Start, TypeName
from scheduling_web.api.problems import documented
from scheduling_web.api.refusals import offer
from scheduling_web.api.targets import (
    AppointmentPath,
    IfMatch,
    ReasonText,
    read_condition,
    read_reason,
    require_condition,
    to_id,
)
from scheduling_web.api.times import MINUTE

_BY_HOST = "host"

T = TypeVar("T")


_step = partial(
    post,
    status_code=200,
    sync_to_thread=True,
    security=SECURITY,
    response_headers=[ETAG],
    responses=documented(401, 404, 409, 412, 429, 503),
)
"""Makes the route of a step of the lifecycle: they differ in path, name and words."""


class AppointmentChanges(msgspec.Struct, frozen=True):
    """What an appointment is to be; a field that is left out stays as it is. Its type does not change."""

    customer_name: Name | UnsetType = UNSET
    start_time: Start | UnsetType = UNSET
    duration_minutes: Minutes | UnsetType = UNSET
    type: TypeName | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET


@put(
    "/{appointment_id:str}",
    operation_id="changeAppointment",
    summary="Change or reschedule an appointment",
    dto=Strict[AppointmentChanges],
    return_dto=None,
    sync_to_thread=True,
    security=SECURITY,
    response_headers=[ETAG],
    responses=documented(401, 404, 409, 412, 413, 415, 428, 429, 503),
)
def change_appointment(
    appointment_id: AppointmentPath,
    data: JSONBody[AppointmentChanges],
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    if_match: IfMatch = None,
) -> Response[AppointmentAnswer]:
    """Change all that is given or nothing. The rules are asked only where start or duration differ."""
    wanted = to_id(appointment_id)
    version = _expect(scheduler, user, wanted, require_condition(if_match))
    known, booking_id = _look_up(scheduler, wanted, user)
    if not isinstance(data.type, UnsetType) and data.type != known.type:
        raise InvalidRequest((FieldError("cannot be changed", pointer="/type"),))
    minutes = _given(data.duration_minutes)
    try:
        appointment = scheduler.revise(
            wanted,
            start=_given(data.start_time),
            duration=None if minutes is None else minutes * MINUTE,
            customer_name=_given(data.customer_name),
            notes=_given(data.notes),
            expected_version=version,
            host=user.id,
        )
    except BookingRefused as refusal:
        raise _offer(scheduler, scheduler.get(wanted, host=user.id), data, refusal) from refusal
    return respond(appointment, booking_id)


@delete(
    "/{appointment_id:str}",
    operation_id="cancelAppointment",
    summary="Cancel an appointment",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 409, 412, 428, 429, 503),
)
def cancel_appointment(
    appointment_id: AppointmentPath,
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    if_match: IfMatch = None,
    reason: ReasonText = "",
) -> None:
    """Cancel; the appointment is kept, and its time is free again. Cancelling it again changes nothing."""
    wanted = to_id(appointment_id)
    version = _expect(scheduler, user, wanted, require_condition(if_match))
    why = read_reason(reason)
    try:
        scheduler.cancel(wanted, reason=why, by=_BY_HOST, expected_version=version, host=user.id)
    except (IllegalTransition, VersionMismatch):
        # Whoever repeats a request whose answer was lost knows the version from before it.
        if scheduler.get(wanted, host=user.id).status is not Status.CANCELLED:
            raise


@_step(
    "/{appointment_id:str}/confirm", operation_id="confirmAppointment", summary="Accept a pending appointment"
)
def confirm_appointment(
    appointment_id: AppointmentPath,
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    if_match: IfMatch = None,
) -> Response[AppointmentAnswer]:
    """Accept an appointment that waits for confirmation."""
    wanted = to_id(appointment_id)
    version = _expect(scheduler, user, wanted, read_condition(if_match))
    _, booking_id = _look_up(scheduler, wanted, user)
    return respond(scheduler.confirm(wanted, expected_version=version, host=user.id), booking_id)


@_step(
    "/{appointment_id:str}/decline",
    operation_id="declineAppointment",
    summary="Turn a pending appointment down",
)
def decline_appointment(
    appointment_id: AppointmentPath,
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    if_match: IfMatch = None,
    reason: ReasonText = "",
) -> Response[AppointmentAnswer]:
    """Turn down an appointment that waits for confirmation; its time is free again."""
    wanted = to_id(appointment_id)
    version = _expect(scheduler, user, wanted, read_condition(if_match))
    why = read_reason(reason)
    _, booking_id = _look_up(scheduler, wanted, user)
    declined = scheduler.decline(wanted, reason=why, expected_version=version, host=user.id)
    return respond(declined, booking_id)


@_step(
    "/{appointment_id:str}/complete",
    operation_id="completeAppointment",
    summary="Record that an appointment took place",
)
def complete_appointment(
    appointment_id: AppointmentPath,
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    if_match: IfMatch = None,
) -> Response[AppointmentAnswer]:
    """Record that a confirmed appointment took place."""
    wanted = to_id(appointment_id)
    version = _expect(scheduler, user, wanted, read_condition(if_match))
    _, booking_id = _look_up(scheduler, wanted, user)
    return respond(scheduler.complete(wanted, expected_version=version, host=user.id), booking_id)


@_step(
    "/{appointment_id:str}/no-show",
    operation_id="markNoShow",
    summary="Record that the customer did not come",
)
def mark_no_show(
    appointment_id: AppointmentPath,
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    if_match: IfMatch = None,
) -> Response[AppointmentAnswer]:
    """Record that the customer of a confirmed appointment did not come."""
    wanted = to_id(appointment_id)
    version = _expect(scheduler, user, wanted, read_condition(if_match))
    _, booking_id = _look_up(scheduler, wanted, user)
    return respond(scheduler.mark_no_show(wanted, expected_version=version, host=user.id), booking_id)


HANDLERS = [
    change_appointment,
    cancel_appointment,
    confirm_appointment,
    decline_appointment,
    complete_appointment,
    mark_no_show,
]


def _expect(
    scheduler: Scheduler, user: User, wanted: AppointmentId, versions: frozenset[int] | None
) -> int | None:
    """Return the version that the use case is to find: of several the present one, if it is among them."""
    if versions is None:
        return None
    if len(versions) > 1:
        versions &= {scheduler.get(wanted, host=user.id).version}
    return next(iter(versions), NO_VERSION)


def _offer(
    scheduler: Scheduler, appointment: Appointment, asked: AppointmentChanges, refusal: BookingRefused
) -> Refused:
    """Return the refusal of a move, with starts to which the appointment can be moved."""
    start, minutes = _given(asked.start_time), _given(asked.duration_minutes)
    return offer(
        scheduler,
        refusal,
        host=appointment.host,
        type=appointment.type,
        start=start or appointment.during.start,
        duration=appointment.during.duration if minutes is None else minutes * MINUTE,
        moving=appointment.id,
    )


def _look_up(scheduler: Scheduler, wanted: AppointmentId, user: User) -> tuple[Appointment, str | None]:
    """Return the appointment as it is, and what Cal.com calls it; raises NotFound.

    It is asked before anything is written: if it failed afterwards, nobody would be told what had been done.
    """
    return scheduler.snapshot(lambda asked: find_appointment(asked, user.id, wanted))


def _given(value: T | UnsetType) -> T | None:
    """Return what a field holds; None where it was left out."""
    return None if isinstance(value, UnsetType) else value

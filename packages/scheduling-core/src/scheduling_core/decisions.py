"""Given what is known, may this be done, and what does it change? Decisions answer.

Each is a pure function that returns a change or raises, and touches nothing. `now` is an argument.
"""

import datetime as dt
from collections.abc import Mapping

import attrs

from scheduling_core.agenda import Agenda
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import MOVABLE, Appointment, BookingRequest, Status
from scheduling_core.changes import (
    Amended,
    Booked,
    Cancelled,
    Completed,
    Confirmed,
    Declined,
    MarkedNoShow,
    PolicyOverride,
    Purged,
    Rescheduled,
)
from scheduling_core.errors import IllegalTransition, InvalidValue
from scheduling_core.ids import AppointmentId
from scheduling_core.intervals import Interval, to_instant
from scheduling_core.local_time import to_wall
from scheduling_core.reasons import BookingRefused, Reason
from scheduling_core.slots import explain


def book(
    agenda: Agenda,
    type: AppointmentType,
    request: BookingRequest,
    *,
    id: AppointmentId,
    now: dt.datetime,
    override: PolicyOverride | None = None,
) -> Booked:
    """Decide on a new appointment: confirmed, or pending where the type asks for confirmation.

    Raises BookingRefused with every reason that *override* does not set aside.
    """
    if request.host != agenda.host or request.type != type.id:
        raise InvalidValue("request", "must be for the agenda's host and the given type")
    now = to_instant(now, "now")
    reasons = explain(agenda, type, request.start, now=now, duration=request.duration)
    _refuse(reasons, override)
    during = Interval.of(request.start, request.duration or type.usual_duration)
    appointment = Appointment(
        id=id,
        host=request.host,
        type=type.id,
        customer_name=request.customer_name,
        during=during,
        occupied=during.padded(type.policy.buffer_before, type.policy.buffer_after),
        status=Status.PENDING if type.requires_confirmation else Status.CONFIRMED,
        version=1,
        timezone=request.timezone or agenda.schedule.timezone,
        notes=request.notes,
        metadata=request.metadata,
        created_at=now,
        updated_at=now,
        customer_email=request.customer_email,
        customer_phone=request.customer_phone,
    )
    return Booked(appointment, override=override)


def reschedule(
    agenda: Agenda,
    type: AppointmentType,
    appointment: Appointment,
    start: dt.datetime,
    *,
    now: dt.datetime,
    duration: dt.timedelta | None = None,
    override: PolicyOverride | None = None,
) -> Rescheduled:
    """Decide on moving *appointment* to *start*, with its own duration unless another is named.

    It keeps its status and does not stand in its own way. Raises IllegalTransition unless it is pending or
    confirmed, and BookingRefused as `book` does.
    """
    if appointment.host != agenda.host or appointment.type != type.id:
        raise InvalidValue("appointment", "must be of the agenda's host and the given type")
    if appointment.status not in MOVABLE:
        raise IllegalTransition(appointment.status.value, "rescheduled")
    now = to_instant(now, "now")
    reasons = explain(agenda, type, start, now=now, duration=duration, moving=appointment)
    _refuse(reasons, override)
    during = Interval.of(start, duration or appointment.during.duration)
    moved = attrs.evolve(
        appointment,
        during=during,
        occupied=during.padded(type.policy.buffer_before, type.policy.buffer_after),
        local_start=to_wall(during.start, appointment.timezone),
        version=appointment.version + 1,
        updated_at=now,
    )
    return Rescheduled(moved, appointment.during, override)


def amend(
    appointment: Appointment,
    *,
    now: dt.datetime,
    customer_name: str | None = None,
    notes: str | None = None,
    customer_email: str | None = None,
    customer_phone: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Amended:
    """Decide on changing what is known of the customer; no rule of booking is asked.

    What is None stays as it is; an empty e-mail or phone number is taken away.
    """
    amended = attrs.evolve(
        appointment,
        customer_name=appointment.customer_name if customer_name is None else customer_name,
        notes=appointment.notes if notes is None else notes,
        customer_email=appointment.customer_email if customer_email is None else customer_email or None,
        customer_phone=appointment.customer_phone if customer_phone is None else customer_phone or None,
        metadata=appointment.metadata if metadata is None else metadata,
        version=appointment.version + 1,
        updated_at=to_instant(now, "now"),
    )
    return Amended(amended)


def confirm(appointment: Appointment, *, now: dt.datetime) -> Confirmed:
    """Decide on accepting a pending appointment."""
    return Confirmed(appointment.stepped(Status.CONFIRMED, now))


def decline(appointment: Appointment, *, now: dt.datetime, reason: str = "") -> Declined:
    """Decide on turning a pending appointment down."""
    return Declined(appointment.stepped(Status.DECLINED, now), reason)


def cancel(
    appointment: Appointment, *, now: dt.datetime, reason: str = "", by: str | None = None
) -> Cancelled:
    """Decide on cancelling a pending or confirmed appointment, for *reason*, as *by* wants it."""
    return Cancelled(appointment.stepped(Status.CANCELLED, now), reason, by)


def complete(appointment: Appointment, *, now: dt.datetime) -> Completed:
    """Decide that a confirmed appointment took place."""
    return Completed(appointment.stepped(Status.COMPLETED, now))


def mark_no_show(appointment: Appointment, *, now: dt.datetime) -> MarkedNoShow:
    """Decide that the customer of a confirmed appointment did not come."""
    return MarkedNoShow(appointment.stepped(Status.NO_SHOW, now))


def purge(appointment: Appointment, *, now: dt.datetime) -> Purged:
    """Decide on erasing the customer of an appointment in any status; its time stays occupied."""
    erased = appointment.without_customer()
    return Purged(attrs.evolve(erased, version=appointment.version + 1, updated_at=to_instant(now, "now")))


def _refuse(reasons: tuple[Reason, ...], override: PolicyOverride | None) -> None:
    set_aside = override.codes if override is not None else frozenset()
    standing = tuple(reason for reason in reasons if reason.code not in set_aside)
    if standing:
        raise BookingRefused(standing)

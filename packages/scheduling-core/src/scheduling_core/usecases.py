"""What can be done with appointments: load, decide, record; one function for each use case.

They are synchronous and run inside a transaction that somebody else opened, possibly more than once. Where
one takes an appointment's id, it also takes the *host* who asks: to them what belongs to another host is
NotFound, in the same words as what does not exist.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping

import attrs

from scheduling_core import decisions, deliveries
from scheduling_core.appointments import Appointment, BookingRequest
from scheduling_core.changes import AppointmentChange, PolicyOverride
from scheduling_core.checks import check_text
from scheduling_core.errors import IdempotencyMismatch
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.loading import (
    load_agenda_at,
    load_appointment,
    load_host,
    load_offer,
    load_type,
    require_type,
)
from scheduling_core.ports import Answer, Stamp, UnitOfWork

ANSWERS_KEPT = dt.timedelta(days=7)
"""How long an idempotency key is remembered."""


def book(
    work: UnitOfWork,
    stamp: Stamp,
    request: BookingRequest,
    *,
    idempotency_key: str | None = None,
    override: PolicyOverride | None = None,
    or_first_type: bool = False,
) -> Appointment:
    """Book, and return the appointment.

    The same *idempotency_key* and request give the same answer for seven days. *override* sets chosen
    rules aside, never an overlap. With *or_first_type* the first of the host's types is meant where the host
    has not that of the request. Raises BookingRefused with every reason, NotFound for an unknown host or
    type, and IdempotencyMismatch.
    """
    if idempotency_key is not None:
        check_text(idempotency_key, "idempotency_key", 255)
    host, offered = load_offer(work, request.host, request.type)
    since = stamp.now - ANSWERS_KEPT
    if idempotency_key is not None:
        fingerprint = _fingerprint(request, override)
        known = work.recall(host.id, idempotency_key, since)
        if known is not None and not known.answers(fingerprint):
            raise IdempotencyMismatch
        if known is not None:
            return known.appointment
    if offered is None and or_first_type:
        offered = next(iter(work.types(host.id)), None)
    wanted = require_type(offered, request.type)
    request = attrs.evolve(request, type=wanted.id) if wanted.id != request.type else request
    agenda = load_agenda_at(work, host, wanted, request.start, request.duration, now=stamp.now)
    change = decisions.book(
        agenda, wanted, request, id=AppointmentId(stamp.id), now=stamp.now, override=override
    )
    _record(work, change)
    if idempotency_key is not None:
        answer = Answer(fingerprint, change.appointment, stamp.now)
        work.remember(host.id, idempotency_key, answer, since)
    return change.appointment


def reschedule(
    work: UnitOfWork,
    stamp: Stamp,
    id: AppointmentId,
    start: dt.datetime,
    *,
    duration: dt.timedelta | None = None,
    expected_version: int | None = None,
    override: PolicyOverride | None = None,
    host: HostId | None = None,
) -> Appointment:
    """Move an appointment to *start*, and to *duration* if one is given.

    Raises BookingRefused and leaves it where it was, IllegalTransition unless it is pending or confirmed,
    and VersionMismatch unless it is at *expected_version*.
    """
    appointment = load_appointment(work, id, expected_version, host=host)
    known = load_host(work, appointment.host)
    wanted = load_type(work, known, appointment.type)
    length = appointment.during.duration if duration is None else duration
    agenda = load_agenda_at(work, known, wanted, start, length, now=stamp.now)
    change = decisions.reschedule(
        agenda, wanted, appointment, start, now=stamp.now, duration=duration, override=override
    )
    return _record(work, change)


def amend(
    work: UnitOfWork,
    stamp: Stamp,
    id: AppointmentId,
    *,
    customer_name: str | None = None,
    notes: str | None = None,
    customer_email: str | None = None,
    customer_phone: str | None = None,
    metadata: Mapping[str, str] | None = None,
    expected_version: int | None = None,
    host: HostId | None = None,
) -> Appointment:
    """Change what is known of the customer; None leaves a field, an empty e-mail or phone removes it.

    No rule is asked, and any status will do. Raises VersionMismatch unless it is at *expected_version*.
    """
    change = decisions.amend(
        load_appointment(work, id, expected_version, host=host),
        now=stamp.now,
        customer_name=customer_name,
        notes=notes,
        customer_email=customer_email,
        customer_phone=customer_phone,
        metadata=metadata,
    )
    return _record(work, change)


def revise(
    work: UnitOfWork,
    stamp: Stamp,
    id: AppointmentId,
    *,
    start: dt.datetime | None = None,
    duration: dt.timedelta | None = None,
    customer_name: str | None = None,
    notes: str | None = None,
    expected_version: int | None = None,
    host: HostId | None = None,
) -> Appointment:
    """Bring an appointment to what is given, and leave what is None: all of it or nothing.

    Only another start or duration is asked of the rules, as by `reschedule`; the rest is amended. What is
    as it was already changes nothing, not even the version.
    """
    known = load_appointment(work, id, expected_version, host=host)
    # Asked first, so that what cannot be is told before what the rules refuse.
    decisions.amend(known, now=stamp.now, customer_name=customer_name, notes=notes)
    own = known.during
    wanted = Interval.of(start or own.start, own.duration if duration is None else duration)
    if wanted != own:
        # With its own length it may be moved even where the type does not have that any more.
        length = None if wanted.duration == own.duration else wanted.duration
        known = reschedule(work, stamp, id, wanted.start, duration=length)
    change = decisions.amend(known, now=stamp.now, customer_name=customer_name, notes=notes)
    told = change.appointment
    if (told.customer_name, told.notes) == (known.customer_name, known.notes):
        return known
    return _record(work, change)


def confirm(
    work: UnitOfWork,
    stamp: Stamp,
    id: AppointmentId,
    *,
    expected_version: int | None = None,
    host: HostId | None = None,
) -> Appointment:
    """Accept a pending appointment.

    Raises IllegalTransition unless it is pending, and VersionMismatch unless it is at *expected_version*.
    """
    appointment = load_appointment(work, id, expected_version, host=host)
    return _record(work, decisions.confirm(appointment, now=stamp.now))


def decline(
    work: UnitOfWork,
    stamp: Stamp,
    id: AppointmentId,
    *,
    reason: str = "",
    expected_version: int | None = None,
    host: HostId | None = None,
) -> Appointment:
    """Turn a pending appointment down, for a *reason* of at most 500 characters; its time is free again.

    Raises IllegalTransition unless it is pending, and VersionMismatch unless it is at *expected_version*.
    """
    appointment = load_appointment(work, id, expected_version, host=host)
    return _record(work, decisions.decline(appointment, now=stamp.now, reason=reason))


def cancel(
    work: UnitOfWork,
    stamp: Stamp,
    id: AppointmentId,
    *,
    reason: str = "",
    by: str | None = None,
    expected_version: int | None = None,
    host: HostId | None = None,
) -> Appointment:
    """Cancel a pending or confirmed appointment; it is kept, and its time is free again.

    The *reason* has at most 500 characters, and *by* is whoever wants it so, as an id. Raises
    IllegalTransition where it has ended in another way or is cancelled already, and VersionMismatch unless it
    is at *expected_version*.
    """
    appointment = load_appointment(work, id, expected_version, host=host)
    return _record(work, decisions.cancel(appointment, now=stamp.now, reason=reason, by=by))


def complete(
    work: UnitOfWork,
    stamp: Stamp,
    id: AppointmentId,
    *,
    expected_version: int | None = None,
    host: HostId | None = None,
) -> Appointment:
    """Record that a confirmed appointment took place; it goes on to hold its time.

    Raises IllegalTransition unless it is confirmed, and VersionMismatch unless it is at *expected_version*.
    """
    appointment = load_appointment(work, id, expected_version, host=host)
    return _record(work, decisions.complete(appointment, now=stamp.now))


def mark_no_show(
    work: UnitOfWork,
    stamp: Stamp,
    id: AppointmentId,
    *,
    expected_version: int | None = None,
    host: HostId | None = None,
) -> Appointment:
    """Record that the customer of a confirmed appointment did not come; it goes on to hold its time.

    Raises IllegalTransition unless it is confirmed, and VersionMismatch unless it is at *expected_version*.
    """
    appointment = load_appointment(work, id, expected_version, host=host)
    return _record(work, decisions.mark_no_show(appointment, now=stamp.now))


def purge(work: UnitOfWork, stamp: Stamp, id: AppointmentId, *, host: HostId | None = None) -> Appointment:
    """Erase the customer everywhere, in the log and in stored answers too; the time stays occupied."""
    return _record(work, decisions.purge(load_appointment(work, id, host=host), now=stamp.now))


def _record(work: UnitOfWork, change: AppointmentChange) -> Appointment:
    """Record *change*, and that every calendar to which the host is linked wants to know.

    One that was linked when the appointment was over already has never heard of it, and need not.
    """
    appointment = change.appointment
    links = load_host(work, change.host).links
    # Of a new appointment nobody has been told.
    told = links and appointment.version > 1
    rows = {row.provider: row for row in work.outbox.rows(appointment.id)} if told else {}
    now = appointment.updated_at
    wanted = [
        deliveries.want(rows.get(link.provider), appointment, link.provider, now)
        for link in links
        if link.provider in rows or appointment.during.end > now
    ]
    work.record(change, *wanted)
    return appointment


def _fingerprint(request: BookingRequest, override: PolicyOverride | None) -> str:
    told = [
        request.host,
        request.type,
        request.start.isoformat(),
        str(request.duration),
        str(request.timezone),
        request.customer_name,
        request.customer_email,
        request.customer_phone,
        request.notes,
        sorted(request.metadata.items()),
        override and [override.actor, override.reason, sorted(override.codes)],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()

"""Single calls about bookings."""

import datetime as dt
from collections.abc import Collection, Mapping

from scheduling_calcom.fields import Fields
from scheduling_calcom.flows.api import Api, Flow, check_length, check_start, open_list, open_object
from scheduling_calcom.http import call_of, httpx, read_json, write_instant
from scheduling_calcom.wire import Attendee, Booking, Scalar, check_metadata

PAGE = 250
_OVERLAP = 10


def create_booking(
    api: Api,
    *,
    event_type_id: int,
    start: dt.datetime,
    attendee: Attendee,
    length: dt.timedelta | None = None,
    metadata: Mapping[str, Scalar] | None = None,
    booking_fields: Mapping[str, object] | None = None,
) -> Flow[Booking]:
    """Create a booking and return it, accepted, or pending where the event type needs a confirmation.

    Give a *length* only where the event type offers several. *metadata* is kept along all reschedulings: up
    to 50 texts, numbers or truth values. *booking_fields* answers what the event type asks, by slug.

    Cal.com has no key against repetition. After an ambiguous error look for the booking by its metadata, with
    `list_bookings`, before this is called again. Raises StateConflict where the start is taken, outside the
    schedule, too soon or too far; InvalidValue for what cannot be sent.
    """
    body: dict[str, object] = {
        "eventTypeId": event_type_id,
        "start": write_instant(check_start(start)),
        "attendee": attendee.to_json(),
    }
    if length is not None:
        body["lengthInMinutes"] = check_length(length)
    if metadata:
        body["metadata"] = check_metadata(metadata)
    if booking_fields:
        body["bookingFieldsResponses"] = dict(booking_fields)
    response = yield api.send("POST", "create_booking", "bookings", "bookings", body=body)
    return _read(response)


def get_booking(api: Api, uid: str) -> Flow[Booking]:
    """Return a booking as it is; raises Gone where there is none."""
    response = yield api.get("get_booking", "bookings", "bookings", uid)
    return _read(response)


def reschedule_booking(
    api: Api,
    uid: str,
    *,
    start: dt.datetime,
    reason: str | None = None,
    rescheduled_by: str | None = None,
) -> Flow[Booking]:
    """Move a booking and return the one that takes its place, under another uid.

    The length cannot be given and may become that of the event type: look at what is returned, or use
    `update_booking`. *rescheduled_by* is an e-mail address; the host's own needs no new confirmation. Raises
    StateConflict where the start is taken, or the booking was moved or cancelled before.
    """
    body: dict[str, object] = {"start": write_instant(check_start(start))}
    if reason is not None:
        body["reschedulingReason"] = reason
    if rescheduled_by is not None:
        body["rescheduledBy"] = rescheduled_by
    response = yield api.send(
        "POST", "reschedule_booking", "bookings", "bookings", uid, "reschedule", body=body
    )
    return _read(response)


def cancel_booking(api: Api, uid: str, *, reason: str | None = None) -> Flow[Booking]:
    """Cancel a booking and return it.

    Raises StateConflict where it was cancelled or moved before, see `delete_booking`; Gone where there is
    none.
    """
    # The server wants an object, also an empty one.
    body: dict[str, object] = {} if reason is None else {"cancellationReason": reason}
    response = yield api.send("POST", "cancel_booking", "bookings", "bookings", uid, "cancel", body=body)
    return _read(response)


def confirm_booking(api: Api, uid: str) -> Flow[Booking]:
    """Accept a pending booking and return it."""
    response = yield api.send("POST", "confirm_booking", "bookings", "bookings", uid, "confirm")
    return _read(response)


def decline_booking(api: Api, uid: str, *, reason: str | None = None) -> Flow[Booking]:
    """Reject a pending booking and return it."""
    body: dict[str, object] = {} if reason is None else {"reason": reason}
    response = yield api.send("POST", "decline_booking", "bookings", "bookings", uid, "decline", body=body)
    return _read(response)


def list_bookings(
    api: Api,
    *,
    event_type_ids: Collection[int] = (),
    attendee_email: str | None = None,
    after_start: dt.datetime | None = None,
    before_end: dt.datetime | None = None,
    after_updated_at: dt.datetime | None = None,
    before_updated_at: dt.datetime | None = None,
) -> Flow[tuple[Booking, ...]]:
    """Return all bookings, in any status, that fit every filter given; each once, in no promised order.

    Bounds are instants and belong to what they bound. A booking fits when it lies wholly inside: to see all
    that touches a span, widen it by the longest length. A booking without a time of update fits any.

    The server drops filters that it does not know, and has been seen to forget some that it knows, so every
    one is applied here once more. It also counts wrongly, so pages are read until one is short.
    """
    query = {
        "eventTypeIds": ",".join(map(str, sorted(event_type_ids))),
        "attendeeEmail": attendee_email or "",
        "afterStart": _write(after_start),
        "beforeEnd": _write(before_end),
        "afterUpdatedAt": _write(after_updated_at),
        "beforeUpdatedAt": _write(before_updated_at),
        "sortUpdatedAt" if after_updated_at or before_updated_at else "sortStart": "asc",
        "take": str(PAGE),
    }
    query = {name: value for name, value in query.items() if value}

    def fits(booking: Booking) -> bool:
        updated = booking.updated_at
        return (
            (not event_type_ids or booking.event_type_id in event_type_ids)
            and (attendee_email is None or _is_of(booking, attendee_email))
            and (after_start is None or booking.start >= after_start)
            and (before_end is None or booking.end <= before_end)
            and (after_updated_at is None or updated is None or updated >= after_updated_at)
            and (before_updated_at is None or updated is None or updated <= before_updated_at)
        )

    found: dict[str, Booking] = {}
    skip = 0
    while True:
        response = yield api.get("list_bookings", "bookings", "bookings", params={**query, "skip": str(skip)})
        page, full = open_page(response)
        is_new = any(booking.uid not in found for booking in page)
        found |= {booking.uid: booking for booking in page}
        # A server that does not skip would send the same page for ever.
        if len(page) < full or not is_new:
            return tuple(booking for booking in found.values() if fits(booking))
        # Bookings that leave the list meanwhile move the others forward, out of the next page.
        skip += max(1, len(page) - _OVERLAP)


def open_page(response: httpx.Response) -> tuple[list[Booking], int]:
    """Return the bookings of a page, and how many a full one has here."""
    page = [Booking.read(item) for item in open_list(response)]
    call = call_of(response.request)
    pagination = Fields.of(call, "pagination", read_json(response).get("pagination"))
    # An older version of the API has no such number, and the probe looks for it.
    pagination.integer("totalItems")
    return page, min(PAGE, pagination.maybe_integer("itemsPerPage") or PAGE)


def _is_of(booking: Booking, email: str) -> bool:
    wanted = email.casefold()
    return any(
        wanted in {(attendee.email or "").casefold(), (attendee.display_email or "").casefold()}
        for attendee in booking.attendees
    )


def _write(instant: dt.datetime | None) -> str:
    return write_instant(instant) if instant else ""


def _read(response: httpx.Response) -> Booking:
    return Booking.read(open_object(response))

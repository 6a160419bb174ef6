"""How the fake answers about bookings."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from scheduling_calcom.testing.messages import Answer, Asked, Failure, read, success
from scheduling_calcom.testing.records import FakeBooking, FakeEventType
from scheduling_calcom.testing.world import World
from scheduling_core.local_time import find_zone

_CREATE = {
    "start",
    "attendee",
    "bookingFieldsResponses",
    "eventTypeId",
    "eventTypeSlug",
    "username",
    "teamSlug",
    "organizationSlug",
    "guests",
    "meetingUrl",
    "location",
    "metadata",
    "lengthInMinutes",
    "routing",
    "emailVerificationCode",
}
_RESCHEDULE = {"start", "rescheduledBy", "reschedulingReason", "emailVerificationCode"}
_CANCEL = {"cancellationReason", "cancelSubsequentBookings"}

_MOST_METADATA, _LONGEST_KEY, _LONGEST_VALUE = 50, 40, 500
_MOST_TAKEN, _TAKEN = 250, 100


def create(world: World, asked: Asked) -> Answer:
    """Create a booking."""
    body = _known(asked.json(), _CREATE)
    event_type = world.find_event_type(body.get("eventTypeId"))
    attendee = _attendee(body.get("attendee"))
    minutes = body.get("lengthInMinutes")
    if minutes is not None:
        _check_length(event_type, minutes)
    metadata = _metadata(body.get("metadata", {}))
    responses = body.get("bookingFieldsResponses", {})
    for slug in event_type.required_fields:
        if slug not in responses:
            raise Failure(400, f"Missing required booking field with slug {slug}")
    booking = world.book(
        event_type,
        read(body.get("start"), "start"),
        attendee,
        minutes=minutes,
        metadata=metadata,
        responses=responses,
    )
    return success(booking.to_json(), 201)


def _known(body: dict[str, Any], names: set[str]) -> dict[str, Any]:
    for name in body.keys() - names:
        raise Failure(400, f"property {name} should not exist")
    return body


def _check_length(event_type: FakeEventType, minutes: object) -> None:
    if not event_type.options:
        raise Failure(
            400, "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths."
        )
    if minutes not in event_type.options:
        raise Failure(
            400, f"Provided 'lengthInMinutes' is not one of the possible lengths {event_type.options}"
        )


def _attendee(attendee: object) -> dict[str, Any]:
    if not isinstance(attendee, dict) or not attendee.get("name"):
        raise Failure(400, "attendee.name should not be empty")
    try:
        find_zone(attendee.get("timeZone", ""))
    except ValueError:
        raise Failure(400, "attendee.timeZone must be a valid IANA time-zone") from None
    if not attendee.get("email") and not attendee.get("phoneNumber"):
        raise Failure(400, "attendee must have at least one contact method - either email or phone number.")
    return attendee


def _metadata(metadata: object) -> dict[str, Any]:
    if (
        not isinstance(metadata, dict)
        or len(metadata) > _MOST_METADATA
        or any(len(key) > _LONGEST_KEY for key in metadata)
        or any(not isinstance(value, str | int | float) for value in metadata.values())
        or any(isinstance(value, str) and len(value) > _LONGEST_VALUE for value in metadata.values())
    ):
        raise Failure(400, "metadata must be an object with at most 50 short entries")
    return metadata


def get(world: World, _: Asked, uid: str) -> Answer:
    """Return a booking."""
    return success(world.find_booking(uid).to_json())


def reschedule(world: World, asked: Asked, uid: str) -> Answer:
    """Move a booking."""
    body = _known(asked.json(), _RESCHEDULE)
    start = read(body.get("start"), "start")
    return success(world.reschedule(uid, start, body.get("reschedulingReason")).to_json(), 201)


def cancel(world: World, asked: Asked, uid: str) -> Answer:
    """Cancel a booking."""
    body = _known(asked.json(), _CANCEL)
    return success(world.cancel(uid, body.get("cancellationReason")).to_json())


def confirm(world: World, _: Asked, uid: str) -> Answer:
    """Accept a pending booking."""
    return success(world.confirm(uid).to_json())


def decline(world: World, asked: Asked, uid: str) -> Answer:
    """Reject a pending booking."""
    return success(world.decline(uid, asked.json().get("reason")).to_json())


_Fits = Callable[[FakeBooking], bool]


def list_all(world: World, asked: Asked) -> Answer:
    """Return a page of bookings; what is unknown in the query is dropped without a word."""
    query = asked.query
    take = _number(query, "take", _TAKEN, 1, _MOST_TAKEN)
    skip = _number(query, "skip", 0, 0, 2**31)
    filters, time_filters = _filters(world, query), _time_filters(query)
    counted = [booking for booking in world.bookings.values() if _passes(filters, booking)]
    # The number of all is taken without the filters by creation and update.
    found = [booking for booking in counted if _passes(time_filters, booking)]
    found.sort(key=_order(query), reverse="desc" in _sorting(query))
    page, total = found[skip : skip + take], len(counted)
    pagination = {
        "totalItems": total,
        "remainingItems": max(total - skip - len(page), 0),
        "returnedItems": len(page),
        "itemsPerPage": take,
        "currentPage": skip // take + 1,
        "totalPages": -(-total // take),
        "hasNextPage": skip + take < total,
        "hasPreviousPage": skip > 0,
    }
    return success([booking.to_json() for booking in page], pagination=pagination)


def _number(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = query.get(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise Failure(400, f"{name} must be between {least} and {most}")
    return int(value)


def _passes(filters: list[_Fits], booking: FakeBooking) -> bool:
    return all(fits(booking) for fits in filters)


def _filters(world: World, query: Mapping[str, str]) -> list[_Fits]:
    filters: list[_Fits] = []
    ids = {*query.get("eventTypeIds", "").split(","), query.get("eventTypeId", "")} - {""}
    if ids:
        filters.append(lambda booking: str(booking.event_type.id) in ids)
    if email := query.get("attendeeEmail"):
        filters.append(lambda booking: booking.email == email)
    if uid := query.get("bookingUid"):
        filters.append(lambda booking: booking.uid == uid)
    if "status" in query:
        kinds, now = query["status"].split(","), world.clock()
        filters.append(lambda booking: any(_is_of_kind(booking, kind, now) for kind in kinds))
    after, before = _bound(query, "afterStart"), _bound(query, "beforeEnd")
    if not world.quirks.forgets_bounds:
        filters.append(lambda booking: after is None or booking.interval.start >= after)
        filters.append(lambda booking: before is None or booking.interval.end <= before)
    return filters


def _is_of_kind(booking: FakeBooking, kind: str, now: dt.datetime) -> bool:
    ended = booking.status in {"cancelled", "rejected"}
    future = booking.interval.end >= now
    return {
        "upcoming": future and not ended,
        "past": not future and not ended,
        "cancelled": ended,
        "unconfirmed": booking.status == "pending" and future,
    }.get(kind, False)


def _time_filters(query: Mapping[str, str]) -> list[_Fits]:
    created_after, created_before = _bound(query, "afterCreatedAt"), _bound(query, "beforeCreatedAt")
    updated_after, updated_before = _bound(query, "afterUpdatedAt"), _bound(query, "beforeUpdatedAt")
    return [
        lambda booking: created_after is None or booking.created >= created_after,
        lambda booking: created_before is None or booking.created <= created_before,
        lambda booking: updated_after is None or booking.updated >= updated_after,
        lambda booking: updated_before is None or booking.updated <= updated_before,
    ]


def _bound(query: Mapping[str, str], name: str) -> dt.datetime | None:
    return read(query[name], name) if name in query else None


_SORTS: dict[str, Callable[[FakeBooking], dt.datetime]] = {
    "sortStart": lambda booking: booking.interval.start,
    "sortEnd": lambda booking: booking.interval.end,
    "sortCreated": lambda booking: booking.created,
    "sortUpdatedAt": lambda booking: booking.updated,
}


def _order(query: Mapping[str, str]) -> Callable[[FakeBooking], dt.datetime]:
    return next((key for name, key in _SORTS.items() if name in query), _SORTS["sortStart"])


def _sorting(query: Mapping[str, str]) -> list[str]:
    return [query[name] for name in _SORTS if name in query]


def list_all_old(world: World, asked: Asked) -> Answer:
    """Answer as version 2024-04-15 does: no pages, and another shape."""
    del asked
    bookings = [booking.to_json() for booking in world.bookings.values()]
    return success({"bookings": bookings, "totalCount": len(bookings), "nextCursor": None})


def create_old(world: World, asked: Asked) -> Answer:
    """Answer as version 2024-04-15 does to the body of a newer one."""
    del world
    if "responses" not in asked.json():
        raise Failure(400, "responses must be an object, end must be a valid ISO 8601 date string")
    raise Failure(501, "The fake does not speak 2024-04-15")

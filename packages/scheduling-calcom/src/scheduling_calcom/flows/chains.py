"""Calls about a booking and what became of it: along the chain of reschedulings, and replaced by another."""

import datetime as dt

from scheduling_calcom.errors import InvalidRequest, ReplacementFailed, StateConflict, UnexpectedAnswer
from scheduling_calcom.flows.account import get_event_type
from scheduling_calcom.flows.api import Api, Flow, check_length, check_start
from scheduling_calcom.flows.bookings import cancel_booking, create_booking, get_booking, reschedule_booking
from scheduling_calcom.wire import Attendee, Booking, EventType
from scheduling_core import ExternalCalendarError, InvalidValue

LONGEST_CHAIN = 50


def get_latest_booking(api: Api, uid: str) -> Flow[Booking]:
    """Return what a booking has become: itself, or the last one that it was rescheduled to.

    Raises Gone where a uid leads nowhere, UnexpectedAnswer where the chain has more than 50 links.
    """
    booking = yield from get_booking(api, uid)
    for _ in range(LONGEST_CHAIN):
        if booking.rescheduled_to_uid is None:
            return booking
        booking = yield from get_booking(api, booking.rescheduled_to_uid)
    raise UnexpectedAnswer("get_latest_booking", "data.rescheduledToUid", "the end of a chain")


def delete_booking(api: Api, uid: str, *, reason: str | None = None) -> Flow[Booking]:
    """See to it that a booking, or what it was rescheduled to, is cancelled, and return it.

    One that is cancelled or rejected already counts as done. Raises Gone where there is none, and
    StateConflict where Cal.com does not cancel it, because it is over, say.
    """
    booking: Booking | None = None
    while True:
        try:
            return (yield from cancel_booking(api, booking.uid if booking else uid, reason=reason))
        except (InvalidRequest, StateConflict):
            latest = yield from get_latest_booking(api, uid)
            if not latest.is_active:
                return latest
            if latest == booking or latest.uid == uid:
                raise
            booking = latest


def update_booking(
    api: Api,
    uid: str,
    *,
    start: dt.datetime | None = None,
    length: dt.timedelta | None = None,
    event_type_id: int | None = None,
    reason: str | None = None,
) -> Flow[Booking]:
    """Give a booking another start, length or event type, and return what takes its place.

    What it was rescheduled to is meant, if it was. Where only the start changes, it is rescheduled. Cal.com
    cannot change a length, so otherwise it is cancelled and created anew, for the same attendee and with the
    same metadata. What stays as it is need not be given; where nothing changes, nothing is written.

    Raises InvalidValue, before anything is changed, for a length that the event type does not offer;
    StateConflict for a booking that is cancelled; ReplacementFailed where the old booking is cancelled and
    the new one failed; UnexpectedAnswer where a rescheduled booking came out different from what was asked.
    """
    old = yield from get_latest_booking(api, uid)
    if not old.is_active:
        raise StateConflict("already_cancelled", "update_booking", ambiguous=False)
    start = old.start if start is None else check_start(start)
    length = old.length if length is None else length
    check_length(length)
    type_id = old.event_type_id if event_type_id is None else event_type_id
    if type_id is None:
        raise InvalidValue("event_type_id", "must be given where the booking has none any more")
    if (start, length, type_id) == (old.start, old.length, old.event_type_id):
        return old
    event_type = yield from get_event_type(api, type_id)
    if length not in event_type.lengths:
        raise InvalidValue("length", "must be one that the event type offers", length)
    # A rescheduled booking takes the length of its event type, whichever it had.
    if type_id == old.event_type_id and length == old.length == event_type.length:
        new = yield from reschedule_booking(api, old.uid, start=start, reason=reason)
        if (new.start, new.length) != (start, length):
            raise UnexpectedAnswer("update_booking", "data.end", "what was asked for", ambiguous=True)
        return new
    return (yield from _replace(api, old, event_type, start=start, length=length, reason=reason))


def _replace(
    api: Api,
    old: Booking,
    event_type: EventType,
    *,
    start: dt.datetime,
    length: dt.timedelta,
    reason: str | None,
) -> Flow[Booking]:
    attendee = _attendee(old)
    # The new booking may overlap the old one, so it has to wait until that is out of the way.
    yield from cancel_booking(api, old.uid, reason=reason)
    try:
        return (
            yield from create_booking(
                api,
                event_type_id=event_type.id,
                start=start,
                attendee=attendee,
                length=length if len(event_type.lengths) > 1 else None,
                metadata=old.metadata,
            )
        )
    except ExternalCalendarError as error:
        raise ReplacementFailed("update_booking", error) from error


def _attendee(booking: Booking) -> Attendee:
    if len(booking.attendees) != 1:
        raise InvalidValue("length", "cannot be changed where a booking has not just one attendee")
    [booked] = booking.attendees
    return Attendee(
        name=booked.name or "",
        time_zone=booked.time_zone or "UTC",
        email=booked.email,
        phone_number=booked.phone_number,
        language=booked.language,
    )

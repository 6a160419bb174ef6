"""Calls about single bookings."""

import datetime as dt
from typing import Any

import pytest

from scheduling_calcom import (
    Attendee,
    BookingStatus,
    CalComClient,
    Gone,
    InvalidRequest,
    LimitReached,
    StateConflict,
)
from scheduling_calcom.testing import FakeCalCom
from scheduling_core import InvalidValue

TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
HALF_HOUR = HOUR / 2
ADAM = Attendee("Adam", "Europe/Berlin", "adam@customers.example")
SHORT, LONG, EITHER = 2, 3, 4


def test_a_booking_is_created(calcom: CalComClient, fake: FakeCalCom) -> None:
    """What was asked for comes back as a booking, with its metadata."""
    booking = calcom.create_booking(
        event_type_id=SHORT, start=TEN, attendee=ADAM, metadata={"ref": "a", "version": 3}
    )
    assert (booking.start, booking.length, booking.status) == (TEN, HALF_HOUR, BookingStatus.ACCEPTED)
    assert booking.metadata == {"ref": "a", "version": 3}
    assert booking.attendees[0].email == ADAM.email
    assert booking.event_type_id == SHORT
    assert booking.is_active
    assert calcom.get_booking(booking.uid) == booking
    assert list(fake.world.bookings) == [booking.uid]


def test_a_start_is_sent_as_utc(calcom: CalComClient) -> None:
    """Whatever zone a start is given in, the same instant is booked."""
    berlin = TEN.astimezone(dt.timezone(HOUR))
    assert calcom.create_booking(event_type_id=SHORT, start=berlin, attendee=ADAM).start == TEN


def test_a_booking_may_be_for_somebody_with_a_telephone(calcom: CalComClient) -> None:
    """A telephone number is enough, and a language can be given."""
    caller = Attendee("Ava", "Asia/Tokyo", phone_number="+81312345678", language="ja")
    [booked] = calcom.create_booking(event_type_id=SHORT, start=TEN, attendee=caller).attendees
    assert (booked.name, booked.phone_number, booked.language) == ("Ava", "+81312345678", "ja")


def test_a_length_is_sent_where_there_are_several(calcom: CalComClient) -> None:
    """An event type that offers several lengths is booked with the one that is given."""
    booking = calcom.create_booking(event_type_id=EITHER, start=TEN, attendee=ADAM, length=HOUR)
    assert booking.length == HOUR


def test_what_the_event_type_asks_is_answered(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Answers to the questions of an event type are sent along; without them it refuses."""
    event_type = fake.world.add_event_type("asking", required_fields=("size",))
    assert calcom.get_event_type(event_type.id).required_fields == ("size",)
    booking: dict[str, Any] = {"event_type_id": event_type.id, "start": TEN, "attendee": ADAM}
    with pytest.raises(InvalidRequest):
        calcom.create_booking(**booking)
    calcom.create_booking(**booking, booking_fields={"size": "XL"})
    assert next(iter(fake.world.bookings.values())).responses["size"] == "XL"


def test_a_taken_start_is_a_conflict(calcom: CalComClient) -> None:
    """A start that is taken is refused with 400 and told apart from a mistake."""
    calcom.create_booking(event_type_id=LONG, start=TEN, attendee=ADAM)
    with pytest.raises(StateConflict) as caught:
        calcom.create_booking(event_type_id=SHORT, start=TEN + HALF_HOUR, attendee=ADAM)
    assert (caught.value.code, caught.value.status, caught.value.ambiguous) == ("slot_taken", 400, True)
    assert caught.value.request_id == "request-2"


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (TEN.replace(hour=4), "not_bookable"),
        (TEN.replace(hour=20), "slot_taken"),
        (TEN.replace(day=7), "slot_taken"),
    ],
    ids=["in the past", "after hours", "on a Saturday"],
)
def test_a_start_that_is_not_offered_is_a_conflict(
    calcom: CalComClient, start: dt.datetime, code: str
) -> None:
    """Being outside of the hours and being taken look the same, and neither is a mistake in the request."""
    with pytest.raises(StateConflict) as caught:
        calcom.create_booking(event_type_id=SHORT, start=start, attendee=ADAM)
    assert caught.value.code == code


def test_too_short_a_notice_is_a_conflict(calcom: CalComClient, fake: FakeCalCom) -> None:
    """An event type may want to know early."""
    event_type = fake.world.add_event_type("slow", minimum_notice=24 * 60)
    assert calcom.get_event_type(event_type.id).minimum_notice == dt.timedelta(days=1)
    with pytest.raises(StateConflict) as caught:
        calcom.create_booking(event_type_id=event_type.id, start=TEN, attendee=ADAM)
    assert caught.value.code == "not_bookable"


def test_the_limit_of_an_event_type_is_no_lack_of_rights(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A bare 403 says that there are enough bookings, and not that the key is wrong."""
    event_type = fake.world.add_event_type("rare", limit_per_day=1)
    calcom.create_booking(event_type_id=event_type.id, start=TEN, attendee=ADAM)
    with pytest.raises(LimitReached):
        calcom.create_booking(event_type_id=event_type.id, start=TEN + HOUR, attendee=ADAM)


def test_an_unknown_event_type_is_gone(calcom: CalComClient) -> None:
    """A booking of an event type that is not there fails for good."""
    with pytest.raises(Gone):
        calcom.create_booking(event_type_id=99, start=TEN, attendee=ADAM)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"start": TEN.replace(tzinfo=None)}, "start"),
        ({"start": TEN.replace(second=1)}, "start"),
        ({"length": dt.timedelta(seconds=90)}, "length"),
        ({"length": dt.timedelta(0)}, "length"),
        ({"metadata": dict.fromkeys(map(str, range(51)), "")}, "metadata"),
        ({"metadata": {"k" * 41: ""}}, "metadata key"),
        ({"metadata": {"k": "v" * 501}}, "metadata value"),
        ({"metadata": {"k": float("nan")}}, "metadata value"),
        ({"metadata": {"k": None}}, "metadata value"),
    ],
)
def test_what_cannot_be_sent_is_not_sent(
    calcom: CalComClient, fake: FakeCalCom, changes: dict[str, Any], name: str
) -> None:
    """What Cal.com would not understand is refused here, before anything leaves."""
    given = {"event_type_id": SHORT, "start": TEN, "attendee": ADAM, **changes}
    with pytest.raises(InvalidValue) as caught:
        calcom.create_booking(**given)
    assert caught.value.name == name
    assert not fake.asked


@pytest.mark.parametrize("uid", ["", "a/b", "..", "a?b", "a b", "ü", "x" * 201])
def test_a_uid_cannot_change_the_address(calcom: CalComClient, fake: FakeCalCom, uid: str) -> None:
    """What no uid looks like never becomes a part of an address, and is not quoted either."""
    with pytest.raises(InvalidValue) as caught:
        calcom.cancel_booking(uid)
    assert not fake.asked
    assert caught.value.value is ...


def test_an_unknown_booking_is_gone(calcom: CalComClient) -> None:
    """Reading, moving and cancelling what is not there fail alike."""
    with pytest.raises(Gone):
        calcom.get_booking("nobody")
    with pytest.raises(Gone):
        calcom.reschedule_booking("nobody", start=TEN)
    with pytest.raises(Gone):
        calcom.delete_booking("nobody")


def test_rescheduling_makes_another_booking(calcom: CalComClient) -> None:
    """The old booking is cancelled, and the new one has a uid of its own and all that was known."""
    old = calcom.create_booking(event_type_id=SHORT, start=TEN, attendee=ADAM, metadata={"ref": "a"})
    new = calcom.reschedule_booking(
        old.uid, start=TEN + HOUR, reason="rain", rescheduled_by="ada@calendar.example"
    )
    left = calcom.get_booking(old.uid)
    assert new.uid != old.uid
    assert (left.status, left.rescheduled_to_uid) == (BookingStatus.CANCELLED, new.uid)
    assert (new.start, new.rescheduled_from_uid) == (TEN + HOUR, old.uid)
    assert (new.metadata, new.ics_uid) == (old.metadata, old.ics_uid)


def test_rescheduling_takes_the_length_of_the_event_type(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A booking that is longer than its event type shrinks when moved, unless the server knows better."""
    booking = calcom.create_booking(event_type_id=EITHER, start=TEN, attendee=ADAM, length=HOUR)
    booking = calcom.reschedule_booking(booking.uid, start=TEN + HOUR)
    assert booking.length == HALF_HOUR
    calcom.cancel_booking(booking.uid)
    fake.world.quirks.keeps_length = True
    booking = calcom.create_booking(event_type_id=EITHER, start=TEN, attendee=ADAM, length=HOUR)
    assert calcom.reschedule_booking(booking.uid, start=TEN + HOUR).length == HOUR


def test_a_moved_booking_cannot_be_moved_again(calcom: CalComClient) -> None:
    """Who holds an old uid is told so, without the new one being quoted."""
    old = calcom.create_booking(event_type_id=SHORT, start=TEN, attendee=ADAM)
    new = calcom.reschedule_booking(old.uid, start=TEN + HOUR)
    with pytest.raises(StateConflict) as caught:
        calcom.reschedule_booking(old.uid, start=TEN)
    assert caught.value.code == "already_rescheduled"
    assert new.uid not in str(caught.value)


def test_a_booking_may_move_onto_itself(calcom: CalComClient) -> None:
    """The time that a booking has is not in its own way."""
    booking = calcom.create_booking(event_type_id=LONG, start=TEN, attendee=ADAM)
    assert calcom.reschedule_booking(booking.uid, start=TEN + HALF_HOUR).start == TEN + HALF_HOUR


def test_a_booking_is_cancelled_once(calcom: CalComClient) -> None:
    """A second cancellation is a conflict, and so is moving what is cancelled."""
    booking = calcom.create_booking(event_type_id=SHORT, start=TEN, attendee=ADAM)
    assert calcom.cancel_booking(booking.uid, reason="ill").status == BookingStatus.CANCELLED
    with pytest.raises(StateConflict) as caught:
        calcom.cancel_booking(booking.uid)
    assert caught.value.code == "already_cancelled"
    with pytest.raises(StateConflict):
        calcom.reschedule_booking(booking.uid, start=TEN + HOUR)


def test_a_pending_booking_is_accepted_or_rejected(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Where an event type needs a confirmation, the host decides, and decides once."""
    event_type = fake.world.add_event_type("asked", needs_confirmation=True)
    assert calcom.get_event_type(event_type.id).needs_confirmation
    first, second = (
        calcom.create_booking(event_type_id=event_type.id, start=start, attendee=ADAM)
        for start in (TEN, TEN + HOUR)
    )
    assert first.status == BookingStatus.PENDING
    assert calcom.confirm_booking(first.uid).status == BookingStatus.ACCEPTED
    declined = calcom.decline_booking(second.uid, reason="no")
    assert declined.status == BookingStatus.REJECTED
    assert not declined.is_active
    for decide in (calcom.confirm_booking, calcom.decline_booking):
        for uid in (first.uid, second.uid):
            with pytest.raises(StateConflict) as caught:
                decide(uid)
            assert caught.value.code == "already_decided"


def test_pending_bookings_are_in_nobodys_way(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Two can wait for one slot, and the second is refused when the first is accepted."""
    event_type = fake.world.add_event_type("asked", needs_confirmation=True)
    eve = Attendee("Eve", "Europe/Berlin", "eve@customers.example")
    first, second = (
        calcom.create_booking(event_type_id=event_type.id, start=TEN, attendee=attendee)
        for attendee in (ADAM, eve)
    )
    calcom.confirm_booking(first.uid)
    with pytest.raises(StateConflict):
        calcom.confirm_booking(second.uid)


def test_a_pending_booking_is_the_only_one_that_can_be_repeated(
    calcom: CalComClient, fake: FakeCalCom
) -> None:
    """The same request for a pending booking returns the one that is there."""
    event_type = fake.world.add_event_type("asked", needs_confirmation=True)
    once = calcom.create_booking(event_type_id=event_type.id, start=TEN, attendee=ADAM)
    assert calcom.create_booking(event_type_id=event_type.id, start=TEN, attendee=ADAM) == once

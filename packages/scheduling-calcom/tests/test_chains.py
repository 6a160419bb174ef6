"""Following a booking along its reschedulings, deleting it and replacing it."""

import datetime as dt

import pytest

from scheduling_calcom import (
    Attendee,
    Booking,
    BookingStatus,
    CalComClient,
    Interrupted,
    ReplacementFailed,
    StateConflict,
    UnexpectedAnswer,
    is_ambiguous,
)
from scheduling_calcom.testing import Answer, FakeCalCom, ManualTime, faults
from scheduling_core import InvalidValue

TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
HALF_HOUR = HOUR / 2
ADAM = Attendee("Adam", "Europe/Berlin", "adam@customers.example")
SHORT, LONG, EITHER = 2, 3, 4


@pytest.fixture
def booking(calcom: CalComClient) -> Booking:
    """A booking of half an hour at ten."""
    return calcom.create_booking(event_type_id=SHORT, start=TEN, attendee=ADAM, metadata={"ref": "a"})


def writes(fake: FakeCalCom) -> list[str]:
    """The requests that were to change something, by the last part of their address."""
    return [asked.path.rsplit("/", 1)[1] for asked in fake.asked if asked.method != "GET"]


def active(fake: FakeCalCom) -> list[tuple[dt.datetime, dt.timedelta]]:
    """The bookings that hold time."""
    return [
        (item.interval.start, item.interval.duration)
        for item in fake.world.bookings.values()
        if item.status == "accepted"
    ]


def test_a_chain_is_followed_to_its_end(calcom: CalComClient, booking: Booking) -> None:
    """After any number of reschedulings the first uid leads to the last booking."""
    last = booking
    for hours in range(1, 5):
        last = calcom.reschedule_booking(last.uid, start=TEN + hours * HOUR)
    assert calcom.get_latest_booking(booking.uid) == last
    assert calcom.get_latest_booking(last.uid) == last


def test_a_chain_that_bites_its_tail_is_given_up(
    calcom: CalComClient, fake: FakeCalCom, booking: Booking
) -> None:
    """A server whose chain has no end is not asked for ever."""
    fake.world.bookings[booking.uid].rescheduled_to = booking.uid
    with pytest.raises(UnexpectedAnswer):
        calcom.get_latest_booking(booking.uid)
    assert len(fake.asked) < 60


def test_a_booking_is_deleted(calcom: CalComClient, booking: Booking) -> None:
    """Deleting cancels, and deleting again changes nothing and is no error."""
    assert calcom.delete_booking(booking.uid, reason="ill").status == BookingStatus.CANCELLED
    assert calcom.delete_booking(booking.uid).uid == booking.uid


def test_deleting_by_an_old_uid_deletes_what_it_became(
    calcom: CalComClient, fake: FakeCalCom, booking: Booking
) -> None:
    """What a booking was rescheduled to is meant by its first uid, too."""
    new = calcom.reschedule_booking(booking.uid, start=TEN + HOUR)
    assert calcom.delete_booking(booking.uid).uid == new.uid
    assert not active(fake)


def test_what_cannot_be_deleted_is_told(calcom: CalComClient, booking: Booking, time: ManualTime) -> None:
    """A booking that is over stays as it is."""
    time.advance(24 * 3600)
    with pytest.raises(StateConflict) as caught:
        calcom.delete_booking(booking.uid)
    assert caught.value.code == "already_over"


def test_what_became_of_a_booking_may_be_over_as_well(
    calcom: CalComClient, booking: Booking, time: ManualTime
) -> None:
    """The end of a chain is tried once, and its refusal is told."""
    calcom.reschedule_booking(booking.uid, start=TEN + HOUR)
    time.advance(24 * 3600)
    with pytest.raises(StateConflict):
        calcom.delete_booking(booking.uid)


def test_another_start_is_a_rescheduling(calcom: CalComClient, fake: FakeCalCom, booking: Booking) -> None:
    """Where only the start changes, one write is enough."""
    new = calcom.update_booking(booking.uid, start=TEN + HOUR, reason="rain")
    assert (new.start, new.length, new.rescheduled_from_uid) == (TEN + HOUR, HALF_HOUR, booking.uid)
    assert writes(fake) == ["bookings", "reschedule"]


def test_no_change_is_no_write(calcom: CalComClient, fake: FakeCalCom, booking: Booking) -> None:
    """A booking that is as it is wanted is returned as it is."""
    assert calcom.update_booking(booking.uid, start=TEN, length=HALF_HOUR) == booking
    assert writes(fake) == ["bookings"]


def test_another_length_is_another_booking(calcom: CalComClient, fake: FakeCalCom, booking: Booking) -> None:
    """A new length cancels and creates, with the same attendee and metadata."""
    new = calcom.update_booking(booking.uid, length=HOUR, event_type_id=LONG)
    assert (new.start, new.length, new.event_type_id) == (TEN, HOUR, LONG)
    assert (new.metadata, new.attendees) == (booking.metadata, booking.attendees)
    assert writes(fake) == ["bookings", "cancel", "bookings"]
    assert active(fake) == [(TEN, HOUR)]


def test_another_length_of_the_same_event_type_is_asked_for(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Where an event type offers several lengths, the wanted one is named, whatever else changes."""
    booking = calcom.create_booking(event_type_id=EITHER, start=TEN, attendee=ADAM)
    longer = calcom.update_booking(booking.uid, length=HOUR)
    later = calcom.update_booking(booking.uid if longer is booking else longer.uid, start=TEN + HOUR)
    assert (later.start, later.length) == (TEN + HOUR, HOUR)
    assert active(fake) == [(TEN + HOUR, HOUR)]


def test_a_length_that_is_not_offered_changes_nothing(
    calcom: CalComClient, fake: FakeCalCom, booking: Booking
) -> None:
    """What cannot be made anew is not cancelled."""
    with pytest.raises(InvalidValue):
        calcom.update_booking(booking.uid, length=HOUR)
    assert active(fake) == [(TEN, HALF_HOUR)]


def test_a_booking_without_an_event_type_needs_one(
    calcom: CalComClient, fake: FakeCalCom, booking: Booking
) -> None:
    """Where the event type was deleted, the caller has to name another."""
    answer = b'{"status": "success", "data": %s}'
    event = (
        b'{"uid": "u", "status": "accepted", "start": "2026-03-02T10:00:00Z", "end": "2026-03-02T11:00:00Z"}'
    )
    fake.faults.append(
        faults.answer_instead(answer=Answer(200, answer % event, {"content-type": "application/json"}))
    )
    with pytest.raises(InvalidValue) as caught:
        calcom.update_booking(booking.uid, start=TEN)
    assert caught.value.name == "event_type_id"


def test_what_has_several_attendees_keeps_its_length(
    calcom: CalComClient, fake: FakeCalCom, booking: Booking
) -> None:
    """A booking of several is not made anew, because only one could be named."""
    two = b'"attendees": [{"name": "a", "email": "a@b.example"}, {"name": "b", "email": "b@b.example"}]'
    data = b'"uid": "u", "status": "accepted", "start": "2026-03-02T10:00:00Z", "end": "2026-03-02T10:30:00Z"'
    answer = b'{"status": "success", "data": {"eventTypeId": 4, %s, %s}}' % (data, two)
    fake.faults.append(
        faults.answer_instead(answer=Answer(200, answer, {"content-type": "application/json"}))
    )
    with pytest.raises(InvalidValue):
        calcom.update_booking("u", length=HOUR)
    assert writes(fake) == ["bookings"]


def test_what_is_cancelled_is_not_updated(calcom: CalComClient, booking: Booking) -> None:
    """A cancelled booking stays cancelled, and nothing about that is ambiguous."""
    calcom.cancel_booking(booking.uid)
    with pytest.raises(StateConflict) as caught:
        calcom.update_booking(booking.uid, start=TEN + HOUR)
    assert not caught.value.ambiguous


def test_a_taken_start_leaves_the_booking_where_it_was(
    calcom: CalComClient, fake: FakeCalCom, booking: Booking
) -> None:
    """A rescheduling that is refused changes nothing."""
    calcom.create_booking(event_type_id=SHORT, start=TEN + HOUR, attendee=ADAM)
    with pytest.raises(StateConflict):
        calcom.update_booking(booking.uid, start=TEN + HOUR)
    assert (TEN, HALF_HOUR) in active(fake)


@pytest.mark.parametrize(
    ("fault", "is_open"),
    [
        (faults.fail_before("POST /v2/bookings", status=400), False),
        (faults.drop_after("POST /v2/bookings"), True),
    ],
    ids=["refused", "lost"],
)
def test_a_failed_replacement_says_so(
    calcom: CalComClient, fake: FakeCalCom, booking: Booking, fault: faults.Fault, *, is_open: bool
) -> None:
    """Where the old booking is cancelled and the new one failed, the error says whether it may be there."""

    def fail_when_cancelled(trigger: str, *_: object) -> None:
        if trigger == "BOOKING_CANCELLED":
            fake.faults.append(fault)

    fake.world.tell = fail_when_cancelled
    with pytest.raises(ReplacementFailed) as caught:
        calcom.update_booking(booking.uid, length=HOUR, event_type_id=LONG)
    assert caught.value.ambiguous is is_ambiguous(caught.value) is is_open
    assert isinstance(caught.value.error, Interrupted) is is_open
    assert bool(active(fake)) is is_open


def test_a_rescheduled_booking_of_another_length_is_noticed(
    calcom: CalComClient, fake: FakeCalCom, booking: Booking
) -> None:
    """What comes out different from what was asked is not passed off as done."""
    moved = (
        b'{"uid": "v", "status": "accepted", "start": "2026-03-02T11:00:00Z", "end": "2026-03-02T11:15:00Z"}'
    )
    answer = Answer(201, b'{"status": "success", "data": %s}' % moved, {"content-type": "application/json"})
    fake.faults.append(faults.answer_instead(f"POST /v2/bookings/{booking.uid}/reschedule", answer=answer))
    with pytest.raises(UnexpectedAnswer) as caught:
        calcom.update_booking(booking.uid, start=TEN + HOUR)
    assert caught.value.ambiguous

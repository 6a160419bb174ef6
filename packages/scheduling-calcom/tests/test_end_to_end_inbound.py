"""What people do at Cal.com is brought over here: the real adapter and storage before the fake."""

import datetime as dt

import pytest

from calcom_practice import HALF_HOUR, HOST, HOUR, SHORT, TEN, Practice
from scheduling_calcom.testing import FakeCalCom, ManualTime, faults
from scheduling_core import BookingRefused, Interval, Status, SyncState

CREATE = "POST /v2/bookings"


@pytest.fixture
def practice(fake: FakeCalCom, time: ManualTime) -> Practice:
    """A practice without appointments."""
    return Practice(fake, time)


def test_what_is_moved_there_is_moved_here(practice: Practice) -> None:
    """A webhook leads to a look, the look to a move here, and that to no write there."""
    appointment, booking = practice.booked()
    practice.hear()
    practice.fake.world.reschedule(booking.uid, TEN + HOUR)
    writes = practice.writes
    assert practice.hear() == 1
    assert practice.scheduler.get(appointment.id).during == Interval.of(TEN + HOUR, HALF_HOUR)
    assert practice.deliver() == 0
    assert practice.state == "synced"
    assert practice.writes == writes


def test_what_is_cancelled_there_is_cancelled_here(practice: Practice) -> None:
    """Also where the webhook was lost: the sweep sees it."""
    appointment, booking = practice.booked()
    practice.inbound.sweep()
    practice.fake.world.cancel(booking.uid)
    practice.fake.deliveries.clear()
    practice.wait(300)
    assert practice.inbound.sweep() == 1
    assert practice.scheduler.get(appointment.id).status is Status.CANCELLED
    assert practice.deliver() == 0


def test_our_own_changes_come_back_without_effect(practice: Practice) -> None:
    """Cal.com tells of everything that we did there, and none of it changes anything here."""
    appointment, _ = practice.booked()
    practice.scheduler.reschedule(appointment.id, TEN + HOUR)
    practice.deliver()
    before, writes = practice.scheduler.get(appointment.id), practice.writes
    assert practice.hear() == 2
    practice.inbound.sweep(whole=True)
    assert practice.scheduler.get(appointment.id) == before
    assert (practice.deliver(), practice.writes) == (0, writes)


def test_a_move_there_that_collides_here_is_a_conflict(practice: Practice) -> None:
    """Where the new time is taken here, neither appointment moves."""
    appointment, booking = practice.booked()
    # What Cal.com refuses to hold leaves its time free there.
    practice.fake.faults = [faults.fail_before(CREATE, status=422)]
    other = practice.book(TEN + HOUR)
    practice.deliver()
    practice.fake.world.reschedule(booking.uid, TEN + HOUR)
    practice.hear()
    rows = {row.appointment: row for row in practice.scheduler.sync_rows(HOST)}
    assert (rows[appointment.id].state, rows[appointment.id].last_error) == (SyncState.CONFLICT, "overlap")
    assert practice.scheduler.get(appointment.id).during.start == TEN
    assert practice.scheduler.get(other.id).during.start == TEN + HOUR


def test_a_second_booking_is_taken_back(practice: Practice) -> None:
    """Where two bookings carry our mark for one appointment, one of them is cancelled."""
    _, booking = practice.booked()
    world = practice.fake.world
    world.book(world.event_types[SHORT], TEN + HOUR, booking.attendee, metadata=booking.metadata)
    practice.inbound.sweep()
    practice.deliver()
    assert practice.times == [(TEN, HALF_HOUR)]
    assert practice.state == "synced"


def test_what_others_booked_there_is_never_touched(practice: Practice) -> None:
    """Bookings without our mark, or with that of another installation, are left as they are."""
    appointment, booking = practice.booked()
    world = practice.fake.world
    for hours, installation in enumerate((None, "another"), 1):
        metadata = {"sched_id": appointment.id, "sched_inst": installation} if installation else {}
        world.book(world.event_types[SHORT], TEN + hours * HOUR, booking.attendee, metadata=metadata)
    practice.hear()
    practice.inbound.sweep(whole=True)
    practice.scheduler.cancel(appointment.id)
    practice.deliver()
    assert practice.times == [(TEN + HOUR, HALF_HOUR), (TEN + 2 * HOUR, HALF_HOUR)]


def test_busy_times_are_copied_and_refused(practice: Practice) -> None:
    """What others booked and what connected calendars hold cannot be booked here; our own can be moved."""
    world = practice.fake.world
    appointment, booking = practice.booked()
    world.book(
        world.event_types[SHORT], TEN + HOUR, {"name": "Eve", "email": "eve@e.example", "timeZone": "UTC"}
    )
    dentist = Interval.of(TEN + 2 * HOUR, HOUR)
    world.busy[1, "work"] = [dentist, booking.interval]
    assert practice.inbound.copy_busy(HOST)
    for start in (TEN + HOUR, TEN + 2 * HOUR):
        with pytest.raises(BookingRefused) as refused:
            practice.book(start)
        assert [reason.code for reason in refused.value.reasons] == ["external_busy"]
    practice.scheduler.reschedule(appointment.id, TEN + dt.timedelta(minutes=15))

"""Appointments here become bookings there: the real adapter, relay and storage before the fake."""

import datetime as dt

import attrs
import pytest

from calcom_practice import EITHER, HALF_HOUR, HOST, HOUR, LONG, SHORT, TEN, VISIT, Practice
from scheduling_calcom import PROVIDER, CalComCalendar, EventTypeChoice, calcom_link
from scheduling_calcom.testing import KEY, FakeCalCom, ManualTime, faults
from scheduling_core import Appointment, AppointmentType, Link, SyncState
from scheduling_core.sync import RemoteBooking

CREATE = "POST /v2/bookings"


@pytest.fixture
def practice(fake: FakeCalCom, time: ManualTime) -> Practice:
    """A practice without appointments."""
    return Practice(fake, time)


def test_a_new_appointment_is_booked_there_in_one_write(practice: Practice) -> None:
    """One step makes the booking, under an address and a mark of our own."""
    appointment = practice.book()
    asked = len(practice.fake.asked)
    assert practice.deliver() == 1
    assert practice.times == [(TEN, HALF_HOUR)]
    assert practice.state == "synced"
    [booking] = practice.there
    assert booking.event_type.id == SHORT
    assert booking.email == f"appt-{appointment.id}@appointments.example"
    assert booking.metadata["sched_id"] == appointment.id
    assert [item.method for item in practice.fake.asked[asked:]] == ["GET", "POST"]


def test_a_length_has_its_own_event_type(practice: Practice) -> None:
    """What lasts an hour is booked as the event type of an hour."""
    practice.book(duration=HOUR)
    practice.deliver()
    assert practice.times == [(TEN, HOUR)]
    assert practice.there[0].event_type.id == LONG


def test_a_move_is_followed_under_its_new_uid(practice: Practice) -> None:
    """Moving twice leaves one booking, and the row knows the last uid of the chain."""
    appointment, _ = practice.booked()
    for hours in (1, 2):
        practice.scheduler.reschedule(appointment.id, TEN + hours * HOUR)
        practice.deliver()
    [booking] = practice.there
    assert practice.times == [(TEN + 2 * HOUR, HALF_HOUR)]
    assert practice.row.remote is not None
    assert practice.row.remote.uid == booking.uid
    assert len(practice.fake.world.bookings) == 3


def test_another_length_is_a_new_booking(practice: Practice) -> None:
    """Cal.com cannot change a length, so that is noted, the old booking ends, and another takes its place."""
    appointment, old = practice.booked()
    practice.scheduler.reschedule(appointment.id, TEN, duration=HOUR)
    assert practice.deliver() == 3
    assert practice.times == [(TEN, HOUR)]
    assert (old.status, old.rescheduled_to) == ("cancelled", None)
    assert practice.state == "synced"


def test_a_length_that_moving_loses_is_put_right_once(practice: Practice) -> None:
    """Where rescheduling falls back to the length of the event type, the booking is made anew."""
    practice.scheduler.link(HOST, calcom_link(EventTypeChoice(EITHER)))
    appointment = practice.book(duration=HOUR)
    practice.deliver()
    practice.scheduler.reschedule(appointment.id, TEN + HOUR)
    practice.deliver()
    assert practice.times == [(TEN + HOUR, HOUR)]
    assert practice.state == "synced"


def test_a_cancelled_appointment_is_cancelled_there(practice: Practice) -> None:
    """Nothing of it is active any more, also where somebody was faster."""
    appointment, _ = practice.booked()
    other, there = practice.booked(TEN + HOUR)
    practice.fake.world.cancel(there.uid)
    for cancelled in (appointment, other):
        practice.scheduler.cancel(cancelled.id)
    practice.deliver()
    assert not practice.there
    assert {row.state for row in practice.scheduler.sync_rows(HOST)} == {SyncState.SYNCED}


def test_a_booking_made_although_no_answer_came_is_found(practice: Practice) -> None:
    """After the time-out nothing is sent until the quiet period is over; then the one booking is found."""
    practice.book()
    practice.fake.faults = [faults.drop_after(CREATE)]
    practice.deliver()
    assert practice.state == "unknown"
    practice.wait(59)
    assert practice.deliver() == 0
    practice.wait(2)
    practice.deliver()
    assert practice.state == "synced"
    assert practice.times == [(TEN, HALF_HOUR)]
    assert len(practice.fake.world.bookings) == 1


def test_a_booking_made_late_is_found_as_well(practice: Practice) -> None:
    """A write that takes effect half a minute after the time-out is no second booking."""
    practice.book()
    practice.fake.faults = [faults.write_late(CREATE, delay=dt.timedelta(seconds=50))]
    practice.deliver()
    practice.wait(61)
    practice.deliver()
    assert practice.state == "synced"
    assert len(practice.fake.world.bookings) == 1


def test_a_move_whose_answer_was_lost_is_found(practice: Practice) -> None:
    """The chain leads from the uid that was known to the booking that nobody told of."""
    appointment, _ = practice.booked()
    practice.scheduler.reschedule(appointment.id, TEN + HOUR)
    practice.fake.faults = [faults.fail_after(CREATE)]
    practice.deliver()
    practice.wait(61)
    practice.deliver()
    assert practice.times == [(TEN + HOUR, HALF_HOUR)]
    assert practice.state == "synced"
    assert len(practice.fake.world.bookings) == 2


class Blind(CalComCalendar):
    """Finds no booking, whatever there is."""

    def find(
        self, link: Link, appointment: Appointment, known: RemoteBooking | None
    ) -> tuple[RemoteBooking, ...]:
        """Look away."""
        del link, appointment, known
        return ()


@pytest.mark.parametrize(("calendar_kind", "bookings"), [(CalComCalendar, 1), (Blind, 2)])
def test_without_looking_there_would_be_two(
    fake: FakeCalCom, time: ManualTime, calendar_kind: type[CalComCalendar], bookings: int
) -> None:
    """An appointment that moves while nobody knows of its booking has one; blind, a relay makes two."""
    practice = Practice(fake, time, calendar_kind)
    appointment = practice.book()
    practice.fake.faults = [faults.drop_after(CREATE)]
    practice.deliver()
    practice.scheduler.reschedule(appointment.id, TEN + HOUR)
    practice.wait(61)
    practice.deliver()
    assert practice.state == "synced"
    assert len(practice.there) == bookings


def test_a_time_that_is_taken_there_becomes_a_conflict(practice: Practice) -> None:
    """The appointment stands, and after two looks a person is told."""
    practice.fake.world.book(
        practice.fake.world.event_types[SHORT],
        TEN,
        {"name": "Eve", "email": "eve@elsewhere.example", "timeZone": "UTC"},
    )
    practice.book()
    for _ in range(3):
        practice.deliver()
        practice.wait(61)
    assert (practice.row.state, practice.row.last_error) == (SyncState.CONFLICT, "slot_taken")
    assert practice.scheduler.upcoming(HOST)
    assert len(practice.there) == 1


def test_a_wrong_key_stops_everything_and_loses_nothing(practice: Practice) -> None:
    """Cal.com is left alone with an alert; with the right key everything goes on by itself."""
    appointment = practice.book()
    practice.key = "cal_test_wrong"
    practice.deliver()
    assert practice.provider.alert == "unauthorised"
    asked = len(practice.fake.asked)
    practice.book(TEN + HOUR)
    assert (practice.deliver(), len(practice.fake.asked)) == (0, asked)
    assert practice.scheduler.get(appointment.id) == appointment
    assert {row.attempts for row in practice.scheduler.sync_rows(HOST)} == {0}
    practice.key = KEY
    practice.wait(601)
    practice.deliver()
    assert practice.provider.alert is None
    assert practice.times == [(TEN, HALF_HOUR), (TEN + HOUR, HALF_HOUR)]


def test_a_key_that_cannot_be_sent_is_a_wrong_key(practice: Practice) -> None:
    """An empty key is no fault of any appointment."""
    practice.book()
    practice.key = ""
    practice.deliver()
    assert (practice.provider.alert, practice.row.state) == ("invalid_token", SyncState.PENDING)


@pytest.mark.parametrize("is_known", [True, False])
def test_an_event_type_that_is_gone_is_told(practice: Practice, is_known: bool) -> None:
    """Without its event type an appointment is given up, also where that was there a moment ago."""
    if is_known:
        practice.booked()
    gone = practice.fake.world.event_types.pop(SHORT)
    later = practice.book(TEN + HOUR)
    practice.deliver()
    row = next(row for row in practice.scheduler.sync_rows(HOST) if row.appointment == later.id)
    assert (row.state, row.last_error) == (SyncState.DEAD, "event_type_gone")
    practice.fake.world.event_types[SHORT] = gone
    practice.scheduler.requeue(later.id, PROVIDER)
    practice.deliver()
    assert (TEN + HOUR, HALF_HOUR) in practice.times


def test_a_limit_of_requests_is_waited_out(practice: Practice) -> None:
    """Cal.com is left alone for as long as it asks, and no failure is counted."""
    practice.book()
    practice.fake.faults = [faults.throttle(headers={"X-RateLimit-Reset-Default": "30"})]
    practice.deliver()
    assert (practice.row.attempts, practice.provider.failures) == (0, 0)
    practice.wait(29)
    assert practice.deliver() == 0
    practice.wait(2)
    practice.deliver()
    assert practice.times == [(TEN, HALF_HOUR)]


def test_a_server_that_is_down_delays_and_nothing_else(practice: Practice) -> None:
    """What could not even be sent is sent again after a pause."""
    practice.book()
    practice.fake.faults = [faults.refuse(times=2)]
    practice.deliver()
    assert (practice.row.state, practice.row.last_error) == (SyncState.RETRY_WAIT, "unreachable")
    for _ in range(3):
        practice.wait(10)
        practice.deliver()
    assert practice.times == [(TEN, HALF_HOUR)]


def test_a_time_that_cannot_be_sent_is_told(practice: Practice) -> None:
    """Cal.com has whole minutes: a start with seconds is given up and does not stop the others."""
    policy = attrs.evolve(practice.scheduler.types(HOST)[0].policy, any_start=True)
    practice.scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HALF_HOUR, HOUR), policy))
    odd = practice.book(TEN + dt.timedelta(seconds=30))
    practice.book(TEN + HOUR)
    practice.deliver()
    rows = {row.appointment: row for row in practice.scheduler.sync_rows(HOST)}
    assert (rows[odd.id].state, rows[odd.id].last_error) == (SyncState.DEAD, "invalid_start")
    assert practice.times == [(TEN + HOUR, HALF_HOUR)]

"""Appointments here and bookings there: the real adapter, relay and storage before the fake, in fake time."""

import datetime as dt
import itertools

import attrs
import pytest

from scheduling_calcom import (
    NO_RETRIES,
    PROVIDER,
    Account,
    AttendeePolicy,
    CalComCalendar,
    CalComClient,
    EventTypeChoice,
    Quota,
    calcom_link,
    check_secrets,
    read_hint,
    verify,
)
from scheduling_calcom.testing import KEY, FakeCalCom, ManualTime, connect, faults
from scheduling_calcom.testing.records import FakeBooking
from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    HostId,
    Interval,
    MemoryStorage,
    Schedule,
    Scheduler,
    Status,
    SyncRow,
    SyncState,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.inbound import Inbound
from scheduling_core.relay import Relay
from scheduling_core.sync import Provider
from scheduling_core.testing import CountingIds

HOST, VISIT = HostId("ada"), AppointmentTypeId("visit")
SHORT, LONG, EITHER = 2, 3, 4
TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HALF_HOUR = dt.timedelta(minutes=30)
HOUR = dt.timedelta(hours=1)
SECRET = "a secret of the webhook, long enough"
CREATE = "POST /v2/bookings"


class Practice:
    """A host whose appointments are kept in step with a fake Cal.com."""

    def __init__(self, fake: FakeCalCom, time: ManualTime) -> None:
        self.fake, self.time = fake, time
        self.key = KEY
        account = Account(
            lambda: self.key,
            "https://cal.example/v2",
            retry=NO_RETRIES,
            quota=Quota(100_000, 90_000, time.stopwatch),
            clock=time.clock,
            stopwatch=time.stopwatch,
        )
        self.client = CalComClient(account, transport=connect(fake, wait=time.advance), sleep=time.sleep)
        self.storage = MemoryStorage()
        ids = CountingIds()
        self.scheduler = Scheduler(self.storage, clock=time.clock, new_id=ids)
        calendar = CalComCalendar(
            self.client,
            installation="practice",
            attendees=AttendeePolicy("appointments.example"),
            clock=time.clock,
        )
        self.relay = Relay(self.storage, calendar, clock=time.clock, chance=lambda: 0.5)
        self.inbound = Inbound(self.storage, calendar, clock=time.clock, new_id=ids)
        hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
        self.scheduler.set_schedule(HOST, Schedule("Europe/Berlin", hours))
        self.scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HALF_HOUR, HOUR)))
        self.scheduler.link(HOST, calcom_link(EventTypeChoice(SHORT), EventTypeChoice(LONG, HOUR)))
        check_secrets([SECRET])
        self.client.create_webhook(subscriber_url="https://here.example/hook", secret=SECRET)

    def book(self, start: dt.datetime = TEN, duration: dt.timedelta | None = None) -> Appointment:
        """Book a visit."""
        return self.scheduler.book(BookingRequest(HOST, VISIT, start, "Ann", duration))

    def deliver(self) -> int:
        """Let the relay go on until nothing is due, and return how many steps that took."""
        return next(steps for steps in itertools.count() if not self.relay.step())

    def booked(self, start: dt.datetime = TEN) -> tuple[Appointment, FakeBooking]:
        """Book a visit, bring it to Cal.com, and return it on either side."""
        appointment = self.book(start)
        self.deliver()
        return appointment, next(booking for booking in self.there if booking.interval.start == start)

    @property
    def there(self) -> list[FakeBooking]:
        """The active bookings."""
        return [item for item in self.fake.world.bookings.values() if item.status in {"accepted", "pending"}]

    @property
    def times(self) -> list[tuple[dt.datetime, dt.timedelta]]:
        """The starts and lengths of the active bookings, in order."""
        return sorted((item.interval.start, item.interval.duration) for item in self.there)

    @property
    def row(self) -> SyncRow:
        """How far the only appointment has come."""
        [row] = self.scheduler.sync_rows(HOST)
        return row

    @property
    def state(self) -> str:
        """The state of that."""
        return self.row.state.value

    @property
    def provider(self) -> Provider:
        """What is known of Cal.com."""
        return self.storage.read(lambda work: work.outbox.provider(PROVIDER))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time.advance(seconds)

    def hear(self) -> int:
        """Take what the webhook was called with, and follow it."""
        for delivery in self.fake.deliveries:
            assert verify(delivery.body, delivery.headers["x-cal-signature-256"], [SECRET])
            hint = read_hint(delivery.body, self.time.clock())
            assert hint is not None
            kept = hint
            self.storage.transact(lambda work, kept=kept: work.outbox.keep_hint(kept, self.time.clock()))  # type: ignore[misc]
        self.fake.deliveries.clear()
        return self.inbound.follow_hints()


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
    """Cal.com cannot change a length, so the old booking ends and another takes its place."""
    appointment, old = practice.booked()
    practice.scheduler.reschedule(appointment.id, TEN, duration=HOUR)
    assert practice.deliver() == 2
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


def test_what_is_moved_there_is_moved_here(practice: Practice) -> None:
    """A webhook leads to a look, the look to a move here, and that to no write there."""
    appointment, booking = practice.booked()
    practice.hear()
    practice.fake.world.reschedule(booking.uid, TEN + HOUR)
    writes = _writes(practice)
    assert practice.hear() == 1
    assert practice.scheduler.get(appointment.id).during == Interval.of(TEN + HOUR, HALF_HOUR)
    assert practice.deliver() == 0
    assert practice.state == "synced"
    assert _writes(practice) == writes


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
    before, writes = practice.scheduler.get(appointment.id), _writes(practice)
    assert practice.hear() == 2
    practice.inbound.sweep(whole=True)
    assert practice.scheduler.get(appointment.id) == before
    assert (practice.deliver(), _writes(practice)) == (0, writes)


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


def _writes(practice: Practice) -> int:
    return sum(asked.method != "GET" for asked in practice.fake.asked)

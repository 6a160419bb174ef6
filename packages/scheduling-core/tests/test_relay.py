"""Delivery to an external calendar, step by step."""

import datetime as dt

import attrs
import pytest

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    Interval,
    Link,
    MemoryStorage,
    Schedule,
    Scheduler,
    SyncRow,
    SyncState,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.external import Verdict
from scheduling_core.relay import USUAL_PAUSE, Relay
from scheduling_core.sync import Provider, RemoteBooking, SyncPolicy
from scheduling_core.testing import CountingIds, FakeCalendar, ManualClock

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + dt.timedelta(days=1, hours=9)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
POLICY = SyncPolicy()


class World:
    """A host that is linked to a calendar, and a relay between the two."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.storage = MemoryStorage()
        self.scheduler = Scheduler(self.storage, clock=self.clock, new_id=CountingIds())
        self.calendar = FakeCalendar()
        self.relay = self.another_relay()
        all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
        self.scheduler.set_schedule(HOST, Schedule("UTC", all_day))
        self.scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HOUR, 2 * HOUR)))
        self.scheduler.link(HOST, Link("fake"))

    def another_relay(self) -> Relay:
        """Return a relay, as a second process would have it."""
        return Relay(self.storage, self.calendar, clock=self.clock, chance=lambda: 1.0)

    def book(self, start: dt.datetime = NINE) -> Appointment:
        """Book an hour."""
        return self.scheduler.book(BookingRequest(HOST, VISIT, start, "Ann"))

    def run(self) -> int:
        """Take steps until nothing is due, and return how many."""
        for number in range(100):
            if not self.relay.step():
                return number
        raise AssertionError("the relay never comes to rest")

    def row(self) -> SyncRow:
        """Return the only row."""
        [row] = self.scheduler.sync_rows(HOST)
        return row

    def provider(self) -> Provider:
        """Return what the relays share."""
        return self.storage.read(lambda work: work.outbox.provider("fake"))

    def agrees(self, appointment: Appointment) -> bool:
        """Return whether both sides say the same, and the row says so."""
        there = [booking.during for booking in self.calendar.active(appointment.id)]
        wanted = [appointment.during] if appointment.holds_time else []
        return there == wanted and self.row().state is SyncState.SYNCED


@pytest.fixture
def world() -> World:
    """A linked host without appointments."""
    return World()


def test_a_booking_is_brought_there_by_one_call(world: World) -> None:
    """What nobody has told the calendar yet need not be looked for."""
    booked = world.book()
    assert world.run() == 1
    assert world.calendar.calls == ["create"]
    assert world.agrees(booked)


def test_a_move_is_one_call_and_follows_the_new_uid(world: World) -> None:
    """A booking that was moved has another uid, and that one is moved the next time."""
    booked = world.book()
    world.run()
    for hours in (1, 2):
        booked = world.scheduler.reschedule(booked.id, NINE + hours * HOUR)
        world.run()
        assert world.agrees(booked)
    assert world.calendar.calls == ["create", "move", "move"]


def test_several_changes_at_once_are_one_call(world: World) -> None:
    """Only where an appointment is in the end is told."""
    booked = world.book()
    for hours in (1, 2, 3):
        booked = world.scheduler.reschedule(booked.id, NINE + hours * HOUR)
    world.run()
    assert world.calendar.calls == ["create"]
    assert world.agrees(booked)


def test_another_length_is_another_booking(world: World) -> None:
    """A calendar cannot change the length of what it holds, so it is ended and made anew."""
    booked = world.book()
    world.run()
    booked = world.scheduler.reschedule(booked.id, NINE, duration=2 * HOUR)
    world.run()
    assert world.calendar.calls == ["create", "cancel", "find", "create"]
    assert world.agrees(booked)


def test_a_cancelled_appointment_is_ended_there(world: World) -> None:
    """And one that was cancelled before it was ever brought there costs no call."""
    booked = world.book()
    world.run()
    cancelled = world.scheduler.cancel(booked.id)
    world.run()
    assert world.calendar.calls == ["create", "cancel"]
    assert world.agrees(cancelled)
    world.scheduler.cancel(world.book().id)
    world.run()
    assert world.calendar.calls == ["create", "cancel"]


def test_a_change_that_the_calendar_does_not_show_costs_no_call(world: World) -> None:
    """A name or a note is ours alone."""
    booked = world.book()
    world.run()
    world.scheduler.amend(booked.id, notes="allergic")
    world.run()
    assert world.calendar.calls == ["create"]
    assert world.row().synced_version == 2


@pytest.mark.parametrize("after", [True, False], ids=["took effect", "did not"])
def test_what_may_have_been_done_is_looked_for_before_it_is_done_again(world: World, after: bool) -> None:
    """After a quiet time the calendar is asked, and there is one booking in the end, never two."""
    booked = world.book()
    world.calendar.fail_next(Verdict.UNKNOWN, after=after)
    assert world.run() == 1
    assert world.row().state is SyncState.UNKNOWN
    world.clock.advance(POLICY.quiet - SECOND)
    assert world.run() == 0
    world.clock.advance(SECOND)
    world.run()
    assert world.calendar.calls == ["create", "find"] + ["create"] * (not after)
    assert world.agrees(booked)


def test_what_had_no_effect_is_tried_again_later_and_later(world: World) -> None:
    """The pause doubles from a second to ten minutes; after twelve tries a person has to say go on."""
    booked = world.book()
    other = attrs.evolve(Provider("fake"), failures=0)
    pauses = []
    while world.row().is_open:
        world.calendar.fail_next(Verdict.DOWN)
        world.relay.step()
        row = world.row()
        # Other appointments are delivered all the while, so it is not the calendar that is down.
        world.storage.transact(lambda work: work.outbox.put_provider(other))
        if row.next_due is not None:
            pauses.append((row.next_due - world.clock()).total_seconds())
            world.clock.set(row.next_due)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
    assert (world.row().state, world.row().last_error) == (SyncState.DEAD, "down")
    world.scheduler.requeue(booked.id, "fake")
    world.run()
    assert world.agrees(booked)


def test_a_new_change_revives_what_was_dead(world: World) -> None:
    """Nobody has to requeue what has another version to deliver."""
    booked = world.book()
    world.calendar.fail_next(Verdict.REFUSED)
    world.run()
    assert world.row().state is SyncState.DEAD
    moved = world.scheduler.reschedule(booked.id, NINE + HOUR)
    world.run()
    assert world.agrees(moved)


def test_a_calendar_that_is_down_is_asked_now_and_then(world: World) -> None:
    """However long it lasts and however many wait, no appointment dies of it, and all are told after."""
    booked = [world.book(NINE + number * HOUR) for number in range(8)]
    world.calendar.fail_next(Verdict.DOWN, times=10_000)
    begun, day = world.clock(), dt.timedelta(hours=24)
    while world.clock() - begun < day / 2:
        world.run()
        world.clock.advance(POLICY.probe_pause)
    asked = len(world.calendar.calls)
    assert asked <= day / 2 / POLICY.probe_pause + POLICY.failures_allowed
    assert all(row.is_open for row in world.scheduler.sync_rows(HOST))
    world.calendar.recover()
    for _ in range(100):
        world.run()
        world.clock.advance(POLICY.probe_pause)
    assert {row.state for row in world.scheduler.sync_rows(HOST)} == {SyncState.SYNCED}
    assert all(world.calendar.active(appointment.id) for appointment in booked)
    assert world.provider() == Provider("fake")


def test_only_an_answer_shows_that_a_calendar_is_back(world: World) -> None:
    """An appointment that needs no call tells nothing about the calendar."""
    down = Provider("fake", failures=POLICY.failures_allowed)
    world.storage.transact(lambda work: work.outbox.put_provider(down))
    world.scheduler.cancel(world.book().id)
    assert world.run() == 1
    assert world.provider().failures == POLICY.failures_allowed
    world.clock.advance(POLICY.probe_pause)
    world.book()
    world.run()
    assert world.provider() == Provider("fake")


def test_bookings_do_not_notice(world: World) -> None:
    """While the calendar fails, appointments are booked, moved and cancelled as ever."""
    world.calendar.fail_next(Verdict.DOWN, times=100)
    first, second = world.book(), world.book(NINE + HOUR)
    world.run()
    moved = world.scheduler.reschedule(first.id, NINE + 3 * HOUR)
    cancelled = world.scheduler.cancel(second.id)
    assert world.scheduler.upcoming(HOST) == (moved,)
    assert world.scheduler.get(second.id) == cancelled


def test_a_calendar_that_was_asked_too_often_is_left_alone(world: World) -> None:
    """For as long as it says, or a minute; no attempt is counted and nothing else is sent meanwhile."""
    world.book()
    world.book(NINE + HOUR)
    for wish in (10 * SECOND, None):
        world.calendar.fail_next(Verdict.LIMITED, retry_after=wish)
        assert world.run() == 1
        assert world.provider().paused_until == world.clock() + (wish or USUAL_PAUSE)
        world.clock.advance(wish or USUAL_PAUSE)
    assert {row.attempts for row in world.scheduler.sync_rows(HOST)} == {0}
    world.run()
    assert {row.state for row in world.scheduler.sync_rows(HOST)} == {SyncState.SYNCED}


def test_a_lost_key_pauses_everything_with_one_alert(world: World) -> None:
    """Nothing is counted against an appointment, and all go on by themselves when the key is good again."""
    world.book()
    world.book(NINE + HOUR)
    world.calendar.fail_next(Verdict.LOCKED_OUT)
    assert world.run() == 1
    assert world.provider().alert == "locked_out"
    assert {row.state for row in world.scheduler.sync_rows(HOST)} == {SyncState.PENDING}
    world.clock.advance(POLICY.locked_out_pause)
    world.run()
    assert world.provider().alert is None
    assert {row.state for row in world.scheduler.sync_rows(HOST)} == {SyncState.SYNCED}


def test_what_is_taken_there_is_a_conflict_only_after_another_look(world: World) -> None:
    """It might be our own attempt that is in the way, so the calendar is asked before anybody is told."""
    booked = world.book()
    world.calendar.fail_next(Verdict.TAKEN)
    world.run()
    assert world.row().state is SyncState.UNKNOWN
    world.clock.advance(POLICY.quiet)
    world.calendar.fail_next(Verdict.TAKEN, call="create")
    world.run()
    assert world.calendar.calls == ["create", "find", "create"]
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "taken")
    assert world.scheduler.get(booked.id) == booked


def test_appointments_that_change_places_both_arrive(world: World) -> None:
    """Neither can move to where the other still is over there, so they leave their own places first."""

    class Crowded(FakeCalendar):
        def find_taken(self, during: Interval) -> bool:
            return any(b.during.overlaps(during) for b in self.bookings.values() if b.is_active)

        def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
            if self.find_taken(appointment.during):
                self.fail_next(Verdict.TAKEN, call="create")
            return super().create(link, appointment)

        def move(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
            if self.find_taken(appointment.during):
                self.fail_next(Verdict.TAKEN, call="move")
            return super().move(link, appointment, booking)

    world.calendar = Crowded()
    world.relay = world.another_relay()
    first, second = world.book(), world.book(NINE + HOUR)
    world.run()
    world.scheduler.reschedule(first.id, NINE + 5 * HOUR)
    world.scheduler.reschedule(second.id, NINE)
    world.scheduler.reschedule(first.id, NINE + HOUR)
    for _ in range(5):
        world.run()
        world.clock.advance(POLICY.quiet)
    assert {row.state for row in world.scheduler.sync_rows(HOST)} == {SyncState.SYNCED}
    assert [booking.during.start for booking in world.calendar.active(first.id)] == [NINE + HOUR]
    assert [booking.during.start for booking in world.calendar.active(second.id)] == [NINE]


def test_those_who_wait_for_each_other_in_vain_are_conflicts(world: World) -> None:
    """Where strangers have the places that two appointments want, both say so in the end."""
    world.book()
    world.book(NINE + HOUR)
    world.calendar.fail_next(Verdict.TAKEN, times=100, call="create")
    for _ in range(2 * POLICY.most_attempts):
        world.run()
        world.clock.advance(POLICY.quiet)
    found = {(row.state, row.last_error) for row in world.scheduler.sync_rows(HOST)}
    assert found == {(SyncState.CONFLICT, "taken")}


def test_what_the_calendar_has_a_rule_against_is_a_conflict(world: World) -> None:
    """The appointment stands here, and a person is told."""
    booked = world.book()
    world.calendar.fail_next(Verdict.DISAGREED)
    world.run()
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "disagreed")
    assert world.scheduler.get(booked.id) == booked


def test_what_is_gone_there_is_made_anew(world: World) -> None:
    """A booking that was deleted over there is looked for once, and made again."""
    booked = world.book()
    world.run()
    world.calendar.bookings.clear()
    world.calendar.fail_next(Verdict.GONE)
    moved = world.scheduler.reschedule(booked.id, NINE + HOUR)
    world.run()
    assert world.calendar.calls == ["create", "move", "find", "create"]
    assert world.agrees(moved)


def test_what_cannot_be_made_because_something_is_gone_is_dead(world: World) -> None:
    """Without the event type there that stands for the appointment, trying again is of no use."""
    world.book()
    world.calendar.fail_next(Verdict.GONE)
    world.run()
    assert (world.row().state, world.row().last_error) == (SyncState.DEAD, "gone")


def test_more_bookings_than_one_are_ended(world: World) -> None:
    """A look that finds several keeps the one that is as wanted."""
    booked = world.book()
    world.run()
    world.calendar.add(booked.during, booked.id)
    world.calendar.add(Interval.of(NINE + HOUR, HOUR), booked.id)
    world.scheduler.requeue(booked.id, "fake")
    world.run()
    assert world.agrees(booked)


def test_an_answer_that_is_not_as_wanted_is_put_right_once(world: World) -> None:
    """A calendar that keeps changing what it is told is a conflict, not a battle."""

    class Stubborn(FakeCalendar):
        def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
            short = attrs.evolve(appointment, during=Interval.of(NINE, HOUR / 2))
            return super().create(link, short)

    world.calendar = Stubborn()
    world.relay = world.another_relay()
    world.book()
    world.run()
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "remote_diverges")
    assert world.calendar.calls.count("create") == 2


def test_what_has_begun_is_not_brought_there_any_more(world: World) -> None:
    """Calendars refuse the past, so the row says that it came too late."""
    world.book()
    world.clock.set(NINE)
    world.run()
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "too_late")
    assert world.calendar.calls == []


def test_a_relay_that_was_too_slow_records_nothing(world: World) -> None:
    """When its lease ran out another one took over, looked first, and its word is the one that counts."""
    booked = world.book()
    slow, other = world.relay, world.another_relay()

    class Slow(FakeCalendar):
        def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
            made = super().create(link, appointment)
            if self.calls.count("create") == 1:
                world.clock.advance(POLICY.lease)
                assert other.step()
                assert world.row().state is SyncState.SYNCED
                world.scheduler.reschedule(booked.id, NINE + HOUR)
            return made

    world.calendar = Slow()
    slow, other = world.another_relay(), world.another_relay()
    assert slow.step()
    assert (world.row().state, world.row().synced_version) == (SyncState.PENDING, 1)
    assert world.calendar.calls == ["create", "find"]
    world.relay = slow
    world.run()
    assert world.agrees(world.scheduler.get(booked.id))


def test_a_change_during_a_step_is_delivered_next(world: World) -> None:
    """The step records what it did, and the row stays open for the newer version."""
    booked = world.book()

    class Meanwhile(FakeCalendar):
        def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
            world.scheduler.reschedule(booked.id, NINE + HOUR)
            return super().create(link, appointment)

    world.calendar = Meanwhile()
    world.relay = world.another_relay()
    world.relay.step()
    assert (world.row().state, world.row().synced_version) == (SyncState.PENDING, 1)
    world.run()
    assert world.agrees(world.scheduler.get(booked.id))


def test_a_host_that_is_unlinked_during_a_step_stays_so(world: World) -> None:
    """What the step did is not recorded, because nobody asks any more."""
    world.book()

    class Meanwhile(FakeCalendar):
        def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
            world.scheduler.unlink(HOST, "fake")
            return super().create(link, appointment)

    world.calendar = Meanwhile()
    world.relay = world.another_relay()
    assert world.run() == 1
    assert world.scheduler.sync_rows(HOST) == ()

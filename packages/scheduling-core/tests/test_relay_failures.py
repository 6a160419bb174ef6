"""Delivery to an external calendar that fails, refuses or has something in the way."""

import datetime as dt

import attrs
import pytest

from linked_host import HOST, HOUR, NINE, POLICY, SECOND, LinkedHost
from scheduling_core import (
    Appointment,
    Interval,
    Link,
    Status,
    SyncState,
)
from scheduling_core.external import Verdict
from scheduling_core.inbound import Finding
from scheduling_core.relay import USUAL_PAUSE
from scheduling_core.sync import Provider, RemoteBooking
from scheduling_core.testing import FakeCalendar


@pytest.fixture
def world() -> LinkedHost:
    """A linked host without appointments."""
    return LinkedHost()


@pytest.mark.parametrize("after", [True, False], ids=["took effect", "did not"])
def test_what_may_have_been_done_is_looked_for_before_it_is_tried_again(
    world: LinkedHost, after: bool
) -> None:
    """After a quiet time the calendar is asked, and there is one booking in the end, never two."""
    booked = world.book()
    world.calendar.fail_next(Verdict.UNKNOWN, after=after)
    assert world.deliver() == 1
    assert world.row().state is SyncState.UNKNOWN
    world.clock.advance(POLICY.quiet - SECOND)
    assert world.deliver() == 0
    world.clock.advance(SECOND)
    world.deliver()
    assert world.calendar.calls == ["create", "find"] + ["create"] * (not after)
    assert world.agrees(booked)


def test_what_had_no_effect_is_tried_again_later_and_later(world: LinkedHost) -> None:
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
    world.deliver()
    assert world.agrees(booked)


def test_a_new_change_revives_what_was_dead(world: LinkedHost) -> None:
    """Nobody has to requeue what has another version to deliver."""
    booked = world.book()
    world.calendar.fail_next(Verdict.REFUSED)
    world.deliver()
    assert world.row().state is SyncState.DEAD
    moved = world.scheduler.reschedule(booked.id, NINE + HOUR)
    world.deliver()
    assert world.agrees(moved)


def test_a_calendar_that_is_down_is_asked_now_and_then(world: LinkedHost) -> None:
    """However long it lasts and however many wait, no appointment dies of it, and all are told after."""
    booked = [world.book(NINE + number * HOUR) for number in range(8)]
    world.calendar.fail_next(Verdict.DOWN, times=10_000)
    begun, day = world.clock(), dt.timedelta(hours=24)
    while world.clock() - begun < day / 2:
        world.deliver()
        world.clock.advance(POLICY.probe_pause)
    asked = len(world.calendar.calls)
    assert asked <= day / 2 / POLICY.probe_pause + POLICY.failures_allowed
    assert all(row.is_open for row in world.scheduler.sync_rows(HOST))
    world.calendar.recover()
    for _ in range(100):
        world.deliver()
        world.clock.advance(POLICY.probe_pause)
    assert world.states() == {SyncState.SYNCED}
    assert all(world.calendar.active(appointment.id) for appointment in booked)
    assert world.provider() == Provider("fake")


def test_only_an_answer_shows_that_a_calendar_is_back(world: LinkedHost) -> None:
    """An appointment that needs no call tells nothing about the calendar."""
    down = Provider("fake", failures=POLICY.failures_allowed)
    world.storage.transact(lambda work: work.outbox.put_provider(down))
    world.scheduler.cancel(world.book().id)
    assert world.deliver() == 1
    assert world.provider().failures == POLICY.failures_allowed
    world.clock.advance(POLICY.probe_pause)
    world.book()
    world.deliver()
    assert world.provider() == Provider("fake")


def test_bookings_do_not_notice(world: LinkedHost) -> None:
    """While the calendar fails, appointments are booked, moved and cancelled as ever."""
    world.calendar.fail_next(Verdict.DOWN, times=100)
    first, second = world.book(), world.book(NINE + HOUR)
    world.deliver()
    moved = world.scheduler.reschedule(first.id, NINE + 3 * HOUR)
    cancelled = world.scheduler.cancel(second.id)
    assert world.scheduler.upcoming(HOST) == (moved,)
    assert world.scheduler.get(second.id) == cancelled


def test_a_calendar_that_was_asked_too_often_is_left_alone(world: LinkedHost) -> None:
    """For as long as it says, or a minute; no attempt is counted and nothing else is sent meanwhile."""
    world.book()
    world.book(NINE + HOUR)
    for wish in (10 * SECOND, None):
        world.calendar.fail_next(Verdict.LIMITED, retry_after=wish)
        assert world.deliver() == 1
        assert world.provider().paused_until == world.clock() + (wish or USUAL_PAUSE)
        world.clock.advance(wish or USUAL_PAUSE)
    assert {row.attempts for row in world.scheduler.sync_rows(HOST)} == {0}
    world.deliver()
    assert world.states() == {SyncState.SYNCED}


def test_a_lost_key_pauses_everything_with_one_alert(world: LinkedHost) -> None:
    """Nothing is counted against an appointment, and all go on by themselves when the key is good again."""
    world.book()
    world.book(NINE + HOUR)
    world.calendar.fail_next(Verdict.LOCKED_OUT)
    assert world.deliver() == 1
    assert world.provider().alert == "locked_out"
    assert world.states() == {SyncState.PENDING}
    world.clock.advance(POLICY.locked_out_pause)
    world.deliver()
    assert world.provider().alert is None
    assert world.states() == {SyncState.SYNCED}


def test_what_is_taken_there_is_a_conflict_only_after_another_look(world: LinkedHost) -> None:
    """It might be our own attempt that is in the way, so the calendar is asked before anybody is told."""
    booked = world.book()
    world.calendar.fail_next(Verdict.TAKEN)
    world.deliver()
    assert world.row().state is SyncState.UNKNOWN
    world.clock.advance(POLICY.quiet)
    world.calendar.fail_next(Verdict.TAKEN, call="create")
    world.deliver()
    assert world.calendar.calls == ["create", "find", "create"]
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "taken")
    assert world.scheduler.get(booked.id) == booked


def test_appointments_that_change_places_both_arrive(world: LinkedHost) -> None:
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

    world.use(Crowded())
    first, second = world.book(), world.book(NINE + HOUR)
    world.deliver()
    world.scheduler.reschedule(first.id, NINE + 5 * HOUR)
    world.scheduler.reschedule(second.id, NINE)
    world.scheduler.reschedule(first.id, NINE + HOUR)
    for _ in range(5):
        world.deliver()
        world.clock.advance(POLICY.quiet)
    assert world.states() == {SyncState.SYNCED}
    assert [booking.during.start for booking in world.calendar.active(first.id)] == [NINE + HOUR]
    assert [booking.during.start for booking in world.calendar.active(second.id)] == [NINE]


def test_those_who_wait_for_each_other_in_vain_are_conflicts(world: LinkedHost) -> None:
    """Where strangers have the places that two appointments want, both say so in the end."""
    world.book()
    world.book(NINE + HOUR)
    world.calendar.fail_next(Verdict.TAKEN, times=100, call="create")
    for _ in range(2 * POLICY.most_attempts):
        world.deliver()
        world.clock.advance(POLICY.quiet)
    found = {(row.state, row.last_error) for row in world.scheduler.sync_rows(HOST)}
    assert found == {(SyncState.CONFLICT, "taken")}


def test_what_the_calendar_has_a_rule_against_is_a_conflict(world: LinkedHost) -> None:
    """The appointment stands here, and a person is told."""
    booked = world.book()
    world.calendar.fail_next(Verdict.DISAGREED)
    world.deliver()
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "disagreed")
    assert world.scheduler.get(booked.id) == booked


def test_what_is_gone_there_is_made_anew(world: LinkedHost) -> None:
    """A booking that was deleted over there is looked for once, and made again."""
    booked = world.book()
    world.deliver()
    world.calendar.bookings.clear()
    world.calendar.fail_next(Verdict.GONE)
    moved = world.scheduler.reschedule(booked.id, NINE + HOUR)
    world.deliver()
    assert world.calendar.calls == ["create", "move", "find", "create"]
    assert world.agrees(moved)


def test_what_cannot_be_made_because_something_is_gone_is_dead(world: LinkedHost) -> None:
    """Without the event type there that stands for the appointment, trying again is of no use."""
    world.book()
    world.calendar.fail_next(Verdict.GONE)
    world.deliver()
    assert (world.row().state, world.row().last_error) == (SyncState.DEAD, "gone")


@pytest.mark.parametrize("after", [True, False], ids=["took effect", "did not"])
def test_our_own_end_is_not_taken_for_a_person_s(world: LinkedHost, after: bool) -> None:
    """Whoever finds a booking ended that was about to be made anew makes it anew."""
    booked = world.book_there()
    longer = world.scheduler.reschedule(booked.id, NINE, duration=2 * HOUR)
    world.calendar.fail_next(Verdict.UNKNOWN, call="cancel", after=after)
    world.deliver()
    again = world.scheduler.reschedule(booked.id, NINE, duration=HOUR)
    assert world.inbound.look(booked.id) is Finding.LEFT
    world.clock.advance(POLICY.quiet)
    world.deliver()
    assert world.agrees(again)
    assert longer.version + 1 == again.version


def test_what_was_cancelled_there_is_not_made_anew(world: LinkedHost) -> None:
    """A move that finds its booking ended by a person waits for the cancellation to be brought over."""
    booked = world.book_there()
    world.scheduler.reschedule(booked.id, NINE + HOUR)
    world.calendar.change(world.uid(booked), is_active=False)
    world.calendar.fail_next(Verdict.TAKEN, call="move")
    world.deliver()
    world.clock.advance(POLICY.quiet)
    world.deliver()
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "cancelled_there")
    assert world.inbound.sweep() == 1
    cancelled = world.scheduler.get(booked.id)
    assert cancelled.status is Status.CANCELLED
    assert world.agrees(cancelled)


def test_what_is_nowhere_any_more_is_for_a_person_to_decide(world: LinkedHost) -> None:
    """A calendar that suddenly knows of no booking at all may be the one that is wrong."""
    booked = world.book_there()
    world.calendar.bookings.clear()
    assert world.inbound.look(booked.id) is Finding.LEFT
    world.scheduler.requeue(booked.id, "fake")
    world.deliver()
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "missing_there")
    assert world.scheduler.get(booked.id) == booked
    world.scheduler.requeue(booked.id, "fake")
    world.deliver()
    assert world.agrees(booked)

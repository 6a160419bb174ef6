"""Delivery to an external calendar, step by step."""

import attrs
import pytest

from linked_host import HOST, HOUR, NINE, POLICY, LinkedHost
from scheduling_core import Appointment, Interval, Link, SyncState
from scheduling_core.sync import RemoteBooking
from scheduling_core.testing import FakeCalendar


@pytest.fixture
def world() -> LinkedHost:
    """A linked host without appointments."""
    return LinkedHost()


def test_a_booking_is_brought_there_by_one_call(world: LinkedHost) -> None:
    """What nobody has told the calendar yet need not be looked for."""
    booked = world.book()
    assert world.deliver() == 1
    assert world.calendar.calls == ["create"]
    assert world.agrees(booked)


def test_a_move_is_one_call_and_follows_the_new_uid(world: LinkedHost) -> None:
    """A booking that was moved has another uid, and that one is moved the next time."""
    booked = world.book()
    world.deliver()
    for hours in (1, 2):
        booked = world.scheduler.reschedule(booked.id, NINE + hours * HOUR)
        world.deliver()
        assert world.agrees(booked)
    assert world.calendar.calls == ["create", "move", "move"]


def test_several_changes_at_once_are_one_call(world: LinkedHost) -> None:
    """Only where an appointment is in the end is told."""
    booked = world.book()
    for hours in (1, 2, 3):
        booked = world.scheduler.reschedule(booked.id, NINE + hours * HOUR)
    world.deliver()
    assert world.calendar.calls == ["create"]
    assert world.agrees(booked)


def test_another_length_is_another_booking(world: LinkedHost) -> None:
    """A calendar cannot change the length of what it holds, so it is ended and made anew."""
    booked = world.book()
    world.deliver()
    booked = world.scheduler.reschedule(booked.id, NINE, duration=2 * HOUR)
    world.deliver()
    assert world.calendar.calls == ["create", "cancel", "find", "create"]
    assert world.agrees(booked)


def test_a_cancelled_appointment_is_ended_there(world: LinkedHost) -> None:
    """And one that was cancelled before it was ever brought there costs no call."""
    booked = world.book()
    world.deliver()
    cancelled = world.scheduler.cancel(booked.id)
    world.deliver()
    assert world.calendar.calls == ["create", "cancel"]
    assert world.agrees(cancelled)
    world.scheduler.cancel(world.book().id)
    world.deliver()
    assert world.calendar.calls == ["create", "cancel"]


def test_a_change_that_the_calendar_does_not_show_costs_no_call(world: LinkedHost) -> None:
    """A name or a note is ours alone."""
    booked = world.book()
    world.deliver()
    world.scheduler.amend(booked.id, notes="allergic")
    world.deliver()
    assert world.calendar.calls == ["create"]
    assert world.row().synced_version == 2


def test_more_bookings_than_one_are_ended(world: LinkedHost) -> None:
    """A look that finds several keeps the one that is as wanted."""
    booked = world.book()
    world.deliver()
    world.calendar.add(booked.during, booked.id)
    world.calendar.add(Interval.of(NINE + HOUR, HOUR), booked.id)
    world.scheduler.requeue(booked.id, "fake")
    world.deliver()
    assert world.agrees(booked)


def test_an_answer_that_is_not_as_wanted_is_put_right_once(world: LinkedHost) -> None:
    """A calendar that keeps changing what it is told is a conflict, not a battle."""

    class Stubborn(FakeCalendar):
        def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
            short = attrs.evolve(appointment, during=Interval.of(NINE, HOUR / 2))
            return super().create(link, short)

    world.use(Stubborn())
    world.book()
    world.deliver()
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "remote_diverges")
    assert world.calendar.calls.count("create") == 2


def test_what_has_begun_is_not_brought_there_any_more(world: LinkedHost) -> None:
    """Calendars refuse the past, so the row says that it came too late."""
    world.book()
    world.clock.set(NINE)
    world.deliver()
    assert (world.row().state, world.row().last_error) == (SyncState.CONFLICT, "too_late")
    assert world.calendar.calls == []


def test_a_relay_that_was_too_slow_records_nothing(world: LinkedHost) -> None:
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
    world.deliver()
    assert world.agrees(world.scheduler.get(booked.id))


def test_a_change_during_a_step_is_delivered_next(world: LinkedHost) -> None:
    """The step records what it did, and the row stays open for the newer version."""
    booked = world.book()

    class Meanwhile(FakeCalendar):
        def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
            world.scheduler.reschedule(booked.id, NINE + HOUR)
            return super().create(link, appointment)

    world.use(Meanwhile())
    world.relay.step()
    assert (world.row().state, world.row().synced_version) == (SyncState.PENDING, 1)
    world.deliver()
    assert world.agrees(world.scheduler.get(booked.id))


def test_a_host_that_is_unlinked_during_a_step_stays_so(world: LinkedHost) -> None:
    """What the step did is not recorded, because nobody asks any more."""
    world.book()

    class Meanwhile(FakeCalendar):
        def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
            world.scheduler.unlink(HOST, "fake")
            return super().create(link, appointment)

    world.use(Meanwhile())
    assert world.deliver() == 1
    assert world.scheduler.sync_rows(HOST) == ()

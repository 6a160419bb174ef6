"""What may happen to a delivery between two looks, and must not cost anybody an appointment."""

import datetime as dt

import pytest

from linked_host import HOST, HOUR, NINE, NOW, POLICY, LinkedHost
from scheduling_core import (
    Appointment,
    AppointmentId,
    ExternalCalendarError,
    Interval,
    Link,
    Status,
    SyncState,
    deliveries,
)
from scheduling_core.external import Failure, Verdict
from scheduling_core.inbound import Finding
from scheduling_core.sync import Provider, RemoteBooking
from scheduling_core.testing import FakeCalendar, Fault


@pytest.fixture
def world() -> LinkedHost:
    """A linked host without appointments."""
    return LinkedHost()


def test_what_was_tidied_away_while_unlinked_is_brought_back(world: LinkedHost) -> None:
    """Bookings that a host ended there after the tie was cut say nothing about the appointments."""
    booked = world.book_there()
    uid = world.uid(booked)
    world.scheduler.unlink(HOST, "fake")
    world.calendar.change(uid, is_active=False)
    world.scheduler.link(HOST, Link("fake"))
    world.deliver()
    world.inbound.sweep(whole=True)
    assert world.scheduler.get(booked.id).status is Status.CONFIRMED
    assert world.agrees(booked)


def test_what_was_cancelled_here_while_unlinked_is_ended_there(world: LinkedHost) -> None:
    """A tie that is made again leaves no booking behind for an appointment that nobody keeps any more."""
    booked = world.book_there()
    world.scheduler.unlink(HOST, "fake")
    world.scheduler.cancel(booked.id)
    world.scheduler.link(HOST, Link("fake"))
    world.deliver()
    world.inbound.sweep(whole=True)
    world.deliver()
    assert world.calendar.active(booked.id) == []


@pytest.mark.parametrize("still_known", [True, False])
def test_a_booking_that_is_not_found_was_not_cancelled(world: LinkedHost, still_known: bool) -> None:
    """The end of the one that it was moved from, by ourselves, is no word about the one that is missing."""
    booked = world.book_there()
    world.scheduler.reschedule(booked.id, NINE + HOUR)
    world.deliver()
    uid = world.uid(booked)
    if still_known:
        world.calendar.change(uid, is_active=False)
    else:
        del world.calendar.bookings[uid]
    assert world.inbound.look(booked.id) is (Finding.CANCELLED if still_known else Finding.LEFT)
    status = world.scheduler.get(booked.id).status
    assert status is (Status.CANCELLED if still_known else Status.CONFIRMED)


def test_a_late_effect_of_ours_moves_nothing_here(world: LinkedHost) -> None:
    """What a delivery that was given up has left there is no wish of a person: the newest is here."""
    booked = world.book()
    world.calendar.fail_next(Verdict.UNKNOWN, after=True)
    world.relay.step()
    moved = world.scheduler.reschedule(booked.id, NINE + 5 * HOUR)
    world.clock.advance(2 * 60 * dt.timedelta(seconds=1))
    world.calendar.fail_next(Verdict.REFUSED)
    world.deliver()
    assert world.row(booked).state is SyncState.DEAD
    world.inbound.sweep()
    assert world.scheduler.get(booked.id) == moved


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.DISAGREED])
def test_a_refusal_of_what_is_outdated_is_not_the_end(verdict: Verdict) -> None:
    """A change made here while the calendar was being asked is delivered, whatever became of the question."""

    class Slow(FakeCalendar):
        def move(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
            quick.scheduler.cancel(appointment.id)
            return super().move(link, appointment, booking)

    quick = LinkedHost(Slow())
    booked = quick.book_there()
    quick.scheduler.reschedule(booked.id, NINE + HOUR)
    quick.calendar.fail_next(verdict, call="move")
    quick.deliver()
    assert quick.calendar.active(booked.id) == []
    assert quick.row(booked).state is SyncState.SYNCED


class Odd(FakeCalendar):
    """A calendar that fails for one appointment, and for no other."""

    odd: AppointmentId | None = None

    def __init__(self, verdict: Verdict = Verdict.DOWN) -> None:
        super().__init__()
        self.failure = Failure(verdict, verdict.value)

    def find(
        self, link: Link, appointment: Appointment, known: RemoteBooking | None
    ) -> tuple[RemoteBooking, ...]:
        """Return what is there, but for one."""
        if appointment.id == self.odd:
            raise Fault(self.failure)
        return super().find(link, appointment, known)


@pytest.mark.parametrize("by_hint", [True, False])
def test_one_that_always_fails_keeps_nobody_waiting(by_hint: bool) -> None:
    """All others are followed all the same, and the failure is told after that."""
    calendar = Odd()
    world = LinkedHost(calendar)
    odd, plain = world.book_there(), world.book_there(NINE + HOUR)
    for number, appointment in enumerate((odd, plain)):
        uid = world.uid(appointment)
        world.hint(uid, str(number) * 64)
        world.calendar.change(uid, is_active=False)
    calendar.odd = odd.id
    with pytest.raises(ExternalCalendarError):
        _ = world.inbound.follow_hints() if by_hint else world.inbound.sweep()
    assert world.scheduler.get(plain.id).status is Status.CANCELLED
    assert world.scheduler.get(odd.id) == odd


def test_one_answer_that_cannot_be_understood_stops_no_other_delivery() -> None:
    """After the pause that it costs, those that came later have their turn before it."""
    calendar = Odd(Verdict.LOCKED_OUT)
    world = LinkedHost(calendar)
    calendar.odd = world.book_there().id
    world.scheduler.requeue(calendar.odd, "fake")
    for hours in range(1, 5):
        world.deliver()
        plain = world.book(NINE + hours * HOUR)
        world.clock.advance(POLICY.locked_out_pause)
        world.deliver()
        assert world.agrees(plain)


def test_a_whole_sweep_does_not_stand_for_the_others(world: LinkedHost) -> None:
    """It sees ninety days, so what changed far ahead is still to be looked for by the next one."""
    world.inbound.sweep()
    world.clock.advance(24 * HOUR)
    world.inbound.sweep(whole=True)
    assert world.provider().swept_until == NOW


def test_an_answer_does_not_end_the_pause_that_another_was_told() -> None:
    """What was asked before the calendar wanted to be left alone says nothing about the pause."""
    until = NOW + HOUR
    paused = deliveries.pause(Provider("fake"), until)
    assert deliveries.recover(paused).is_paused(NOW)
    locked = deliveries.recover(deliveries.pause(Provider("fake"), until, "unauthorised"))
    assert locked.is_paused(NOW)


def test_a_past_appointment_that_was_never_there_is_left_alone(world: LinkedHost) -> None:
    """That it took place, or that its customer was erased, is no matter for a calendar linked later."""
    world.scheduler.unlink(HOST, "fake")
    booked = world.book()
    world.clock.set(NINE + 2 * HOUR)
    world.scheduler.link(HOST, Link("fake"))
    world.scheduler.complete(booked.id)
    world.deliver()
    assert world.states() <= {SyncState.SYNCED}


def test_time_that_passes_is_no_change_of_busy_times(world: LinkedHost) -> None:
    """A copy made while something there goes on is the same as before, and leaves no entry in the log."""
    world.calendar.busy_times = (Interval.of(NOW - HOUR, 9 * HOUR),)
    world.inbound.copy_busy(HOST)
    log = world.scheduler.changes(HOST)
    world.clock.advance(HOUR)
    world.inbound.copy_busy(HOST)
    assert world.scheduler.changes(HOST) == log

"""What was changed in an external calendar, brought over here."""

import datetime as dt

import attrs
import pytest

from linked_host import HOST, HOUR, NINE, NOW, VISIT, LinkedHost
from scheduling_core import (
    Appointment,
    AppointmentId,
    ExternalCalendarError,
    ExternallyBusy,
    HostId,
    Interval,
    Link,
    Status,
    SyncState,
    deliveries,
)
from scheduling_core.external import Verdict
from scheduling_core.inbound import OVERLAP, Finding
from scheduling_core.sync import RemoteBooking
from scheduling_core.testing import FakeCalendar, Fault


@pytest.fixture
def world() -> LinkedHost:
    """A linked host without appointments."""
    return LinkedHost()


def test_our_own_echo_changes_nothing(world: LinkedHost) -> None:
    """A look at what we wrote ourselves finds that both sides agree, and makes no work."""
    booked = world.book_there()
    log, rows, calls = world.scheduler.changes(HOST), world.scheduler.sync_rows(HOST), world.calendar.calls
    assert world.hint(world.uid(booked))
    assert world.inbound.follow_hints() == 1
    assert world.scheduler.changes(HOST) == log
    assert world.scheduler.sync_rows(HOST) == rows
    world.deliver()
    assert calls == ["create", "find"]


def test_the_same_message_twice_is_one_hint(world: LinkedHost) -> None:
    """What was followed is not followed again, and is forgotten after a while."""
    uid = world.uid(world.book_there())
    assert world.hint(uid)
    assert not world.hint(uid)
    assert (world.inbound.follow_hints(), world.inbound.follow_hints()) == (1, 0)
    assert not world.hint(uid)
    world.clock.advance(2 * HOUR)
    assert world.hint(uid)


def test_what_was_moved_there_is_moved_here(world: LinkedHost) -> None:
    """With another length too where the type allows it; the relay has nothing to do after."""
    booked = world.book_there()
    uid = world.uid(booked)
    for during in (Interval.of(NINE + HOUR, HOUR), Interval.of(NINE, 2 * HOUR)):
        world.calendar.change(uid, during=during)
        assert world.inbound.look(booked.id) is Finding.MOVED
        assert world.scheduler.get(booked.id).during == during
        row = world.row(booked)
        assert (row.state, row.origin) == (SyncState.SYNCED, "fake")
        assert row.desired_version == row.synced_version == world.scheduler.get(booked.id).version
        assert not world.relay.step()


def test_what_was_cancelled_there_is_cancelled_here(world: LinkedHost) -> None:
    """And the log says by whom."""
    booked = world.book_there()
    world.calendar.change(world.uid(booked), is_active=False)
    assert world.inbound.look(booked.id) is Finding.CANCELLED
    cancelled = world.scheduler.get(booked.id)
    assert cancelled.status is Status.CANCELLED
    assert getattr(world.scheduler.history(booked.id)[-1].change, "by", None) == "fake"
    assert not world.relay.step()


def test_what_collides_here_is_a_conflict(world: LinkedHost) -> None:
    """Nothing is moved on either side, a person is told why, and the same look tells it only once."""
    booked, other = world.book_there(), world.book_there(NINE + 3 * HOUR)
    world.calendar.change(world.uid(booked), during=other.during)
    assert world.inbound.look(booked.id) is Finding.MOVED
    assert world.scheduler.get(booked.id) == booked
    row = world.row(booked)
    assert (row.state, row.last_error) == (SyncState.CONFLICT, "overlap")
    assert world.inbound.look(booked.id) is Finding.LEFT
    assert not world.relay.step()


def test_a_conflict_is_over_when_both_sides_agree_again(world: LinkedHost) -> None:
    """Whoever put it back over there need not tell us."""
    booked, other = world.book_there(), world.book_there(NINE + 3 * HOUR)
    uid = world.uid(booked)
    world.calendar.change(uid, during=other.during)
    world.inbound.look(booked.id)
    world.calendar.change(uid, during=booked.during)
    assert world.inbound.look(booked.id) is Finding.AGREED
    assert world.row(booked).state is SyncState.SYNCED


def test_what_took_place_cannot_be_cancelled_there(world: LinkedHost) -> None:
    """A step that the lifecycle does not have is a conflict."""
    booked = world.book_there()
    world.clock.set(NINE + 2 * HOUR)
    world.scheduler.complete(booked.id)
    world.deliver()
    world.calendar.change(world.uid(booked), is_active=False)
    assert world.inbound.look(booked.id) is Finding.CANCELLED
    assert (world.row(booked).state, world.row(booked).last_error) == (SyncState.CONFLICT, "is_completed")


def test_a_change_here_that_is_on_its_way_is_newer(world: LinkedHost) -> None:
    """What was moved there is overwritten, unless it was cancelled there: that stays so."""
    booked, other = world.book_there(), world.book_there(NINE + 3 * HOUR)
    for appointment in (booked, other):
        world.scheduler.reschedule(appointment.id, appointment.during.start + HOUR)
    world.calendar.change(world.uid(booked), during=Interval.of(NINE + 9 * HOUR, HOUR))
    world.calendar.change(world.uid(other), is_active=False)
    assert world.inbound.look(booked.id) is Finding.LEFT
    assert world.inbound.look(other.id) is Finding.CANCELLED
    world.deliver()
    assert [b.during.start for b in world.calendar.active(booked.id)] == [NINE + HOUR]
    assert world.scheduler.get(other.id).status is Status.CANCELLED
    assert world.calendar.active(other.id) == []


@pytest.mark.parametrize("state", [SyncState.IN_FLIGHT, SyncState.UNKNOWN])
def test_what_a_relay_is_at_is_left_to_it(world: LinkedHost, state: SyncState) -> None:
    """A booking that seems to have gone may be one that a step is just making anew."""
    booked = world.book_there()
    world.calendar.change(world.uid(booked), is_active=False)
    busy = attrs.evolve(world.row(booked), state=state, next_due=NOW + HOUR)
    world.storage.transact(lambda work: work.outbox.put(busy))
    assert world.inbound.look(booked.id) is Finding.LEFT
    assert world.scheduler.get(booked.id) == booked


@pytest.mark.parametrize("cancelled", [True, False])
def test_what_nobody_would_do_is_put_right(world: LinkedHost, cancelled: bool) -> None:
    """A second booking, or one for a cancelled appointment, is a late effect of ours."""
    booked = world.book_there()
    if cancelled:
        world.scheduler.cancel(booked.id)
        world.deliver()
    world.calendar.add(booked.during, booked.id)
    assert world.inbound.look(booked.id) is Finding.DOUBTFUL
    world.deliver()
    assert len(world.calendar.active(booked.id)) == (0 if cancelled else 1)


def test_a_delivery_that_failed_is_not_a_cancellation(world: LinkedHost) -> None:
    """What was never there was not cancelled there."""
    world.calendar.fail_next(Verdict.REFUSED)
    booked = world.book_there()
    assert world.row(booked).state is SyncState.DEAD
    assert world.inbound.look(booked.id) is Finding.LEFT
    assert world.scheduler.get(booked.id) == booked


def test_a_sweep_finds_what_no_hint_told() -> None:
    """It begins a little before the last one, and all over again when it is told to."""
    asked: list[dt.datetime | None] = []

    class Listening(FakeCalendar):
        def changed(self, since: dt.datetime | None) -> tuple[RemoteBooking, ...]:
            asked.append(since)
            return super().changed(since)

    world = LinkedHost(Listening())
    booked = world.book_there()
    world.calendar.change(world.uid(booked), during=Interval.of(NINE + HOUR, HOUR))
    assert world.inbound.sweep() == 1
    assert world.scheduler.get(booked.id).during.start == NINE + HOUR
    world.clock.advance(HOUR)
    world.inbound.sweep()
    world.inbound.sweep(whole=True)
    assert asked == [None, NOW - OVERLAP, None]


def test_a_sweep_that_fails_begins_again_where_it_did(world: LinkedHost) -> None:
    """Nothing that it did not come to is taken for seen."""
    booked = world.book_there()
    world.inbound.sweep()
    world.clock.advance(HOUR)
    world.calendar.change(world.uid(booked), is_active=False)
    world.calendar.fail_next(Verdict.DOWN, call="find")
    with pytest.raises(ExternalCalendarError):
        world.inbound.sweep()
    known = world.storage.read(lambda work: work.outbox.provider("fake"))
    assert known.swept_until == NOW
    world.inbound.sweep()
    assert world.scheduler.get(booked.id).status is Status.CANCELLED


def test_a_sweep_does_not_look_at_what_is_as_we_left_it(world: LinkedHost) -> None:
    """It costs one list, however many appointments there are, and only what differs costs more."""
    booked = [world.book_there(NINE + number * HOUR) for number in range(5)]
    world.scheduler.reschedule(booked[0].id, NINE + 9 * HOUR)
    world.scheduler.cancel(booked[1].id)
    world.deliver()
    world.calendar.calls.clear()
    assert world.inbound.sweep(whole=True) == 0
    assert world.calendar.calls == ["changed"]
    world.calendar.change(world.uid(booked[2]), is_active=False)
    assert world.inbound.sweep(whole=True) == 1
    assert world.calendar.calls == ["changed", "changed", "find"]


def test_what_is_refused_for_good_keeps_nobody_waiting(world: LinkedHost) -> None:
    """One hint, or one appointment of a sweep, that is never answered well is let go."""
    odd, plain = world.book_there(), world.book_there(NINE + HOUR)
    for appointment in (odd, plain):
        world.calendar.change(world.uid(appointment), is_active=False)
    world.calendar.fail_next(Verdict.REFUSED, call="find")
    assert world.inbound.sweep() == 2
    assert world.scheduler.get(plain.id).status is Status.CANCELLED
    world.hint(next(iter(world.calendar.bookings)))
    world.calendar.fail_next(Verdict.REFUSED)
    assert world.inbound.follow_hints() == 1
    assert world.inbound.follow_hints() == 0
    assert world.scheduler.get(odd.id) == odd


def test_a_hint_that_cannot_be_followed_stays(world: LinkedHost) -> None:
    """It is followed when the calendar answers again."""
    booked = world.book_there()
    world.hint(world.uid(booked))
    world.calendar.change(world.uid(booked), is_active=False)
    world.calendar.fail_next(Verdict.DOWN)
    with pytest.raises(Fault):
        world.inbound.follow_hints()
    assert world.inbound.follow_hints() == 1
    assert world.scheduler.get(booked.id).status is Status.CANCELLED


def test_a_hint_about_an_unknown_uid_is_asked_about(world: LinkedHost) -> None:
    """A booking that got another uid over there still has our mark; one without is nobody's."""
    booked = world.book_there()
    world.calendar.change(world.uid(booked), is_active=False)
    moved = world.calendar.add(Interval.of(NINE + HOUR, HOUR), booked.id)
    stranger = world.calendar.add(Interval.of(NINE + 5 * HOUR, HOUR))
    world.hint(moved.uid)
    world.hint(stranger.uid, "e" * 64)
    world.hint("nobody's", "f" * 64)
    assert world.inbound.follow_hints() == 3
    assert world.scheduler.get(booked.id).during == moved.during
    assert not world.relay.step()


def test_what_is_not_ours_or_not_linked_is_left(world: LinkedHost) -> None:
    """An appointment that is unknown here, as after a restored backup, is left where it is."""
    booked = world.book_there()
    world.scheduler.unlink(HOST, "fake")
    world.calendar.change(world.uid(booked), is_active=False)
    assert world.inbound.look(booked.id) is Finding.LEFT
    world.calendar.add(Interval.of(NINE, HOUR), AppointmentId("unknown"))
    assert world.inbound.sweep() == 1
    assert world.scheduler.get(booked.id) == booked


def test_what_happens_during_a_look_is_not_undone() -> None:
    """A change here while the calendar is asked makes the look worthless, and the next one counts."""

    class Slow(FakeCalendar):
        def find(
            self, link: Link, appointment: Appointment, known: RemoteBooking | None
        ) -> tuple[RemoteBooking, ...]:
            quick.scheduler.amend(appointment.id, notes="allergic")
            return super().find(link, appointment, known)

    quick = LinkedHost(Slow())
    booked = quick.book_there()
    quick.calendar.change(quick.uid(booked), during=Interval.of(NINE + HOUR, HOUR))
    assert quick.inbound.look(booked.id) is Finding.LEFT
    assert quick.scheduler.get(booked.id).during == booked.during


def test_busy_times_are_copied(world: LinkedHost) -> None:
    """What is taken there cannot be booked here, and a host without a link has no copy."""
    world.calendar.busy_times = (Interval.of(NINE, HOUR),)
    assert world.inbound.copy_busy(HOST)
    [reason] = world.scheduler.explain(HOST, VISIT, NINE)
    assert isinstance(reason, ExternallyBusy)
    world.scheduler.unlink(HOST, "fake")
    assert not world.inbound.copy_busy(HOST)
    assert not world.inbound.copy_busy(HostId("nobody"))
    assert world.scheduler.explain(HOST, VISIT, NINE) == ()


def test_two_programs_that_answer_each_other_are_stopped(world: LinkedHost) -> None:
    """When the sides have moved an appointment in turn too often, a person has to say where it is."""
    booked = world.book_there()
    for _ in range(deliveries.MOST_FLIPS):
        world.calendar.change(world.uid(booked), during=Interval.of(NINE + HOUR, HOUR))
        world.inbound.look(booked.id)
        if world.row(booked).state is SyncState.CONFLICT:
            break
        world.scheduler.reschedule(booked.id, NINE)
        world.deliver()
    assert world.row(booked).last_error == "ping_pong"

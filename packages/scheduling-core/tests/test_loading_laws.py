"""A scheduler loads a part of what is stored, and answers as if it had loaded everything."""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from scheduling_core import (
    Agenda,
    Appointment,
    AppointmentId,
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
    TimeRange,
    WeeklyHours,
    explain,
)
from scheduling_core.ports import Claimed, UnitOfWork
from scheduling_core.testing import CountingIds, ManualClock, strategies
from scheduling_core.testing.strategies import Situation

T = TypeVar("T")

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
GONE = (Status.CANCELLED, Status.DECLINED)


@st.composite
def stored(draw: st.DrawFn) -> Situation:
    """Draw a situation with more appointments, days and weeks away, for the limits to count.

    Leaves out busy intervals: the storage in memory has no copy of another calendar.
    """
    asked = draw(strategies.situations())
    shifts = draw(st.lists(st.sampled_from((-40, -8, -3, 3, 8, 40)), max_size=3, unique=True))
    agenda = asked.agenda
    last = max((each.occupied.end for each in agenda.appointments), default=agenda.window.end)
    first = min((each.occupied.start for each in agenda.appointments), default=agenda.window.start)
    far = [
        _visit(asked, shift, (first if shift < 0 else last) + shift * DAY + (HOUR if shift > 0 else -HOUR))
        for shift in shifts
    ]
    everything = attrs.evolve(agenda, appointments=[*agenda.appointments, *far], external_busy=())
    return attrs.evolve(asked, agenda=everything)


def _visit(asked: Situation, number: int, start: dt.datetime) -> Appointment:
    during = Interval.of(start, HOUR / 2)
    return Appointment(
        AppointmentId(f"far-{number}"),
        asked.agenda.host,
        asked.type.id,
        "Ada",
        during,
        during,
        Status.CONFIRMED,
        1,
        asked.agenda.schedule.timezone,
        created_at=asked.now,
        updated_at=asked.now,
    )


def open_for(asked: Situation) -> Scheduler:
    """Return a scheduler over a storage that holds the situation."""
    storage = MemoryStorage()
    asked.store(storage)
    return Scheduler(storage, clock=ManualClock(asked.now), new_id=CountingIds())


def question(asked: Situation) -> oracles.Question:
    """Return the situation as the oracle takes it."""
    return oracles.Question(asked.agenda, asked.type, asked.now, asked.duration, asked.moving)


def starts_of(agenda: Agenda) -> list[dt.datetime]:
    """Return some starts of the window."""
    return [agenda.window.start + step * HOUR for step in range(0, agenda.window.duration // HOUR, 3)]


@given(stored())
def test_what_is_loaded_suffices_to_offer(asked: Situation) -> None:
    """`find_slots` of a scheduler is the brute force over everything that is stored."""
    moving = None if asked.moving is None else asked.moving.id
    found = open_for(asked).find_slots(
        asked.agenda.host, asked.type.id, asked.agenda.window, duration=asked.duration, moving=moving
    )
    assert found == question(asked).slots()


@given(stored())
def test_what_is_loaded_suffices_to_explain(asked: Situation) -> None:
    """`explain` of a scheduler names what everything that is stored has against a start."""
    scheduler, oracle = open_for(asked), question(asked)
    moving = None if asked.moving is None else asked.moving.id
    for start in starts_of(asked.agenda):
        reasons = scheduler.explain(
            asked.agenda.host, asked.type.id, start, duration=asked.duration, moving=moving
        )
        assert [each.code for each in reasons] == [code for code, _ in oracle.causes(start)]


@given(stored())
def test_what_is_loaded_suffices_to_tell_all(asked: Situation) -> None:
    """A reason of a scheduler names the same cause and starts as one that knows everything, a day around."""
    scheduler = open_for(asked)
    moving = None if asked.moving is None else asked.moving.id
    for start in starts_of(asked.agenda):
        reach = Interval(start - DAY, start + DAY)
        everything = attrs.evolve(asked.agenda, window=reach)
        assert scheduler.explain(
            asked.agenda.host, asked.type.id, start, duration=asked.duration, moving=moving
        ) == explain(
            everything, asked.type, start, now=asked.now, duration=asked.duration, moving=asked.moving
        )


@given(stored())
def test_what_is_loaded_suffices_to_decide(asked: Situation) -> None:
    """`book` and `reschedule` accept a start if and only if all that is stored has nothing against it."""
    oracle = question(asked)
    for start in starts_of(asked.agenda)[:8]:
        scheduler = open_for(asked)
        expected = [code for code, _ in oracle.causes(start)]
        if expected:
            with pytest.raises(BookingRefused) as refused:
                _take(scheduler, asked, start)
            assert [each.code for each in refused.value.reasons] == expected
        else:
            assert _take(scheduler, asked, start).during == Interval.of(start, oracle.length)


def _take(scheduler: Scheduler, asked: Situation, start: dt.datetime) -> Appointment:
    if asked.moving is not None:
        return scheduler.reschedule(asked.moving.id, start, duration=asked.duration)
    return scheduler.book(BookingRequest(asked.agenda.host, asked.type.id, start, "Ada", asked.duration))


@given(stored(), st.integers(-40, 140))
def test_suggestions_are_the_nearest_slots_of_two_weeks_to_both_sides(asked: Situation, steps: int) -> None:
    """`suggest` of a scheduler sorts what it offers by distance."""
    scheduler, host, wanted = open_for(asked), asked.agenda.host, asked.type.id
    start = asked.agenda.window.start + steps * HOUR / 2
    reach = Interval(start - 14 * DAY, start + 14 * DAY)
    offered = scheduler.find_slots(host, wanted, reach, duration=asked.duration)
    nearest = sorted(offered, key=lambda slot: (abs(slot - start), slot))[:5]
    assert scheduler.suggest(host, wanted, start, duration=asked.duration) == nearest


@given(stored())
def test_the_next_slot_is_the_first_from_now_to_the_horizon(asked: Situation) -> None:
    """Without a window, `next_slot` looks as far as anything may be booked."""
    scheduler, host, wanted = open_for(asked), asked.agenda.host, asked.type.id
    ahead = Interval(asked.now, asked.now + (asked.type.policy.horizon_days + 3) * DAY)
    offered = scheduler.find_slots(host, wanted, ahead, duration=asked.duration)
    assert scheduler.next_slot(host, wanted, duration=asked.duration) == next(iter(offered), None)


@attrs.frozen
class Watched:
    """A unit of work that tells how many appointments were loaded."""

    unit: UnitOfWork
    loaded: list[int]

    def claimed(self, host: HostId, span: Interval, counted: Any) -> Claimed:  # noqa: ANN401  Handed on as it is.
        """Return what claims *span*, and note how much it is."""
        found = self.unit.claimed(host, span, counted)
        self.loaded.append(len(found.appointments))
        return found

    def __getattr__(self, name: str) -> object:
        return getattr(self.unit, name)


@attrs.frozen
class WatchedStorage:
    """Keeps everything in memory, and notes how many appointments each decision loads."""

    memory: MemoryStorage
    loaded: list[int] = attrs.Factory(list)

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in a transaction that is watched."""
        return self.memory.transact(lambda unit: work(cast("UnitOfWork", Watched(unit, self.loaded))))

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* on a snapshot."""
        return self.memory.read(work)

    def close(self) -> None:
        """Do nothing."""


def test_a_full_day_costs_a_booking_nothing() -> None:
    """Of all the appointments of a day, a decision over one start loads those that could stand in its way."""
    storage = WatchedStorage(MemoryStorage())
    scheduler = Scheduler(storage, clock=ManualClock(NOW), new_id=CountingIds())
    scheduler.set_schedule(
        HOST, Schedule("UTC", WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0))))
    )
    scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", durations=[HOUR / 4]))
    booked = [scheduler.book(BookingRequest(HOST, VISIT, NOW + n * HOUR / 4, "Ada")) for n in range(1, 90)]
    storage.loaded.clear()
    scheduler.book(BookingRequest(HOST, VISIT, NOW + 90 * HOUR / 4, "Ada"))
    scheduler.reschedule(booked[0].id, NOW + 100 * HOUR / 4)
    assert storage.loaded == [1, 0]  # The one that ends where the first of the two begins.

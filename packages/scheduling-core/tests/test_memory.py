"""The storage in memory: transactions, snapshots, the guard, and races."""

import datetime as dt
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from zoneinfo import ZoneInfo

import attrs
import pytest

from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    Booked,
    BookingRefused,
    BookingRequest,
    Cancelled,
    Conflict,
    HostId,
    Interval,
    MemoryStorage,
    Schedule,
    Scheduler,
    ScheduleSet,
    Status,
    TimeOff,
    TimeOffAdded,
    TimeRange,
    TypeAdded,
    WeeklyHours,
)
from scheduling_core.memory.unit_of_work import MemoryUnitOfWork
from scheduling_core.ports import Answer, LostRace, UnitOfWork

T = TypeVar("T")
HOST, TALK, UTC = HostId("host"), AppointmentTypeId("talk"), ZoneInfo("UTC")
HOUR = dt.timedelta(hours=1)
NOW, NINE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
SCHEDULE = Schedule(UTC, WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(17))))
SET = ScheduleSet(HOST, NOW, SCHEDULE)
AWAY = TimeOffAdded(HOST, NOW, TimeOff(Interval.of(NOW, HOUR)))
THREADS = 32


def met(name: str, start: dt.datetime = NINE, status: Status = Status.CONFIRMED) -> Appointment:
    """Return an appointment of an hour."""
    during = Interval.of(start, HOUR)
    return Appointment(
        id=AppointmentId(name),
        host=HOST,
        type=TALK,
        customer_name="Ann",
        during=during,
        occupied=during,
        status=status,
        version=1,
        timezone=UTC,
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.fixture
def storage() -> MemoryStorage:
    """A storage that knows a host with hours and a type."""
    prepared = MemoryStorage()
    prepared.transact(lambda work: work.record(SET))
    prepared.transact(lambda work: work.record(TypeAdded(HOST, NOW, AppointmentType(TALK, "Talk"))))
    return prepared


def version(work: UnitOfWork) -> int | None:
    """Return the host's version, or None for an unknown host."""
    host = work.host(HOST)
    return None if host is None else host.version


class TestTransactions:
    """What a transaction keeps."""

    def test_it_keeps_what_was_written(self, storage: MemoryStorage) -> None:
        """Its own writes are seen inside, and by everyone afterwards."""

        def work(unit: UnitOfWork) -> list[int | None]:
            return [unit.record(Booked(met("a"))), version(unit), unit.record(AWAY)]

        assert storage.transact(work) == [3, 3, 4]
        assert storage.read(version) == 4
        assert storage.read(lambda work: work.appointment(AppointmentId("a"))) == met("a")

    def test_an_error_rolls_everything_back(self, storage: MemoryStorage) -> None:
        """Of work that raises nothing stays, and the error comes through."""

        def work(unit: UnitOfWork) -> None:
            unit.record(Booked(met("a")))
            unit.remember(HOST, "key", Answer("print", met("a"), NOW), NOW)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            storage.transact(work)
        assert storage.read(version) == 2
        assert storage.read(lambda work: work.appointment(AppointmentId("a"))) is None
        assert storage.read(lambda work: work.recall(HOST, "key", NOW)) is None

    def test_a_snapshot_does_not_move(self, storage: MemoryStorage) -> None:
        """What others write meanwhile is not seen, and nobody is kept waiting."""

        def work(unit: UnitOfWork) -> tuple[int | None, int | None]:
            storage.transact(lambda other: other.record(AWAY))
            return version(unit), storage.read(version)

        assert storage.read(work) == (2, 3)

    def test_a_transaction_does_not_open_another(self, storage: MemoryStorage) -> None:
        """The outer one would overwrite what the inner one wrote, so the inner one is refused."""
        with pytest.raises(RuntimeError, match="open in this thread already"):
            storage.transact(lambda _: storage.transact(version))
        assert storage.transact(version) == 2

    def test_a_snapshot_writes_nothing(self, storage: MemoryStorage) -> None:
        """What is recorded in it is gone with it."""
        storage.read(lambda work: work.record(AWAY))
        assert storage.read(version) == 2

    def test_an_unknown_host_has_nothing(self) -> None:
        """Every question about it has an empty answer, and only hours make it known."""
        empty, window = MemoryStorage(), Interval.of(NOW, HOUR)
        answers: list[Callable[[UnitOfWork], object]] = [
            version,
            lambda work: work.appointment_type(HOST, TALK),
            lambda work: work.types(HOST) + work.time_off(HOST) + work.between(HOST, window),
            lambda work: work.upcoming(HOST, NOW, None) + work.changes(HOST, 0),
            lambda work: work.history(AppointmentId("a")),
            lambda work: work.claimed(HOST, window, None).appointments,
            lambda work: work.recall(HOST, "key", NOW),
        ]
        assert [answer for answer in map(empty.read, answers) if answer] == []
        with pytest.raises(Conflict):
            empty.transact(lambda work: work.record(AWAY))
        with pytest.raises(Conflict):
            empty.transact(lambda work: work.remember(HOST, "key", Answer("", met("a"), NOW), NOW))
        assert empty.transact(lambda work: work.record(SET)) == 1

    def test_it_stays_until_it_is_let_go(self, storage: MemoryStorage) -> None:
        """Closing loses nothing."""
        storage.close()
        assert storage.read(version) == 2


class TestLostRaces:
    """Work that came second."""

    @pytest.mark.parametrize("losses", [0, 1, 3])
    def test_work_runs_again(self, storage: MemoryStorage, losses: int) -> None:
        """After a lost race it starts anew, without what it wrote before."""
        runs = itertools.count()

        def work(unit: UnitOfWork) -> int:
            recorded = unit.record(AWAY)
            if next(runs) < losses:
                raise LostRace
            return recorded

        assert storage.transact(work) == 3
        assert next(runs) == losses + 1

    def test_in_the_end_it_is_a_conflict(self, storage: MemoryStorage) -> None:
        """A race that stays lost is told with the number of tries, and nothing is kept."""
        runs = itertools.count()

        def work(unit: UnitOfWork) -> None:
            unit.record(AWAY)
            next(runs)
            raise LostRace

        with pytest.raises(Conflict) as caught:
            storage.transact(work)
        assert caught.value.attempts == next(runs) == 4
        assert storage.read(version) == 2


class TestGuard:
    """What cannot be recorded, whoever decided it."""

    def attempt(self, storage: MemoryStorage, *changes: Booked | Cancelled) -> None:
        """Record changes in one transaction."""
        storage.transact(lambda work: [work.record(change) for change in changes])

    @pytest.mark.parametrize(
        ("second", "allowed"),
        [
            (met("b"), False),
            (met("b", NINE + HOUR - dt.timedelta.resolution), False),
            (met("b", NINE + HOUR), True),
            (met("b", status=Status.CANCELLED), True),
            (attrs.evolve(met("b"), host=HostId("other")), True),
        ],
        ids=["same", "last-tick", "touching", "holds-no-time", "other-host"],
    )
    def test_an_overlap_is_not_recorded(
        self, storage: MemoryStorage, second: Appointment, allowed: bool
    ) -> None:
        """Occupied time of a host cannot be occupied again."""
        storage.transact(lambda work: work.record(attrs.evolve(SET, host=HostId("other"))))
        self.attempt(storage, Booked(met("a")))
        if allowed:
            self.attempt(storage, Booked(second))
        else:
            with pytest.raises(Conflict):
                self.attempt(storage, Booked(second))
        assert (storage.read(lambda work: work.appointment(second.id)) is not None) is allowed

    def test_a_stale_version_is_not_recorded(self, storage: MemoryStorage) -> None:
        """A change builds on the version that is stored, no older one and no later one."""
        self.attempt(storage, Booked(met("a")))
        for number in (1, 3):
            with pytest.raises(Conflict):
                self.attempt(storage, Cancelled(attrs.evolve(met("a"), version=number)))
        self.attempt(storage, Cancelled(attrs.evolve(met("a"), version=2)))

    def test_an_answer_is_kept_once(self, storage: MemoryStorage) -> None:
        """A second answer under a key loses the race, until the first one is forgotten."""
        answer = Answer("print", met("a"), NOW)
        storage.transact(lambda work: work.remember(HOST, "key", answer, NOW))
        with pytest.raises(Conflict):
            storage.transact(lambda work: work.remember(HOST, "key", answer, NOW))
        later = attrs.evolve(answer, at=NOW + HOUR)
        storage.transact(lambda work: work.remember(HOST, "key", later, NOW + HOUR))
        assert storage.read(lambda work: work.recall(HOST, "key", NOW + HOUR)) == later


class Unguarded(MemoryStorage):
    """A storage without the lock and the guard: everybody decides before anybody has written."""

    def __init__(self, prepared: MemoryStorage) -> None:
        super().__init__()
        self._kept, self._decided = prepared._kept, threading.Barrier(THREADS)

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* on what is there, and add what it wrote to whatever is there by then."""
        unit = MemoryUnitOfWork(self._kept, self._owners, self._calendars)
        result = work(unit)
        self._decided.wait(timeout=60)
        with self._lock:
            kept = self._kept[HOST]
            both = {**kept.appointments, **unit.written[HOST].appointments}
            self._kept = {HOST: attrs.evolve(kept, appointments=both)}
        return result


def race(storage: MemoryStorage, key: str | None = None) -> list[Appointment]:
    """Let all threads book one slot at once, and return the appointments that they were given."""
    scheduler, start = Scheduler(storage, clock=lambda: NOW), threading.Barrier(THREADS)

    def run(number: int) -> Appointment | None:
        name = "Ann" if key else f"Customer {number}"
        start.wait(timeout=60)
        try:
            return scheduler.book(BookingRequest(HOST, TALK, NINE, name), idempotency_key=key)
        except BookingRefused:
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        return [booked for booked in pool.map(run, range(THREADS)) if booked is not None]


def stored(storage: MemoryStorage) -> tuple[Appointment, ...]:
    """Return the appointments of the slot that is raced for."""
    return storage.read(lambda work: work.between(HOST, Interval.of(NINE, HOUR)))


def test_of_many_who_want_one_slot_one_gets_it(storage: MemoryStorage) -> None:
    """However many ask at once, one is given the slot and the others are refused."""
    winners = race(storage)
    assert len(winners) == 1
    assert stored(storage) == tuple(winners)


def test_without_lock_and_guard_the_same_race_double_books(storage: MemoryStorage) -> None:
    """The race above would notice: here everyone is given the slot."""
    unguarded = Unguarded(storage)
    assert len(race(unguarded)) == THREADS
    assert len(stored(unguarded)) == THREADS


def test_twins_get_one_answer(storage: MemoryStorage) -> None:
    """The same request under the same key, sent many times at once, makes one appointment."""
    answers = race(storage, key="once")
    assert len(answers) == THREADS
    assert {answer.id for answer in answers} == {item.id for item in stored(storage)}
    assert len(stored(storage)) == 1

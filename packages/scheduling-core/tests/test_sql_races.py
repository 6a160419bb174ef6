"""Many at once, on real databases; and the proof that these tests would notice."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    HostId,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
    usecases,
)
from scheduling_core.changes import Change
from scheduling_core.ports import LostRace, Stamp
from scheduling_core.sql import SqlStorage, SqlUnitOfWork, diagnose, guard
from scheduling_core.testing import ManualClock

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + dt.timedelta(days=1, hours=9)
CLIENTS = 16


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStorage]:
    """A storage with a host that is open all day."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'scheduling.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    storage = SqlStorage.from_url(url, pool_size=CLIENTS)
    storage.migrate()
    scheduler = Scheduler(storage, clock=ManualClock(NOW))
    all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
    scheduler.set_schedule(HOST, Schedule("UTC", all_day))
    scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (dt.timedelta(hours=1),)))
    yield storage
    storage.close()


def run_at_once(call: Callable[[int], object]) -> list[object]:
    """Make the call in many threads that start together; return what came of each, errors included."""
    barrier = threading.Barrier(CLIENTS)
    outcomes: list[object] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            outcomes.append(call(number))
        except Exception as error:  # noqa: BLE001  Whatever it is, the test looks at it.
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_one_slot_has_one_winner(storage: SqlStorage) -> None:
    """Of many bookings of one slot at once, one is confirmed and all others are refused with reasons."""
    scheduler = Scheduler(storage, clock=ManualClock(NOW))
    for day in range(5):

        def book(number: int, day: int = day) -> Appointment:
            # Some ask for the time itself, some for one that overlaps it.
            start = NINE + dt.timedelta(days=day, minutes=number % 4 * 15)
            return scheduler.book(BookingRequest(HOST, VISIT, start, "Ann"))

        outcomes = run_at_once(book)
        assert sum(isinstance(outcome, Appointment) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, BookingRefused) for outcome in outcomes) == CLIENTS - 1
    assert diagnose(storage.engine).is_healthy


def test_one_key_makes_one_appointment(storage: SqlStorage) -> None:
    """Of many twins under one key, all get the same appointment, and there is one."""
    scheduler = Scheduler(storage, clock=ManualClock(NOW))
    request = BookingRequest(HOST, VISIT, NINE, "Ann")
    outcomes = run_at_once(lambda _: scheduler.book(request, idempotency_key="key"))
    assert set(outcomes) == set(scheduler.upcoming(HOST))
    assert len(outcomes) == CLIENTS


def test_one_free_slot_takes_one_move(storage: SqlStorage) -> None:
    """Of many appointments that move to one free slot at once, one does and the others stay."""
    scheduler = Scheduler(storage, clock=ManualClock(NOW))
    hour = dt.timedelta(hours=1)
    booked = [
        scheduler.book(BookingRequest(HOST, VISIT, NINE + (number + 1) * hour, "Ann"))
        for number in range(CLIENTS)
    ]
    outcomes = run_at_once(lambda number: scheduler.reschedule(booked[number].id, NINE))
    [moved] = [outcome for outcome in outcomes if isinstance(outcome, Appointment)]
    stayed = {appointment for appointment in booked if appointment.id != moved.id}
    assert set(scheduler.upcoming(HOST)) == stayed | {moved}


def test_versions_have_no_gaps(storage: SqlStorage) -> None:
    """Whatever happens at once, every change has its own version, one after the other."""
    scheduler = Scheduler(storage, clock=ManualClock(NOW))

    def work(number: int) -> None:
        start = NINE + dt.timedelta(hours=number)
        booked = scheduler.book(BookingRequest(HOST, VISIT, start, "Ann"))
        scheduler.amend(booked.id, notes="long hair")
        scheduler.cancel(booked.id)

    assert run_at_once(work) == [None] * CLIENTS
    assert [entry.version for entry in scheduler.changes(HOST)] == list(range(1, 3 + 3 * CLIENTS))


def take_down(storage: SqlStorage) -> None:
    """Remove the guard."""
    postgresql = f"ALTER TABLE scheduling_appointment DROP CONSTRAINT {guard.NAME}"
    sqlite = f"DROP TRIGGER {guard.NAME}_on_insert"
    with storage.engine.begin() as connection:
        connection.execute(sa.text(postgresql if connection.dialect.name == "postgresql" else sqlite))


def book_without_lock(storage: SqlStorage) -> list[object]:
    """Let two book one slot at once, both in transactions as Python makes them by default."""
    engine = sa.create_engine(storage.engine.url)
    both_have_read = threading.Barrier(2)

    class Unlocked(SqlUnitOfWork):
        def record(self, change: Change) -> int:
            both_have_read.wait()
            return super().record(change)

    def book(number: int) -> Appointment:
        stamp, request = Stamp(NOW, f"number {number}"), BookingRequest(HOST, VISIT, NINE, "Ann")
        with engine.begin() as connection:
            return usecases.book(Unlocked(connection, locking=False), stamp, request)

    outcomes = run_at_once(lambda number: book(number) if number < 2 else None)
    engine.dispose()
    return [outcome for outcome in outcomes if outcome is not None]


def test_without_lock_and_guard_there_is_a_double_booking(storage: SqlStorage) -> None:
    """Without the lock and without the guard two bookings of one slot succeed, and the doctor sees it."""
    take_down(storage)
    outcomes = book_without_lock(storage)
    assert [type(outcome) for outcome in outcomes] == [Appointment, Appointment]
    [overlap] = diagnose(storage.engine).overlaps
    assert {overlap.first, overlap.second} == {"number 0", "number 1"}


def test_without_lock_the_guard_stands_alone(storage: SqlStorage) -> None:
    """Without the lock, the guard turns the second of two bookings of one slot into a lost race."""
    outcomes = book_without_lock(storage)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Appointment", LostRace.__name__]
    assert diagnose(storage.engine).is_healthy


def test_without_guard_the_lock_stands_alone(storage: SqlStorage) -> None:
    """Without the guard, the lock still leaves one winner."""
    take_down(storage)
    scheduler = Scheduler(storage, clock=ManualClock(NOW))
    outcomes = run_at_once(lambda _: scheduler.book(BookingRequest(HOST, VISIT, NINE, "Ann")))
    assert sum(isinstance(outcome, Appointment) for outcome in outcomes) == 1
    assert diagnose(storage.engine).overlaps == ()

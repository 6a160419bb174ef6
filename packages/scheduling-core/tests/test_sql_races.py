"""Lock and guard, each without the other: either alone is enough, and without both there is an overlap.

What many at once come to with both is in the contract of storages.
"""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from reliability.crowds import run_at_once
from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
    usecases,
)
from scheduling_core.changes import Change, TypeAdded
from scheduling_core.ports import LostRace, Stamp
from scheduling_core.sql import SqlStorage, SqlUnitOfWork, diagnose, guard, statements
from scheduling_core.sync import SyncRow
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
        def record(self, change: Change, *deliveries: SyncRow) -> int:
            both_have_read.wait()
            return super().record(change, *deliveries)

    def book(number: int) -> Appointment:
        stamp, request = Stamp(NOW, f"number {number}"), BookingRequest(HOST, VISIT, NINE, "Ann")
        with engine.begin() as connection:
            return usecases.book(Unlocked(connection, locking=False), stamp, request)

    outcomes = run_at_once(book, 2)
    engine.dispose()
    return list(outcomes)


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
    outcomes = run_at_once(lambda _: scheduler.book(BookingRequest(HOST, VISIT, NINE, "Ann")), CLIENTS)
    assert sum(isinstance(outcome, Appointment) for outcome in outcomes) == 1
    assert diagnose(storage.engine).overlaps == ()


@pytest.mark.postgres
def test_what_comes_with_a_lock_that_was_waited_for_is_known_to_be_old(postgres_url: str) -> None:
    """Beside the newest row of the host stands a type from before the wait, and two versions that differ."""
    with contextlib.closing(SqlStorage.from_url(postgres_url)) as storage:
        storage.migrate()
        scheduler = Scheduler(storage, clock=ManualClock(NOW))
        scheduler.set_schedule(HOST, Schedule("UTC"))
        scheduler.add_type(HOST, AppointmentType(VISIT, "Visit"))
        wanted = {"wanted": HOST, "of_type": VISIT}

        def look() -> tuple[object, ...]:
            with storage.engine.begin() as connection:
                [row] = statements.lock_offer.run(connection, wanted)
                return row.title, row.version, row.seen_version

        assert look() == ("Visit", 2, 2)
        with ThreadPoolExecutor(1) as pool, storage.engine.begin() as connection:
            unit = SqlUnitOfWork(connection)
            unit.host(HOST)
            waiting = pool.submit(look)
            wait_for_a_waiter(storage.engine)
            unit.record(TypeAdded(HOST, NOW, AppointmentType(VISIT, "Longer visit")))
            connection.commit()
            assert waiting.result() == ("Visit", 3, 2)


def wait_for_a_waiter(engine: sa.Engine) -> None:
    """Return as soon as a transaction waits for another one."""
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while True:
        with engine.begin() as connection:
            if connection.execute(waiting).scalar_one():
                return
        time.sleep(0.01)

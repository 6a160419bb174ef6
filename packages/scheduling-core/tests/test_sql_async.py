"""The storage for event loops: the same use cases, the same database, nothing blocked."""

import asyncio
import datetime as dt
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    AsyncScheduler,
    Booked,
    BookingRefused,
    BookingRequest,
    Conflict,
    HostId,
    Schedule,
    Scheduler,
    StorageUnavailable,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.ports import LostRace, UnitOfWork
from scheduling_core.sql import AsyncSqlStorage, SqlStorage, SqlUnitOfWork, Timeouts
from scheduling_core.testing import ManualClock

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + dt.timedelta(days=1, hours=9)
HOUR = dt.timedelta(hours=1)
IMPATIENT = Timeouts(lock=HOUR / 36_000)
REQUEST = BookingRequest(HOST, VISIT, NINE, "Ann")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'scheduling.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def run(make: Callable[[], AsyncSqlStorage], test: Callable[[AsyncSqlStorage], Awaitable[object]]) -> None:
    """Run a test on a new event loop, with a storage and a host that is open all day."""

    async def main() -> None:
        storage = make()
        try:
            await storage.migrate()
            scheduler = AsyncScheduler(storage, clock=ManualClock(NOW))
            all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
            await scheduler.set_schedule(HOST, Schedule("UTC", all_day))
            await scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HOUR,)))
            await test(storage)
        finally:
            await storage.close()

    asyncio.run(main())


def test_what_one_writes_the_other_reads(url: str) -> None:
    """An appointment booked through the event loop is the same to a storage for threads, and back."""

    async def test(storage: AsyncSqlStorage) -> None:
        booked = await AsyncScheduler(storage, clock=ManualClock(NOW)).book(REQUEST)
        other = SqlStorage.from_url(url)
        scheduler = Scheduler(other, clock=ManualClock(NOW))
        assert scheduler.get(booked.id) == booked
        moved = scheduler.reschedule(booked.id, NINE + HOUR)
        other.close()
        assert await AsyncScheduler(storage, clock=ManualClock(NOW)).upcoming(HOST) == (moved,)

    run(lambda: AsyncSqlStorage.from_url(url), test)


def test_one_slot_has_one_winner(url: str) -> None:
    """Of many tasks that book one slot, one is confirmed and all others are refused with reasons."""

    async def test(storage: AsyncSqlStorage) -> None:
        scheduler = AsyncScheduler(storage, clock=ManualClock(NOW))
        outcomes = await asyncio.gather(*(scheduler.book(REQUEST) for _ in range(16)), return_exceptions=True)
        assert sum(isinstance(outcome, Appointment) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, BookingRefused) for outcome in outcomes) == 15

    run(lambda: AsyncSqlStorage.from_url(url), test)


def test_a_database_in_memory_is_shared_by_tasks() -> None:
    """All tasks see one database in memory, and take turns on it."""

    async def test(storage: AsyncSqlStorage) -> None:
        scheduler = AsyncScheduler(storage, clock=ManualClock(NOW))
        starts = [NINE + number * HOUR for number in range(8)]
        await asyncio.gather(*(scheduler.book(BookingRequest(HOST, VISIT, start, "Ann")) for start in starts))
        assert [booked.during.start for booked in await scheduler.upcoming(HOST)] == starts

    run(lambda: AsyncSqlStorage.from_url("sqlite://"), test)


def test_waiting_blocks_no_other_task(url: str) -> None:
    """While a booking waits for a lock that somebody else holds, the event loop goes on."""

    async def test(storage: AsyncSqlStorage) -> None:
        other = SqlStorage.from_url(url)
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.005)
                ticks += 1

        ticking = asyncio.create_task(tick())
        with other.engine.begin() as connection:
            SqlUnitOfWork(connection).host(HOST)
            with pytest.raises(StorageUnavailable):
                await AsyncScheduler(storage, clock=ManualClock(NOW)).book(REQUEST)
        ticking.cancel()
        other.close()
        assert ticks > 3

    run(lambda: AsyncSqlStorage.from_url(url, timeouts=IMPATIENT), test)


def test_nobody_waits_to_write_for_ever(tmp_path: Path) -> None:
    """Who has not come to write to SQLite within the time for a lock is told to try again."""

    async def test(storage: AsyncSqlStorage) -> None:
        await storage._turn.acquire()
        with pytest.raises(StorageUnavailable):
            await AsyncScheduler(storage, clock=ManualClock(NOW)).book(REQUEST)
        storage._turn.release()
        await AsyncScheduler(storage, clock=ManualClock(NOW)).book(REQUEST)

    url = f"sqlite:///{tmp_path / 'scheduling.db'}"
    run(lambda: AsyncSqlStorage.from_url(url, timeouts=IMPATIENT), test)


def test_what_raises_leaves_nothing_behind(url: str) -> None:
    """A transaction that raises keeps nothing of what it wrote."""

    async def test(storage: AsyncSqlStorage) -> None:
        def work(unit: UnitOfWork) -> None:
            raise ZeroDivisionError(unit.changes(HOST, 0))

        with pytest.raises(ZeroDivisionError):
            await storage.transact(work)
        assert await AsyncScheduler(storage, clock=ManualClock(NOW)).upcoming(HOST) == ()

    run(lambda: AsyncSqlStorage.from_url(url), test)


def test_a_race_that_stays_lost_is_a_conflict(url: str) -> None:
    """A lost race is run again three times, after pauses that block nobody, and then told."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    def work(_: UnitOfWork) -> None:
        raise LostRace

    async def test(storage: AsyncSqlStorage) -> None:
        with pytest.raises(Conflict):
            await storage.transact(work)

    run(lambda: AsyncSqlStorage.from_url(url, chance=lambda: 1, sleep=sleep), test)
    assert pauses == [0.02, 0.04, 0.08]


def test_a_cancelled_task_harms_no_other(url: str) -> None:
    """After a task was cancelled in the middle of its transaction, the same pool serves the next."""

    async def test(storage: AsyncSqlStorage) -> None:
        scheduler = AsyncScheduler(storage, clock=ManualClock(NOW))
        other = SqlStorage.from_url(url)
        for patience in (0.001, 0.01, 0.05):
            with other.engine.begin() as connection:
                SqlUnitOfWork(connection).host(HOST)
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(scheduler.book(REQUEST), patience)
        other.close()
        assert "in pool: 1" in storage.engine.pool.status()
        assert await scheduler.upcoming(HOST) == ()
        booked = await scheduler.book(REQUEST)
        assert await scheduler.upcoming(HOST) == (booked,)

    run(lambda: AsyncSqlStorage.from_url(url, pool_size=1, timeouts=IMPATIENT), test)


def test_a_cancelled_booking_is_kept_whole_or_not_at_all(url: str) -> None:
    """Wherever a booking is cancelled, all of it was written or nothing, and it leaves no lock behind."""

    async def test(storage: AsyncSqlStorage) -> None:
        scheduler = AsyncScheduler(storage, clock=ManualClock(NOW))
        for number in range(20):
            cancelled, next_one = (
                attrs.evolve(REQUEST, start=NINE + (2 * number + which) * HOUR) for which in (0, 1)
            )
            booking = asyncio.create_task(scheduler.book(cancelled))
            await asyncio.sleep(number / 4_000)
            booking.cancel()
            await asyncio.gather(booking, return_exceptions=True)
            booked = await scheduler.book(next_one)
            logged = [entry.change for entry in await scheduler.changes(HOST)]
            kept = {change.appointment for change in logged if isinstance(change, Booked)}
            assert booked in kept
            assert kept == set(await scheduler.upcoming(HOST))
            assert "in pool: 1" in storage.engine.pool.status()

    patience = Timeouts(lock=HOUR / 7_200)
    run(lambda: AsyncSqlStorage.from_url(url, pool_size=1, timeouts=patience), test)


def test_a_lost_connection_is_replaced(postgres_url: str) -> None:
    """After a restart of the server the first call is answered like any other."""

    async def test(storage: AsyncSqlStorage) -> None:
        await storage.read(lambda work: work.host(HOST))
        admin = sa.create_engine(SqlStorage.from_url(postgres_url).engine.url)
        with admin.connect() as connection:
            others = (
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = :name AND pid <> pg_backend_pid()"
            )
            connection.execute(sa.text(others), {"name": admin.url.database})
        admin.dispose()
        assert await storage.read(lambda work: work.host(HOST))

    run(lambda: AsyncSqlStorage.from_url(postgres_url), test)


def test_no_server_is_unavailable() -> None:
    """Where nobody listens, a typed error says so."""

    async def test() -> None:
        storage = AsyncSqlStorage.from_url("postgresql://nobody@127.0.0.1:1/none")
        with pytest.raises(StorageUnavailable):
            await storage.migrate()
        await storage.close()

    asyncio.run(test())


def test_the_two_storages_are_made_alike() -> None:
    """Both have the same methods with the same parameters."""
    for name, method in inspect.getmembers(SqlStorage, inspect.isfunction):
        twin = getattr(AsyncSqlStorage, name)
        assert list(inspect.signature(twin).parameters) == list(inspect.signature(method).parameters)
    made, twins = (inspect.signature(kind.from_url).parameters for kind in (SqlStorage, AsyncSqlStorage))
    assert list(made) == list(twins)

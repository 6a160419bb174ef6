"""What is set on every connection, and which addresses lead to one."""

import contextlib
import datetime as dt
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from reliability.crowds import run_at_once
from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    InvalidValue,
    NotFound,
    Schedule,
    Scheduler,
    StorageUnavailable,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import AsyncSqlStorage, SqlStorage, SqlUnitOfWork, Timeouts
from scheduling_core.testing import ManualClock

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + dt.timedelta(days=1, hours=9)
HOUR = dt.timedelta(hours=1)


class TestSqlite:
    """What is set on a SQLite database."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Iterator[SqlStorage]:
        """A storage in a file."""
        storage = SqlStorage.from_url(
            f"sqlite:///{tmp_path / 'scheduling.db'}", timeouts=Timeouts(lock=HOUR / 36_000)
        )
        storage.migrate()
        yield storage
        storage.close()

    def test_a_snapshot_waits_for_no_writer(self, file: SqlStorage) -> None:
        """While one connection holds the lock to write, another reads what was there before."""
        Scheduler(file).set_schedule(HOST, Schedule("UTC"))
        ask = sa.text("SELECT version FROM scheduling_host")
        with file.engine.begin() as writer, file.snapshots.begin() as reader:
            writer.execute(sa.text("UPDATE scheduling_host SET version = 9"))
            assert reader.scalar(ask) == 1
        with file.snapshots.begin() as reader:
            assert reader.scalar(ask) == 9

    def test_who_waits_to_write_keeps_nobody_from_reading(self, tmp_path: Path) -> None:
        """Writers wait for each other without a connection, and then all get through."""
        storage = SqlStorage.from_url(
            f"sqlite:///{tmp_path / 'busy.db'}", pool_size=2, timeouts=Timeouts(lock=HOUR / 3_600)
        )
        storage.migrate()
        inside, done = threading.Event(), threading.Event()

        def hold(_: UnitOfWork) -> None:
            inside.set()
            done.wait(timeout=60)

        def add(number: int) -> None:
            Scheduler(storage).set_schedule(HostId(f"host-{number}"), Schedule("UTC"))

        threads = [threading.Thread(target=storage.transact, args=[hold])]
        threads += [threading.Thread(target=add, args=[number]) for number in range(4)]
        threads[0].start()
        assert inside.wait(timeout=60)
        for thread in threads[1:]:
            thread.start()
        scheduler = Scheduler(storage)
        with pytest.raises(NotFound):
            scheduler.schedule(HostId("nobody"))
        done.set()
        for thread in threads:
            thread.join(timeout=60)
        assert [scheduler.schedule(HostId(f"host-{number}")) for number in range(4)]
        storage.close()

    def test_nobody_waits_to_write_for_ever(self, file: SqlStorage) -> None:
        """Who has not come to write within the time for a lock is told to try again."""

        def write_within(_: UnitOfWork) -> None:
            Scheduler(file).set_schedule(HOST, Schedule("UTC"))

        with pytest.raises(StorageUnavailable):
            file.transact(write_within)

    def test_every_connection_is_safe(self, file: SqlStorage) -> None:
        """A connection writes ahead, waits for the disk, checks references and waits for its turn."""
        with file.engine.connect() as one, file.engine.connect() as other:
            for connection in (one, other):
                driver = connection.connection.driver_connection
                assert isinstance(driver, sqlite3.Connection)
                names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
                found = [driver.execute(f"PRAGMA {name}").fetchone() for name in names]
                assert found == [("wal",), (2,), (1,), (100,)]

    def test_a_transaction_is_the_only_writer_from_its_start(self, file: SqlStorage) -> None:
        """Before a transaction has sent its first statement, nobody else can begin to write."""
        other = sqlite3.connect(file.engine.url.database or "", timeout=0)

        def work(_: UnitOfWork) -> None:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")

        file.transact(work)
        other.execute("BEGIN IMMEDIATE")
        other.close()

    def test_a_snapshot_lets_others_write(self, file: SqlStorage) -> None:
        """A snapshot takes no lock that a writer would have to wait for."""
        other = sqlite3.connect(file.engine.url.database or "", timeout=0)

        def work(unit: UnitOfWork) -> None:
            unit.host(HOST)
            other.execute("BEGIN IMMEDIATE")

        file.read(work)
        other.close()

    def test_a_database_in_memory_is_shared_by_threads(self) -> None:
        """All threads see one database, take turns on it, and it lives until the storage is closed."""
        storage = SqlStorage.from_url("sqlite://")
        storage.migrate()
        scheduler = Scheduler(storage, clock=ManualClock(NOW))
        all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
        scheduler.set_schedule(HOST, Schedule("Europe/Berlin", all_day))
        scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HOUR,)))
        starts = [NINE + hours * HOUR for hours in range(16)]
        requests = [BookingRequest(HOST, VISIT, start, "Ann") for start in starts]
        threads = [threading.Thread(target=scheduler.book, args=(request,)) for request in requests]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [appointment.during.start for appointment in scheduler.upcoming(HOST)] == starts
        storage.close()


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://ann@server/name", "postgresql+psycopg"),
        ("postgres://ann@server/name", "postgresql+psycopg"),
        ("postgresql+psycopg://ann@server/name", "postgresql+psycopg"),
        ("sqlite:///name.db", "sqlite+pysqlite"),
    ],
)
def test_addresses_name_a_driver(given: str, driver: str) -> None:
    """The usual ways to write an address all lead to the driver that is supported."""
    storage = SqlStorage.from_url(given)
    assert storage.engine.url.drivername == driver
    storage.close()


@pytest.mark.parametrize(
    "given",
    [
        "mysql://ann:secret@server/x",
        "postgresql+pg8000://a:secret@b/c",
        "postgresql+asyncpg://a:secret@b/c",
        "sqlite+aiosqlite:///secret.db",
        "secret",
    ],
)
def test_another_database_is_refused(given: str) -> None:
    """Any other address is refused, without a word of it, for it may hold a password."""
    with pytest.raises(InvalidValue) as refused:
        SqlStorage.from_url(given)
    assert "secret" not in str(refused.value)
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("given", ["sqlite://", "sqlite+pysqlite://", "sqlite+aiosqlite://"])
def test_an_event_loop_has_a_driver_of_its_own(given: str) -> None:
    """However SQLite is named, the storage for an event loop asks it through the driver for one."""
    assert AsyncSqlStorage.from_url(given).engine.url.drivername == "sqlite+aiosqlite"


def test_a_server_is_told_how_long_anything_may_take(postgres_url: str) -> None:
    """On PostgreSQL waiting is bounded, instants are in UTC, and the isolation is named."""
    with_options = postgres_url + "&options=-c%20search_path%3Dpublic"
    storage = SqlStorage.from_url(with_options, timeouts=Timeouts(statement=3 * HOUR / 3600))
    storage.migrate()
    names = ("statement_timeout", "lock_timeout", "timezone", "transaction_isolation", "search_path")
    with storage.engine.connect() as connection:
        found = [connection.scalar(sa.text(f"SHOW {name}")) for name in names]
    assert found == ["3s", "5s", "UTC", "read committed", "public"]

    def look(unit: UnitOfWork) -> list[object]:
        assert isinstance(unit, SqlUnitOfWork)
        names = ("transaction_isolation", "transaction_read_only")
        return [unit._connection.scalar(sa.text(f"SHOW {name}")) for name in names]

    assert storage.read(look) == ["repeatable read", "on"]
    assert storage.transact(look) == ["read committed", "off"]
    storage.close()


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Of several that start at the same time none is told that the file is locked."""
    for number in range(40):
        url = f"sqlite:///{tmp_path / str(number)}.db"

        def find_mode(_: int, url: str = url) -> object:
            with (
                contextlib.closing(SqlStorage.from_url(url)) as storage,
                storage.engine.connect() as connection,
            ):
                return connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()

        assert run_at_once(find_mode, 6) == ["wal"] * 6

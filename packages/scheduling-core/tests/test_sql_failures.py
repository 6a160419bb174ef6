"""What becomes of a call when the database fails: a typed error, or nothing that the caller notices."""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    HostId,
    Schedule,
    Scheduler,
    StorageUnavailable,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.changes import ScheduleSet
from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import SqlStorage, SqlUnitOfWork, Timeouts
from scheduling_core.testing import ManualClock

HOST, OTHER, VISIT = HostId("host"), HostId("other"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
IMPATIENT = Timeouts(connect=2 * SECOND, pool=SECOND / 10, lock=SECOND / 10, statement=SECOND / 2)
KILL = "SELECT pg_terminate_backend(pg_backend_pid())"


def open_hosts(storage: SqlStorage) -> Scheduler:
    """Make two hosts that are open all day."""
    scheduler = Scheduler(storage, clock=ManualClock(NOW))
    for host in (HOST, OTHER):
        scheduler.set_schedule(
            host, Schedule("UTC", WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0))))
        )
        scheduler.add_type(host, AppointmentType(VISIT, "Visit", policy=BookingPolicy(any_start=True)))
    return scheduler


def request(number: int = 0, notes: str = "") -> BookingRequest:
    """Return a request for the half hour of that number."""
    return BookingRequest(HOST, VISIT, NOW + (number + 1) * 1800 * SECOND, "Ann", notes=notes)


@contextlib.contextmanager
def impatient(storage: SqlStorage) -> Iterator[SqlStorage]:
    """Open another storage on the same database, which waits for nothing very long."""
    hurried = SqlStorage.from_url(storage.engine.url, pool_size=2, timeouts=IMPATIENT)
    yield hurried
    hurried.close()


class TestSqlite:
    """A file that fails."""

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[SqlStorage]:
        """A storage over one connection."""
        url = f"sqlite:///{tmp_path / 'scheduling.db'}"
        storage = SqlStorage.from_url(url, pool_size=1)
        storage.migrate()
        yield storage
        storage.close()

    def test_a_busy_file_is_unavailable(self, storage: SqlStorage) -> None:
        """A booking that another program keeps waiting for too long says when to come back."""
        open_hosts(storage)
        with impatient(storage) as hurried:
            scheduler = Scheduler(hurried, clock=ManualClock(NOW))
            with storage.engine.begin(), pytest.raises(StorageUnavailable) as unavailable:
                scheduler.book(request())
            assert unavailable.value.retry_after == SECOND
            booked = scheduler.book(request())
            assert scheduler.upcoming(HOST) == (booked,)

    def test_a_full_disk_loses_nothing(self, storage: SqlStorage) -> None:
        """On a full disk a booking is refused, all earlier ones stay, and room is enough to go on."""
        scheduler = open_hosts(storage)
        with storage.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 8}")
        booked: list[Appointment] = []

        def book_on() -> None:
            while len(booked) < 1000:
                booked.append(scheduler.book(request(len(booked), notes="long " * 200)))

        with pytest.raises(StorageUnavailable) as unavailable:
            book_on()
        assert unavailable.value.retry_after == 30 * SECOND
        assert 0 < len(booked) < 1000
        assert scheduler.upcoming(HOST) == tuple(booked)
        with storage.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 100000")
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        booked.append(scheduler.book(request(len(booked))))
        assert scheduler.upcoming(HOST) == tuple(booked)

    @pytest.mark.parametrize(
        ("content", "told"),
        [(b"", "migrate the storage$"), (b"no database " * 100, "try again in 1 s$")],
        ids=["empty", "garbage"],
    )
    def test_a_file_without_tables_is_unavailable(self, tmp_path: Path, content: bytes, told: str) -> None:
        """A file that was never migrated, or is no database, is a typed error on every way in."""
        file = tmp_path / "some.db"
        file.write_bytes(content)
        storage = SqlStorage.from_url(f"sqlite:///{file}")
        for call in (storage.transact, storage.read):
            with pytest.raises(StorageUnavailable, match=told):
                call(lambda work: work.host(HOST))
        storage.close()

    def test_tables_of_another_version_are_told_of(self, storage: SqlStorage) -> None:
        """A column that is missing is no passing trouble, and the error says so."""
        with storage.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE scheduling_host RENAME COLUMN links TO ties")
        with pytest.raises(StorageUnavailable, match=r"migrate the storage$"):
            storage.read(lambda work: work.host(HOST))

    def test_a_missing_folder_is_unavailable(self, tmp_path: Path) -> None:
        """A file that cannot be opened is a typed error, on migrating too."""
        storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'missing' / 'some.db'}")
        with pytest.raises(StorageUnavailable):
            storage.migrate()
        storage.close()


class TestPostgresql:
    """A server that fails."""

    @pytest.fixture
    def storage(self, postgres_url: str) -> Iterator[SqlStorage]:
        """A storage with two connections."""
        storage = SqlStorage.from_url(postgres_url, pool_size=2)
        storage.migrate()
        yield storage
        storage.close()

    def test_no_server_is_unavailable(self) -> None:
        """Where nobody listens, a typed error says so."""
        storage = SqlStorage.from_url("postgresql://nobody@127.0.0.1:1/none", timeouts=IMPATIENT)
        with pytest.raises(StorageUnavailable):
            storage.read(lambda work: work.host(HOST))
        storage.close()

    def test_no_tables_is_unavailable(self, postgres_url: str) -> None:
        """A database that was never migrated, or to another version, is a typed error that says so."""
        storage = SqlStorage.from_url(postgres_url)
        with pytest.raises(StorageUnavailable, match=r"migrate the storage$"):
            storage.transact(lambda work: work.host(HOST))
        storage.migrate()
        with storage.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE scheduling_host RENAME COLUMN links TO ties")
        with pytest.raises(StorageUnavailable, match=r"migrate the storage$"):
            storage.transact(lambda work: work.host(HOST))
        storage.close()

    def test_connections_that_died_in_the_pool_go_unnoticed(self, storage: SqlStorage) -> None:
        """After a restart of the server the first call is answered like any other."""
        scheduler = open_hosts(storage)
        with storage.engine.connect() as one, storage.engine.connect() as other:
            ids = [connection.scalar(sa.text("SELECT pg_backend_pid()")) for connection in (one, other)]
        admin = sa.create_engine(storage.engine.url)
        with admin.connect() as connection:
            for id in ids:  # noqa: A001  The server's word.
                connection.execute(sa.text("SELECT pg_terminate_backend(:id, 5000)"), {"id": id})
        admin.dispose()
        assert scheduler.book(request()) in scheduler.upcoming(HOST)

    def test_a_connection_lost_before_the_commit_is_replaced_once(self, storage: SqlStorage) -> None:
        """Work whose connection breaks runs again on a new one, but not for ever."""
        open_hosts(storage)
        runs = []

        def break_until(run: int) -> Callable[[UnitOfWork], int]:
            def work(unit: UnitOfWork) -> int:
                runs.append(run)
                assert isinstance(unit, SqlUnitOfWork)
                version = unit.record(ScheduleSet(HOST, NOW, Schedule("UTC")))
                if len(runs) < run:
                    unit._connection.execute(sa.text(KILL))
                return version

            return work

        assert storage.transact(break_until(2)) == 3
        assert len(runs) == 2
        runs.clear()
        with pytest.raises(StorageUnavailable):
            storage.transact(break_until(3))
        assert len(runs) == 2

    def test_a_commit_without_an_answer_is_not_repeated(self, storage: SqlStorage) -> None:
        """Where the connection breaks at the commit, the work has run once and the caller is told."""
        open_hosts(storage)
        with storage.engine.begin() as connection:
            connection.execute(
                sa.text(
                    "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
                )
            )
            connection.execute(
                sa.text(
                    "CREATE CONSTRAINT TRIGGER die_late AFTER INSERT ON scheduling_change_log "
                    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()"
                )
            )
        runs = []

        def work(unit: UnitOfWork) -> None:
            unit.record(ScheduleSet(HOST, NOW, Schedule("UTC")))
            runs.append(1)

        with pytest.raises(StorageUnavailable) as unavailable:
            storage.transact(work)
        assert type(unavailable.value) is StorageUnavailable
        assert runs == [1]

    def test_waiting_for_a_lock_ends(self, storage: SqlStorage) -> None:
        """A host that somebody else holds for too long is unavailable."""
        open_hosts(storage)
        with impatient(storage) as hurried, storage.engine.begin() as connection:
            scheduler = Scheduler(hurried, clock=ManualClock(NOW))
            connection.execute(sa.text("SELECT 1 FROM scheduling_host FOR UPDATE"))
            with pytest.raises(StorageUnavailable):
                scheduler.book(request())
            # Reading waits for nobody.
            assert scheduler.upcoming(HOST) == ()

    def test_a_slow_statement_ends(self, storage: SqlStorage) -> None:
        """A statement that takes too long is cut off, and the connection is good for the next."""

        def work(unit: UnitOfWork) -> None:
            assert isinstance(unit, SqlUnitOfWork)
            unit._connection.execute(sa.text("SELECT pg_sleep(20)"))

        started = time.monotonic()
        with impatient(storage) as hurried:
            with pytest.raises(StorageUnavailable):
                hurried.read(work)
            assert time.monotonic() - started < 10
            assert hurried.read(lambda work: work.host(HOST)) is None

    def test_waiting_for_a_connection_ends(self, storage: SqlStorage) -> None:
        """When all connections are in use for too long, the storage is unavailable."""
        open_hosts(storage)
        with impatient(storage) as hurried:
            scheduler = Scheduler(hurried, clock=ManualClock(NOW))
            with hurried.engine.connect(), hurried.engine.connect(), pytest.raises(StorageUnavailable):
                scheduler.upcoming(HOST)
            assert scheduler.upcoming(HOST) == ()

    def test_a_deadlock_is_run_again(self, storage: SqlStorage) -> None:
        """Two transactions that wait for each other both succeed in the end."""
        patient = SqlStorage.from_url(storage.engine.url)
        open_hosts(storage)
        barrier, done = threading.Barrier(2), []
        met = threading.local()

        def change_both(first: HostId, second: HostId) -> None:
            def work(unit: UnitOfWork) -> None:
                unit.host(first)
                if not getattr(met, "once", False):
                    met.once = True
                    barrier.wait()
                for host in (first, second):
                    unit.record(ScheduleSet(host, NOW, Schedule("UTC")))

            patient.transact(work)
            done.append(first)

        threads = [threading.Thread(target=change_both, args=pair) for pair in ((HOST, OTHER), (OTHER, HOST))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == [HOST, OTHER]
        found = storage.read(lambda work: [work.host(HOST), work.host(OTHER)])
        assert [host and host.version for host in found] == [4, 4]
        patient.close()

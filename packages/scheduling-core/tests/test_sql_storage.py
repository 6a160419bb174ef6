"""Transactions, snapshots and settings of the storages."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRefused,
    BookingRequest,
    Conflict,
    HostId,
    Interval,
    Overlaps,
    Schedule,
    Scheduler,
    StorageUnavailable,
    TimeRange,
    WeeklyHours,
    usecases,
)
from scheduling_core.changes import Amended, ScheduleSet, TypeAdded
from scheduling_core.ports import Answer, LostRace, Stamp, UnitOfWork
from scheduling_core.sql import SqlStorage, SqlUnitOfWork, Timeouts, metadata
from scheduling_core.testing import CountingIds, ManualClock

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + dt.timedelta(days=1, hours=9)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'scheduling.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    """A storage with a host that is open all day."""
    storage = SqlStorage.from_url(url)
    storage.migrate()
    open_a_host(storage)
    yield storage
    storage.close()


def schedule_with(storage: SqlStorage) -> Scheduler:
    """Return a scheduler whose clock stands still."""
    return Scheduler(storage, clock=ManualClock(NOW), new_id=CountingIds())


def open_a_host(storage: SqlStorage) -> None:
    """Make a host with one type of appointment."""
    scheduler = schedule_with(storage)
    all_day = TimeRange(dt.time(0), dt.time(0))
    scheduler.set_schedule(HOST, Schedule("Europe/Berlin", WeeklyHours.on("mon-sun", all_day)))
    policy = BookingPolicy(any_start=True)
    scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HOUR, 90 * HOUR), policy))


def request(start: dt.datetime = NINE, **fields: object) -> BookingRequest:
    """Return a request for an hour."""
    return BookingRequest(HOST, VISIT, start, "Ann", **fields)  # type: ignore[arg-type]


def book(work: UnitOfWork, start: dt.datetime = NINE) -> Appointment:
    """Book inside a transaction."""
    return usecases.book(work, Stamp(NOW, f"at {start}"), request(start))


def count(storage: SqlStorage) -> dict[str, int]:
    """Return how many rows each table has."""
    with storage.engine.connect() as connection:
        found = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in metadata.sorted_tables
        }
    return {name: number for name, number in found.items() if number}


def test_a_taken_time_is_refused(storage: SqlStorage) -> None:
    """A booking is confirmed, and a second one at its time is refused for the overlap."""
    scheduler = schedule_with(storage)
    booked = scheduler.book(request())
    with pytest.raises(BookingRefused) as refused:
        scheduler.book(request(NINE + HOUR / 2))
    [reason] = refused.value.reasons
    assert isinstance(reason, Overlaps)
    assert scheduler.upcoming(HOST) == (booked,)


def test_what_raises_leaves_nothing_behind(storage: SqlStorage) -> None:
    """A transaction that raises keeps no row of what it wrote, in no table."""
    before = count(storage)

    def work(unit: UnitOfWork) -> None:
        usecases.book(unit, Stamp(NOW, "a"), request(), idempotency_key="key")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        storage.transact(work)
    assert count(storage) == before


def test_one_booking_writes_one_row_of_each_kind(storage: SqlStorage) -> None:
    """A booking under a key writes one appointment, one log entry and one answer."""
    before = count(storage)
    schedule_with(storage).book(request(), idempotency_key="key")
    after = count(storage)
    more = {name: after[name] - before.get(name, 0) for name in after}
    assert {name: number for name, number in more.items() if number} == {
        "scheduling_appointment": 1,
        "scheduling_change_log": 1,
        "scheduling_idempotency": 1,
    }


def test_a_snapshot_does_not_move(storage: SqlStorage) -> None:
    """What is committed during a snapshot is not seen in it, and the snapshot stops no booking."""

    def look(work: UnitOfWork) -> tuple[object, ...]:
        before = work.host(HOST)
        storage.transact(book)
        everything = Interval(NOW, NINE + HOUR)
        return before, work.host(HOST), work.between(HOST, everything), work.changes(HOST, 2)

    before, after, found, changes = storage.read(look)
    assert before == after
    assert found == changes == ()
    assert len(storage.read(lambda work: work.upcoming(HOST, NOW, None))) == 1


def test_the_host_is_locked_to_the_end(storage: SqlStorage) -> None:
    """Of two transactions for one host, the second reads nothing before the first is over."""
    reading, told = threading.Event(), []

    def first(work: UnitOfWork) -> None:
        work.host(HOST)
        reading.set()
        thread.start()
        thread.join(0.05)
        told.append("first")
        book(work)

    def second(work: UnitOfWork) -> None:
        found = work.host(HOST)
        told.append(f"second at {found and found.version}")

    thread = threading.Thread(target=lambda: storage.transact(second))
    storage.transact(first)
    thread.join()
    assert told == ["first", "second at 3"]


def test_an_appointment_longer_than_any_window_is_found(storage: SqlStorage) -> None:
    """A long appointment stands in the way of everything within it, however far away it began."""
    scheduler = schedule_with(storage)
    long = scheduler.book(request(duration=90 * HOUR))
    inside = NINE + 80 * HOUR
    with pytest.raises(BookingRefused):
        scheduler.book(request(inside))
    window = Interval.of(inside, HOUR)
    assert scheduler.between(HOST, window) == (long,)
    assert scheduler.find_slots(HOST, VISIT, window) == []
    later = Scheduler(storage, clock=ManualClock(inside))
    assert later.upcoming(HOST) == (long,)


def test_a_customer_is_erased_from_every_table(storage: SqlStorage) -> None:
    """After a purge no table holds the customer's name, notes or words, and the time is still taken."""
    scheduler = schedule_with(storage)
    asked = request(notes="Zanzibar", metadata={"k": "Zanzibar"}, customer_email="Zanzibar@example.org")
    booked = scheduler.book(asked, idempotency_key="key")
    scheduler.amend(booked.id, customer_name="Zanzibar", customer_phone="Zanzibar")
    scheduler.cancel(booked.id, reason="Zanzibar")
    scheduler.purge(booked.id)
    with storage.engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        ]
    assert [row for row in rows if "Zanzibar" in row or "Ann" in row] == []
    assert [entry.version for entry in scheduler.history(booked.id)] == [3, 4, 5, 6]
    assert scheduler.book(asked, idempotency_key="key").customer_name == "erased"


def test_a_lost_race_is_run_again(storage: SqlStorage) -> None:
    """Work that loses a race runs again from the start, and what it wrote before is not kept."""
    tries = []

    def work(unit: UnitOfWork) -> None:
        tries.append(book(unit).version)
        if len(tries) < 4:
            raise LostRace

    storage.transact(work)
    assert tries == [1, 1, 1, 1]


def test_a_race_that_stays_lost_is_a_conflict(url: str) -> None:
    """After three more tries, each after a random part of a doubled pause, the caller is told."""
    pauses: list[float] = []
    storage = SqlStorage.from_url(url, chance=lambda: 0.5, sleep=pauses.append)
    storage.migrate()

    def work(_: UnitOfWork) -> None:
        raise LostRace

    with pytest.raises(Conflict) as conflict:
        storage.transact(work)
    assert conflict.value.attempts == 4
    assert pauses == [0.01, 0.02, 0.04]
    storage.close()


@pytest.mark.parametrize("version", [1, 3], ids=["no step", "two steps"])
def test_a_change_of_another_version_is_a_lost_race(storage: SqlStorage, version: int) -> None:
    """A change is recorded only over the version before it, and leaves nothing behind otherwise."""
    booked = storage.transact(book)
    before = count(storage)
    change = Amended(attrs.evolve(booked, version=version, notes="later"))
    with pytest.raises(Conflict):
        storage.transact(lambda work: work.record(change))
    assert count(storage) == before
    assert storage.read(lambda work: work.appointment(booked.id)) == booked


def test_a_host_nobody_made_has_nothing(storage: SqlStorage) -> None:
    """Whatever is asked about an unknown host or appointment, the answer is none, and nothing is recorded."""
    nobody, nothing = HostId("nobody"), AppointmentId("nothing")
    everything = Interval(NOW, NINE)

    def ask(work: UnitOfWork) -> list[object]:
        return [
            work.host(nobody),
            work.appointment(nothing),
            work.appointment_type(nobody, VISIT),
            work.appointment_type(HOST, AppointmentTypeId("nothing")),
            *work.types(nobody),
            *work.claimed(nobody, everything, None).appointments,
            *work.time_off(nobody),
            *work.between(nobody, everything),
            *work.upcoming(nobody, NOW, None),
            *work.history(nothing),
            *work.changes(nobody, 0),
            work.recall(nobody, "key", NOW),
            work.recall(HOST, "key", NOW),
        ]

    assert set(storage.read(ask)) == set(storage.transact(ask)) == {None}
    booked = storage.transact(book)
    answer = Answer("f", booked, NOW)
    for write in (
        lambda work: work.record(TypeAdded(nobody, NOW, AppointmentType(VISIT, "Visit"))),
        lambda work: work.remember(nobody, "key", answer, NOW),
    ):
        with pytest.raises(Conflict):
            storage.transact(write)


def test_a_host_can_be_made_by_one_only(storage: SqlStorage) -> None:
    """Of two transactions that make the same host at once, the second runs again and finds it made."""
    other, barrier = HostId("other"), threading.Barrier(2)
    versions: list[int] = []

    def work(unit: UnitOfWork) -> int:
        unit.host(other)
        if storage.engine.dialect.name == "postgresql" and len(arrived) < 2:
            arrived.append(1)
            barrier.wait()
        return unit.record(ScheduleSet(other, NOW, Schedule("UTC")))

    arrived: list[int] = []
    threads = [threading.Thread(target=lambda: versions.append(storage.transact(work))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == [1, 2]


def test_an_application_can_book_in_its_own_transaction(url: str) -> None:
    """A booking and the application's own row are kept together, or neither is."""
    storage = SqlStorage.from_url(url)
    storage.migrate()
    open_a_host(storage)
    invoices = sa.Table("invoice", sa.MetaData(), sa.Column("appointment", sa.Text, primary_key=True))
    # An engine of the application's own, with nothing of ours set on it.
    engine = sa.create_engine(storage.engine.url)
    invoices.create(engine)

    def sell(start: dt.datetime) -> None:
        with engine.begin() as connection:
            booked = book(SqlUnitOfWork(connection), start)
            connection.execute(sa.insert(invoices), {"appointment": booked.customer_name})

    sell(NINE)
    with pytest.raises(sa.exc.IntegrityError):
        sell(NINE + HOUR)
    with pytest.raises(BookingRefused):
        sell(NINE)
    assert len(storage.read(lambda work: work.upcoming(HOST, NOW, None))) == 1
    engine.dispose()
    storage.close()


def test_an_application_may_commit_as_it_goes(storage: SqlStorage) -> None:
    """On a connection without a transaction, the first statement begins one, as SQLAlchemy does."""
    engine = sa.create_engine(storage.engine.url)
    with engine.connect() as connection:
        book(SqlUnitOfWork(connection), NINE)
        connection.commit()
        book(SqlUnitOfWork(connection), NINE + HOUR)
        connection.rollback()
    engine.dispose()
    [kept] = storage.read(lambda work: work.upcoming(HOST, NOW, None))
    assert kept.during.start == NINE


def test_a_borrowed_connection_takes_the_lock_first(storage: SqlStorage, url: str) -> None:
    """In an application's transaction, too, nothing is read before the host is locked."""
    engine = sa.create_engine(storage.engine.url)
    impatient = SqlStorage.from_url(url, timeouts=Timeouts(lock=HOUR / 36_000))
    with engine.begin() as connection:
        assert SqlUnitOfWork(connection).host(HOST)
        with pytest.raises(StorageUnavailable):
            impatient.transact(lambda work: work.host(HOST))
    engine.dispose()
    impatient.close()

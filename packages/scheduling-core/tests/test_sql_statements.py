"""How many statements a use case sends, and what they ask of the indexes."""

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, Self, TypeVar

import attrs
import psycopg
import pytest
import sqlalchemy as sa

from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    Booked,
    BookingPolicy,
    BookingRequest,
    DateOverride,
    HostId,
    Interval,
    Limit,
    Link,
    Period,
    Schedule,
    Scheduler,
    ScheduleSet,
    Status,
    TimeOff,
    TimeRange,
    TypeAdded,
    WeeklyHours,
)
from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import SqlStorage, SqlUnitOfWork, hours, metadata
from scheduling_core.testing import CountingIds, ManualClock

HOST, VISIT, RARE = HostId("host"), AppointmentTypeId("visit"), AppointmentTypeId("rare")
UNUSED = AppointmentTypeId("unused")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
FREE = NOW + 400 * HOUR
FIRST = AppointmentId("00000000-0000-7000-8000-000000000001")
ALL_DAY = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
WEEKS = Schedule("UTC", ALL_DAY, [DateOverride(dt.date(2027, 1, day)) for day in range(1, 30)])
AWAY = TimeOff(Interval.of(NOW + 9000 * HOUR, HOUR))

T = TypeVar("T")
VERBS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")

Use = Callable[[Scheduler], object]

# The use case, and the statements it sends on SQLite and on PostgreSQL, without BEGIN and COMMIT.
USES: dict[str, tuple[Use, int, int]] = {
    "book": (lambda it: it.book(BookingRequest(HOST, VISIT, FREE, "Ann")), 6, 3),
    "book under limits": (lambda it: it.book(BookingRequest(HOST, RARE, FREE, "Ann")), 6, 3),
    "book under a key": (
        lambda it: it.book(BookingRequest(HOST, VISIT, FREE, "Ann"), idempotency_key="key"),
        9,
        6,
    ),
    "reschedule": (lambda it: it.reschedule(FIRST, FREE), 7, 5),
    "cancel": (lambda it: it.cancel(FIRST), 5, 3),
    "amend": (lambda it: it.amend(FIRST, notes="long"), 5, 3),
    "purge": (lambda it: it.purge(FIRST), 8, 6),
    "get": (lambda it: it.get(FIRST), 2, 2),
    "find slots": (lambda it: it.find_slots(HOST, VISIT, Interval.of(NOW, 720 * HOUR)), 2, 2),
    "explain": (lambda it: it.explain(HOST, VISIT, FREE), 2, 2),
    "upcoming": (lambda it: it.upcoming(HOST), 2, 2),
    "between": (lambda it: it.between(HOST, Interval.of(NOW, 100 * HOUR)), 2, 2),
    "page": (lambda it: it.page(HOST, Interval.of(NOW, 100 * HOUR), after=(NOW, FIRST)), 2, 2),
    "history": (lambda it: it.history(FIRST), 3, 3),
    "references": (lambda it: it.references(HOST, "calendar", Interval.of(NOW, 100 * HOUR)), 1, 1),
    "changes": (lambda it: it.changes(HOST), 2, 2),
    "version": (lambda it: it.version(HOST), 1, 1),
    "busy": (lambda it: it.busy(HOST, Interval.of(NOW, 100 * HOUR)), 1, 1),
    "types": (lambda it: it.types(HOST), 2, 2),
    "add a type": (lambda it: it.add_type(HOST, AppointmentType(VISIT, "Visit")), 4, 4),
    "remove a type": (lambda it: it.remove_type(HOST, UNUSED), 6, 6),
    "add time off": (lambda it: it.add_time_off(HOST, AWAY), 6, 6),
    "set the schedule": (lambda it: it.set_schedule(HOST, WEEKS), 9, 9),
}


SENT: list[tuple[str, Any]] = []


class PsycopgListener(psycopg.Cursor[Any]):
    """A cursor that hears what goes through it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:  # noqa: ANN401, D102
        SENT.append((query, params))
        return super().execute(query, params, **options)

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:  # noqa: ANN401, D102
        SENT.append((query, params_seq))
        super().executemany(query, params_seq, **options)


class SqliteListener(sqlite3.Cursor):
    """A cursor that hears what goes through it."""

    def execute(self, query: str, parameters: Any = (), /) -> Self:  # noqa: ANN401, D102
        SENT.append((query, tuple(parameters)))
        return super().execute(query, parameters)

    def executemany(self, query: str, parameters: Any, /) -> Self:  # noqa: ANN401, D102
        SENT.append((query, parameters))
        return super().executemany(query, parameters)


class SqliteConnection(sqlite3.Connection):
    """A connection whose cursors listen."""

    def cursor(self, factory: Any = SqliteListener) -> Any:  # noqa: ANN401, D102
        return super().cursor(factory)


@attrs.frozen
class UndoingStorage:
    """Runs every use case to its end and takes it back, so that all find the same."""

    engine: sa.Engine

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in a transaction."""
        return self._undo(work, locking=True)

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* without locks."""
        return self._undo(work, locking=False)

    def close(self) -> None:
        """Do nothing."""

    def _undo(self, work: Callable[[UnitOfWork], T], *, locking: bool) -> T:
        with self.engine.connect() as connection, connection.begin() as transaction:
            result = work(SqlUnitOfWork(connection, locking=locking))
            transaction.rollback()
            return result


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'scheduling.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.create_database()
        yield url
        server.drop_database(url)


@pytest.fixture(scope="module", params=[1, 300], ids=["few", "many"])
def engine(request: pytest.FixtureRequest, url: str) -> Iterator[sa.Engine]:
    """A database that hears what is sent to it, with a host that has one appointment or many."""
    storage = SqlStorage.from_url(url)
    on_sqlite = storage.engine.dialect.name == "sqlite"

    def connect(_: object, __: object, ___: object, options: dict[str, Any]) -> None:
        options |= {"factory": SqliteConnection} if on_sqlite else {"cursor_factory": PsycopgListener}

    sa.event.listen(storage.engine, "do_connect", connect)
    storage.migrate()
    with storage.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    fill(storage, request.param)
    yield storage.engine
    storage.close()


def fill(storage: SqlStorage, until: int) -> None:
    """Make a host and book so many half hours from now on, in one transaction."""
    ids = CountingIds()
    limited = BookingPolicy(limits=[Limit(Period.YEAR, 1000)])

    def work(unit: UnitOfWork) -> None:
        unit.record(ScheduleSet(HOST, NOW, WEEKS))
        unit.record(TypeAdded(HOST, NOW, AppointmentType(VISIT, "Visit")))
        unit.record(TypeAdded(HOST, NOW, AppointmentType(UNUSED, "Unused")))
        unit.record(TypeAdded(HOST, NOW, AppointmentType(RARE, "Rare", policy=limited)))
        for number in range(until):
            during = Interval.of(NOW + number * HOUR / 2, HOUR / 2)
            appointment = Appointment(
                id=AppointmentId(ids()),
                host=HOST,
                type=(VISIT, RARE)[number % 2],
                customer_name="Ann",
                during=during,
                occupied=during,
                status=Status.CONFIRMED,
                version=1,
                timezone=WEEKS.timezone,
                created_at=NOW,
                updated_at=NOW,
            )
            unit.record(Booked(appointment))

    storage.transact(work)


def statements_of(engine: sa.Engine, use: Use) -> list[tuple[str, Any]]:
    """Return what a use case sends to the database, without the limits of its transaction."""
    scheduler = Scheduler(UndoingStorage(engine), clock=ManualClock(NOW), new_id=CountingIds(1000))
    scheduler.schedule(HOST)
    SENT.clear()
    use(scheduler)
    return [(query, values) for query, values in SENT if query.startswith(VERBS)]


@pytest.mark.parametrize("name", USES)
def test_the_number_of_statements_is_fixed(engine: sa.Engine, name: str) -> None:
    """A use case sends the same few statements, whether the host has one appointment or hundreds."""
    use, on_sqlite, on_postgresql = USES[name]
    sent = statements_of(engine, use)
    assert len(sent) == (on_sqlite if engine.dialect.name == "sqlite" else on_postgresql), sent


def test_a_snapshot_asks_for_the_host_once(engine: sa.Engine) -> None:
    """However much is asked about one host at one time, it is looked up by the first question."""

    def use(scheduler: Scheduler) -> None:
        scheduler.snapshot(lambda asked: (asked.upcoming(HOST), asked.version(HOST), asked.schedule(HOST)))

    assert len(statements_of(engine, use)) == 2


def test_hours_are_read_once(engine: sa.Engine) -> None:
    """Two more statements read hours that this process has not seen yet, however many there are."""
    use, *_ = USES["explain"]

    def forget_and_use(scheduler: Scheduler) -> None:
        hours.forget()
        use(scheduler)

    assert len(statements_of(engine, forget_and_use)) == len(statements_of(engine, use)) + 2


@pytest.mark.parametrize(
    ("name", "on_sqlite", "on_postgresql"),
    [("book", 1, 0), ("reschedule", 2, 1), ("cancel", 2, 1), ("amend", 2, 1), ("references", 1, 1)],
)
def test_a_linked_host_costs_few_statements_more(
    engine: sa.Engine, name: str, on_sqlite: int, on_postgresql: int
) -> None:
    """What the calendar was told is read, unless the appointment is new; what it is to be told is written.

    PostgreSQL writes it with the change. Each goes through an index.
    """
    use, *_ = USES[name]
    more = on_sqlite if engine.dialect.name == "sqlite" else on_postgresql

    plain = len(statements_of(engine, use))
    with engine.begin() as connection:
        SqlUnitOfWork(connection).set_links(HOST, (Link("calendar"),))
    sent = statements_of(engine, use)
    with engine.begin() as connection:
        SqlUnitOfWork(connection).set_links(HOST, ())
    assert len(sent) == plain + more
    assert_indexed(engine, sent)


@pytest.mark.parametrize(
    "name", ["book", "book under limits", "find slots", "upcoming", "between", "history"]
)
def test_no_statement_reads_a_whole_table(engine: sa.Engine, name: str) -> None:
    """Every table that a hot statement touches is reached through an index."""
    assert_indexed(engine, statements_of(engine, USES[name][0]))


def test_a_relay_finds_what_is_due_by_an_index(engine: sa.Engine) -> None:
    """However many deliveries are done, those that are not are found without looking at them."""
    SENT.clear()
    with engine.connect() as connection, connection.begin() as transaction:
        SqlUnitOfWork(connection).outbox.due("calendar", NOW)
        SqlUnitOfWork(connection).outbox.row_of("calendar", "uid")
        transaction.rollback()
    assert_indexed(engine, [(query, values) for query, values in SENT if query.startswith(VERBS)])


def assert_indexed(engine: sa.Engine, sent: list[tuple[str, Any]]) -> None:
    """Hold every statement to reaching its tables through an index."""
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        if explain == "EXPLAIN":
            # A table this small would be read from end to end by choice.
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        for query, values in sent:
            rows = connection.exec_driver_sql(f"{explain} {query}", values)
            plan = "\n".join(str(row[-1]) for row in rows)
            assert "Seq Scan" not in plan, plan
            assert "SCAN scheduling" not in plan, plan

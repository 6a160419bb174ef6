"""How many statements a use case sends, and what they ask of the indexes."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

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
    Period,
    Schedule,
    Scheduler,
    Status,
    TimeOff,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import SqlStorage, hours
from scheduling_core.testing import CountingIds, ManualClock

HOST, VISIT, RARE = HostId("host"), AppointmentTypeId("visit"), AppointmentTypeId("rare")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
FREE = NOW + 400 * HOUR
FIRST = AppointmentId("00000000-0000-7000-8000-000000000001")
ALL_DAY = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
WEEKS = Schedule("UTC", ALL_DAY, [DateOverride(dt.date(2027, 1, day)) for day in range(1, 30)])
AWAY = TimeOff(Interval.of(NOW + 9000 * HOUR, HOUR))

Use = Callable[[Scheduler], object]

# The use case, and the statements it sends on SQLite and on PostgreSQL, without BEGIN and COMMIT.
USES: dict[str, tuple[Use, int, int]] = {
    "book": (lambda it: it.book(BookingRequest(HOST, VISIT, FREE, "Ann")), 6, 4),
    "book under limits": (lambda it: it.book(BookingRequest(HOST, RARE, FREE, "Ann")), 6, 4),
    "book under a key": (
        lambda it: it.book(BookingRequest(HOST, VISIT, FREE, "Ann"), idempotency_key="key"),
        9,
        7,
    ),
    "reschedule": (lambda it: it.reschedule(FIRST, FREE), 7, 5),
    "cancel": (lambda it: it.cancel(FIRST), 5, 3),
    "amend": (lambda it: it.amend(FIRST, notes="long"), 5, 3),
    "purge": (lambda it: it.purge(FIRST), 8, 6),
    "get": (lambda it: it.get(FIRST), 2, 2),
    "find slots": (lambda it: it.find_slots(HOST, VISIT, Interval.of(NOW, 720 * HOUR)), 3, 3),
    "explain": (lambda it: it.explain(HOST, VISIT, FREE), 3, 3),
    "upcoming": (lambda it: it.upcoming(HOST), 2, 2),
    "between": (lambda it: it.between(HOST, Interval.of(NOW, 100 * HOUR)), 2, 2),
    "history": (lambda it: it.history(FIRST), 3, 3),
    "changes": (lambda it: it.changes(HOST), 2, 2),
    "types": (lambda it: it.types(HOST), 2, 2),
    "add a type": (lambda it: it.add_type(HOST, AppointmentType(VISIT, "Visit")), 4, 4),
    "add time off": (lambda it: it.add_time_off(HOST, AWAY), 6, 6),
    "set the schedule": (lambda it: it.set_schedule(HOST, WEEKS), 9, 9),
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStorage]:
    """A storage with a host."""
    if request.param == "sqlite":
        storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'scheduling.db'}")
    else:
        storage = SqlStorage.from_url(request.getfixturevalue("postgres_url"))
    storage.migrate()
    scheduler = scheduler_on(storage)
    scheduler.set_schedule(HOST, WEEKS)
    limits = [Limit(Period.YEAR, 1000)]
    for id, policy in ((VISIT, BookingPolicy()), (RARE, BookingPolicy(limits=limits))):  # noqa: A001
        scheduler.add_type(HOST, AppointmentType(id, "Visit", policy=policy))
    yield storage
    storage.close()


def scheduler_on(storage: SqlStorage, first: int = 1) -> Scheduler:
    """Return a scheduler whose ids count from *first*."""
    return Scheduler(storage, clock=ManualClock(NOW), new_id=CountingIds(first))


def fill(storage: SqlStorage, until: int) -> None:
    """Book so many of the first half hours, in one transaction."""
    ids = CountingIds()

    def work(unit: UnitOfWork) -> None:
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


def statements_of(storage: SqlStorage, use: Use) -> list[str]:
    """Return the statements that a use case sends."""
    sent: list[str] = []

    def listen(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    sa.event.listen(storage.engine, "before_cursor_execute", listen)
    use(scheduler_on(storage, first=1000))
    sa.event.remove(storage.engine, "before_cursor_execute", listen)
    return [statement for statement in sent if not statement.startswith("BEGIN")]


@pytest.mark.parametrize("name", USES)
@pytest.mark.parametrize("booked", [1, 200], ids=["few", "many"])
def test_the_number_of_statements_is_fixed(storage: SqlStorage, name: str, booked: int) -> None:
    """A use case sends the same few statements, whether the host has one appointment or hundreds."""
    use, on_sqlite, on_postgresql = USES[name]
    fill(storage, booked)
    sent = statements_of(storage, use)
    assert len(sent) == (on_sqlite if storage.engine.dialect.name == "sqlite" else on_postgresql), sent


def test_hours_are_read_once(storage: SqlStorage) -> None:
    """Two more statements read hours that this process has not seen yet, however many there are."""
    use, *_ = USES["explain"]
    warm = statements_of(storage, use)
    hours.forget()
    cold = statements_of(storage, use)
    assert len(cold) == len(warm) + 2
    assert statements_of(storage, use) == warm


@pytest.mark.parametrize(
    "name", ["book", "book under limits", "find slots", "upcoming", "between", "history"]
)
def test_no_statement_reads_a_whole_table(storage: SqlStorage, name: str) -> None:
    """Every table that a hot statement touches is reached through an index that it names a host to."""
    fill(storage, 300)
    plans = []
    with storage.engine.connect() as connection:
        if storage.engine.dialect.name == "postgresql":
            # A table this small would be read from end to end by choice.
            connection.execute(sa.text("SET enable_seqscan = off"))

        def listen(_: object, cursor: object, statement: str, parameters: object, *__: object) -> None:
            if statement.startswith(("SELECT", "WITH", "UPDATE")):
                plans.append((statement, parameters))

        sa.event.listen(storage.engine, "before_cursor_execute", listen)
        USES[name][0](scheduler_on(storage, first=1000))
        sa.event.remove(storage.engine, "before_cursor_execute", listen)
        explain = "EXPLAIN QUERY PLAN" if storage.engine.dialect.name == "sqlite" else "EXPLAIN"
        for statement, parameters in plans:
            rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)  # type: ignore[arg-type]
            plan = "\n".join(str(row[-1]) for row in rows)
            assert "Seq Scan" not in plan, plan
            assert "SCAN scheduling" not in plan, plan

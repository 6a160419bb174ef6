"""What the databases refuse even when our code is bypassed, and what `diagnose` makes of a table."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling_core import HostId, Schedule, Status, StorageUnavailable
from scheduling_core.appointments import HOLDS_TIME
from scheduling_core.changes import ScheduleSet
from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import SqlStorage, diagnose, guard, migrations
from scheduling_core.sql.schema import appointment, host

ANN, BOB = HostId("ann"), HostId("bob")
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TICK = dt.timedelta.resolution
HELD = sorted(HOLDS_TIME, key=lambda status: status.value)
FREE = [status for status in Status if status not in HOLDS_TIME]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStorage]:
    """A storage with two hosts, whose keys are 1 and 2."""
    if request.param == "sqlite":
        storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'scheduling.db'}")
    else:
        storage = SqlStorage.from_url(request.getfixturevalue("postgres_url"))
    storage.migrate()

    def work(unit: UnitOfWork) -> None:
        for one in (ANN, BOB):
            unit.record(ScheduleSet(one, NINE, Schedule("UTC")))

    storage.transact(work)
    with storage.engine.begin() as connection:
        connection.execute(sa.update(host).values(longest_occupied=24 * HOUR))
    yield storage
    storage.close()


def row(
    name: str, start: dt.datetime, *, key: int = 1, status: Status = Status.CONFIRMED
) -> dict[str, object]:
    """Return a row of half an hour, with a quarter of an hour of buffer on both sides."""
    return {
        "id": name,
        "host": key,
        "type": "visit",
        "customer_name": "Ann",
        "start": start + HOUR / 4,
        "end": start + 3 * HOUR / 4,
        "occupied_start": start,
        "occupied_end": start + HOUR,
        "status": status.value,
        "version": 1,
        "timezone": "UTC",
        "local_start": start.replace(tzinfo=None),
        "notes": "",
        "metadata": {},
        "created_at": start,
        "updated_at": start,
    }


def shifted(start: dt.datetime) -> dict[str, object]:
    """Return what an update writes that moves a row."""
    moved = row("", start)
    return {name: moved[name] for name in ("start", "end", "occupied_start", "occupied_end")}


def is_refused(connection: sa.Connection, statement: sa.Executable) -> bool:
    """Say whether the guard refuses a statement; what it lets pass stays."""
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except sa.exc.IntegrityError as error:
        if guard.NAME in str(error.orig):
            return True
        raise
    return False


def add(name: str, start: dt.datetime, *, key: int = 1, status: Status = Status.CONFIRMED) -> sa.Insert:
    """Return the insert of a row, written behind our back."""
    return sa.insert(appointment).values(**row(name, start, key=key, status=status))


def change(name: str, **values: object) -> sa.Update:
    """Return the update of a row, written behind our back."""
    return sa.update(appointment).where(appointment.c.id == name).values(**values)


def take_down(connection: sa.Connection) -> None:
    """Remove the guard."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"ALTER TABLE scheduling_appointment DROP CONSTRAINT {guard.NAME}"))
    else:
        connection.execute(sa.text(f"DROP TRIGGER {guard.NAME}_on_insert"))
        connection.execute(sa.text(f"DROP TRIGGER {guard.NAME}_on_update"))
        connection.execute(sa.text(f"DROP INDEX {guard.NAME}_lookup"))


@pytest.mark.parametrize("one", HELD)
@pytest.mark.parametrize("other", HELD)
def test_an_overlapping_insert_is_refused(storage: SqlStorage, one: Status, other: Status) -> None:
    """A row that overlaps another by a microsecond is refused, in whatever status both hold their time."""
    with storage.engine.begin() as connection:
        assert not is_refused(connection, add("there", NINE, status=one))
        for start in (NINE, NINE + HOUR - TICK, NINE - HOUR + TICK):
            assert is_refused(connection, add("another", start, status=other))


def test_what_does_not_overlap_is_accepted(storage: SqlStorage) -> None:
    """Rows that touch, that hold no time, or that are of another host go through."""
    with storage.engine.begin() as connection:
        assert not is_refused(connection, add("there", NINE))
        assert not is_refused(connection, add("after", NINE + HOUR))
        assert not is_refused(connection, add("before", NINE - HOUR))
        assert not is_refused(connection, add("bob's", NINE, key=2))
        for status in FREE:
            assert not is_refused(connection, add(status.value, NINE, status=status))


def test_an_overlapping_update_is_refused(storage: SqlStorage) -> None:
    """A row can be moved, revived or given to another host only where it overlaps nothing."""
    with storage.engine.begin() as connection:
        connection.execute(add("there", NINE))
        connection.execute(add("moved", NINE + 2 * HOUR))
        connection.execute(add("gone", NINE, status=Status.CANCELLED))
        connection.execute(add("bob's", NINE, key=2))
        assert is_refused(connection, change("moved", **shifted(NINE + HOUR - TICK)))
        assert is_refused(connection, change("moved", occupied_start=NINE + HOUR - TICK))
        assert is_refused(connection, change("gone", status="pending"))
        assert is_refused(connection, change("bob's", host=1))
        assert not is_refused(connection, change("moved", **shifted(NINE + HOUR)))
        assert not is_refused(connection, change("there", **shifted(NINE - HOUR / 2)))
        assert not is_refused(connection, change("there", status="completed", customer_name="Bob"))


# Every example is rolled back.
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(spans=st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(Status)), max_size=8))
def test_the_guard_agrees_with_arithmetic(storage: SqlStorage, spans: list[tuple[int, int, Status]]) -> None:
    """Of rows in any order, exactly those are refused that overlap one that is already held."""
    held: list[tuple[int, int]] = []
    with storage.engine.connect() as connection, connection.begin() as transaction:
        for number, (first, length, status) in enumerate(spans):
            values = row(str(number), NINE, status=status)
            start, end = NINE + first * TICK, NINE + (first + length) * TICK
            values |= {"start": start, "end": end, "occupied_start": start, "occupied_end": end}
            overlaps = any(first < other[1] and other[0] < first + length for other in held)
            refused = is_refused(connection, sa.insert(appointment).values(**values))
            assert refused == (overlaps and status in HOLDS_TIME)
            if status in HOLDS_TIME and not refused:
                held.append((first, first + length))
        transaction.rollback()


def test_a_text_is_no_instant_to_sqlite(tmp_path: Path) -> None:
    """SQLite refuses a row whose occupied interval is not written in numbers, which could not be compared."""
    storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'scheduling.db'}")
    storage.migrate()
    storage.transact(lambda work: work.record(ScheduleSet(ANN, NINE, Schedule("UTC"))))
    with storage.engine.begin() as connection:
        connection.execute(add("there", NINE))
        foreign = change("there", occupied_end=sa.literal_column("'2026-03-02 10:00:00'"))
        with pytest.raises(sa.exc.IntegrityError, match="instants"):
            connection.execute(foreign)
    storage.close()


def test_a_sound_database_is_healthy(storage: SqlStorage) -> None:
    """A database with its guard and without overlaps is healthy, and unchanged by the examination."""
    with storage.engine.begin() as connection:
        connection.execute(add("there", NINE))
    found = diagnose(storage.engine)
    assert (found.revision, found.gaps, found.overlaps, found.overlong) == (migrations.NEWEST, (), (), ())
    assert found.is_healthy
    with storage.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM scheduling_host")) == 2
        assert connection.scalar(sa.text("SELECT count(*) FROM scheduling_appointment")) == 1


def test_a_connection_can_be_examined_too(storage: SqlStorage) -> None:
    """Within a transaction of the caller's own, the examination leaves everything as it was."""
    with storage.engine.begin() as connection:
        connection.execute(add("there", NINE))
        assert diagnose(connection).is_healthy
    with storage.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM scheduling_appointment")) == 1


def test_a_missing_guard_is_noticed(storage: SqlStorage) -> None:
    """Without the guard, everything that it should refuse is named."""
    with storage.engine.begin() as connection:
        take_down(connection)
    found = diagnose(storage.engine)
    assert not found.is_healthy
    assert found.gaps == (
        "an overlapping row that is pending",
        "an overlapping row that is confirmed",
        "an overlapping row that is completed",
        "an overlapping row that is no_show",
        "reviving a row that others overlap",
        "moving a row into another",
    )


def test_a_missing_trigger_is_noticed(tmp_path: Path) -> None:
    """Half of the guard is not enough."""
    storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'scheduling.db'}")
    storage.migrate()
    with storage.engine.begin() as connection:
        connection.execute(sa.text(f"DROP TRIGGER {guard.NAME}_on_update"))
    gaps = diagnose(storage.engine).gaps
    assert gaps == ("reviving a row that others overlap", "moving a row into another")
    storage.close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("definition", "gap"),
    [
        ("'[]') WITH &&, tstzrange(occupied_start, occupied_end, '[]')", "a touching row"),
        ("'[]') WITH &&, tstzrange(start, \"end\", '[)')", "an overlapping row that is pending"),
    ],
    ids=["closed", "without buffers"],
)
def test_a_wrong_guard_is_noticed(postgres_url: str, definition: str, gap: str) -> None:
    """A constraint that has the right name and the wrong content is noticed."""
    storage = SqlStorage.from_url(postgres_url)
    storage.migrate()
    with storage.engine.begin() as connection:
        take_down(connection)
        connection.execute(
            sa.text(
                f"ALTER TABLE scheduling_appointment ADD CONSTRAINT {guard.NAME} EXCLUDE USING gist "
                f"(int8range(host, host, {definition} WITH &&) WHERE ({guard.HOLDING})"
            )
        )
    found = diagnose(storage.engine)
    assert gap in found.gaps
    storage.close()


def test_an_examination_that_fails_is_an_error(tmp_path: Path) -> None:
    """Where something else refuses the rows that are tried, nothing is said about the guard."""
    storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'scheduling.db'}")
    storage.migrate()
    foreign = (
        "CREATE TRIGGER other BEFORE INSERT ON scheduling_appointment WHEN NEW.status = 'pending' "
        "BEGIN SELECT RAISE(ABORT, 'other'); END"
    )
    with storage.engine.begin() as connection:
        connection.execute(sa.text(foreign))
    with pytest.raises(StorageUnavailable):
        diagnose(storage.engine)
    storage.close()


def test_overlaps_are_listed_with_their_witnesses(storage: SqlStorage) -> None:
    """Every pair of rows that overlap is listed once, with its host, and nothing else is."""
    with storage.engine.begin() as connection:
        take_down(connection)
        for statement in (
            add("a", NINE),
            add("b", NINE + HOUR / 2),
            add("c", NINE + HOUR - TICK),
            add("d", NINE + 2 * HOUR),
            add("cancelled", NINE, status=Status.CANCELLED),
            add("e", NINE, key=2),
            add("f", NINE, key=2),
            add("g", NINE + HOUR, key=2),
        ):
            connection.execute(statement)
    found = diagnose(storage.engine)
    pairs = [(overlap.host, overlap.first, overlap.second) for overlap in found.overlaps]
    assert pairs == [(ANN, "a", "b"), (ANN, "a", "c"), (ANN, "b", "c"), (BOB, "e", "f")]
    assert diagnose(storage.engine, most=2).overlaps == found.overlaps[:2]


def test_overlong_appointments_are_listed(storage: SqlStorage) -> None:
    """A row longer than its host is known to have is listed, because queries for overlaps could miss it."""
    with storage.engine.begin() as connection:
        connection.execute(add("long", NINE))
        connection.execute(sa.update(host).values(longest_occupied=HOUR - TICK))
    found = diagnose(storage.engine)
    assert found.overlong == ("long",)
    assert not found.is_healthy


def test_a_database_without_tables_is_not_healthy(tmp_path: Path) -> None:
    """Where nothing was migrated, nothing is healthy."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'scheduling.db'}")
    found = diagnose(engine)
    assert found.revision is None
    assert found.gaps == ("there are no tables",)
    assert not found.is_healthy
    engine.dispose()

"""The way of the tables from nothing to the newest version, and back."""

import datetime as dt
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from scheduling_core.sql import SqlStorage, Timeouts, diagnose, metadata, migrations

CATALOGS = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"],
    "postgresql": [
        """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
               column_default, collation_name, is_identity
        FROM information_schema.columns WHERE table_schema = 'public'
        """,
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        """,
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    ],
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'scheduling.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    """A storage that was not migrated."""
    storage = SqlStorage.from_url(url)
    yield storage
    storage.close()


def unordered(statement: str) -> str:
    """Return a statement that makes a table with its columns and constraints in order of text."""
    table = re.fullmatch(r"(CREATE TABLE \S+ )\( ?(.*?) ?\)", statement)
    if table is None:
        return statement
    return table[1] + ", ".join(sorted(re.split(r" ?, (?![^(]*\))", table[2])))


def catalog(engine: sa.Engine) -> list[tuple[object, ...]]:
    """Return all that the database knows about its tables, but for the table of versions.

    In which order a table has its columns is left out: what was added later stands at the end.
    """
    with engine.connect() as connection:
        rows = [
            tuple(unordered(re.sub(r"\s+", " ", str(value))) for value in row)
            for statement in CATALOGS[engine.dialect.name]
            for row in connection.execute(sa.text(statement))
        ]
    return sorted(row for row in rows if migrations.VERSION_TABLE not in str(row))


def test_migrating_makes_the_declared_schema(storage: SqlStorage) -> None:
    """The migrated tables equal the declared ones to the last constraint, index and trigger."""
    metadata.create_all(storage.engine)
    declared = catalog(storage.engine)
    metadata.drop_all(storage.engine)
    assert declared
    assert catalog(storage.engine) == []
    storage.migrate()
    assert catalog(storage.engine) == declared


def test_the_guard_comes_with_the_declared_schema(storage: SqlStorage) -> None:
    """Tables that an application creates from the metadata have the guard, too."""
    metadata.create_all(storage.engine)
    with storage.engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE {migrations.VERSION_TABLE} (version_num VARCHAR(32))"))
        values = {"version_num": migrations.NEWEST}
        versions = sa.table(migrations.VERSION_TABLE, sa.column("version_num"))
        connection.execute(sa.insert(versions), values)
    assert diagnose(storage.engine).is_healthy


def test_migrating_down_leaves_nothing(storage: SqlStorage) -> None:
    """The way down removes every table, and the way up again makes them anew."""
    storage.migrate()
    migrated = catalog(storage.engine)
    with storage.engine.begin() as connection:
        migrations.downgrade(connection, "base")
    assert catalog(storage.engine) == []
    with storage.engine.connect() as connection:
        assert migrations.find_revision(connection) is None
    storage.migrate()
    assert catalog(storage.engine) == migrated


def test_migrating_twice_changes_nothing(storage: SqlStorage) -> None:
    """Tables of the newest version stay as they are."""
    storage.migrate()
    migrated = catalog(storage.engine)
    storage.migrate()
    assert catalog(storage.engine) == migrated
    with storage.engine.connect() as connection:
        assert migrations.find_revision(connection) == migrations.NEWEST


def test_many_may_migrate_at_once(url: str) -> None:
    """Of several that start at the same time on an empty database, all find the tables made."""
    barrier, failures = threading.Barrier(6), []
    # The last one waits for all the others, on a machine that may be busy.
    patient = Timeouts(lock=dt.timedelta(minutes=2), statement=dt.timedelta(minutes=2))

    def migrate() -> None:
        storage = SqlStorage.from_url(url, timeouts=patient)
        barrier.wait()
        try:
            storage.migrate()
        except Exception as error:  # noqa: BLE001  Whatever it is, it must not be.
            failures.append(error)
        storage.close()

    threads = [threading.Thread(target=migrate) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    storage = SqlStorage.from_url(url)
    assert diagnose(storage.engine).is_healthy
    storage.close()


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("appointment", "id host customer_name start end status version created_at updated_at"),
        ("appointment", "occupied_start occupied_end type timezone local_start notes metadata"),
        ("availability_rule", "id host day_of_week start_time end_time created_at"),
        ("host", "key id version timezone longest_occupied"),
        ("change_log", "host version kind at appointment payload"),
        ("idempotency", "host key fingerprint answer at"),
        ("sync", "appointment provider desired_version synced_version state remote_uid"),
    ],
)
def test_tables_have_the_columns_that_others_rely_on(storage: SqlStorage, table: str, columns: str) -> None:
    """What reports and other programs may read is there under its name."""
    storage.migrate()
    found = {column["name"] for column in sa.inspect(storage.engine).get_columns(f"scheduling_{table}")}
    assert set(columns.split()) <= found

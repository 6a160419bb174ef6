"""The commands about the database: what they find, in which words, and with which exit code."""

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from scheduling_core import HostId, Scheduler
from scheduling_core.sql import SqlStorage, guard, migrations, schema
from scheduling_web.accounts import migrations as service_tables
from scheduling_web.hosts import make_host, usual_schedule

Run = Callable[..., int]
Shown = pytest.CaptureFixture[str]

NINE = dt.datetime(2030, 1, 7, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kept(
    request: pytest.FixtureRequest, database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SqlStorage]:
    """The database that the commands will see, on each kind, without tables."""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("SCHEDULING_DATABASE_URL", database)
    with contextlib.closing(SqlStorage.from_url(database)) as storage:
        storage.engine.connect().close()  # Which makes the file.
        yield storage


def take_down(connection: sa.Connection) -> None:
    """Remove the guard."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE scheduling_appointment DROP CONSTRAINT {guard.NAME}")
        return
    for trigger in ("insert", "update"):
        connection.exec_driver_sql(f"DROP TRIGGER {guard.NAME}_on_{trigger}")


def plant_overlap(storage: SqlStorage, host: HostId) -> None:
    """Take the guard down and write two rows of a *host* that overlap, longer than it knows of any."""
    make_host(Scheduler(storage), host, usual_schedule())
    with storage.engine.begin() as connection:
        take_down(connection)
        key = connection.scalar(sa.select(schema.host.c.key))
        for name, start in (("first", NINE), ("second", NINE + HOUR)):
            row: dict[str, object] = {"id": name, "host": key, "type": "appointment", "version": 1}
            row |= {"customer_name": "Kim Example", "status": "confirmed", "timezone": "UTC", "notes": ""}
            row |= {"metadata": {}, "local_start": start.replace(tzinfo=None)}
            row |= {"start": start, "end": start + 2 * HOUR, "created_at": NINE, "updated_at": NINE}
            row |= {"occupied_start": start, "occupied_end": start + 2 * HOUR}
            connection.execute(sa.insert(schema.appointment).values(row))


def test_a_sound_database_is_healthy(kept: SqlStorage, run: Run, capsys: Shown) -> None:
    """The doctor says so, with the exit code 0, and leaves nothing behind."""
    assert run("db", "upgrade") == 0
    assert run("db", "doctor") == 0
    assert capsys.readouterr().out.endswith("The database is healthy.\n")
    with kept.snapshots.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM scheduling_host")) == 0


def test_a_sound_database_is_healthy_to_machines(kept: SqlStorage, run: Run, capsys: Shown) -> None:
    """The same as one line of JSON."""
    run("db", "upgrade")
    capsys.readouterr()
    assert run("db", "doctor", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "is_healthy": True,
        "revision": migrations.NEWEST,
        "newest": migrations.NEWEST,
        "gaps": [],
        "overlaps": [],
        "overlong": [],
    }


def test_a_missing_guard_is_found(kept: SqlStorage, run: Run, capsys: Shown) -> None:
    """Without its guard a database is not healthy, and what would get through is named."""
    run("db", "upgrade")
    with kept.engine.begin() as connection:
        take_down(connection)
    assert run("db", "doctor") == 1
    shown = capsys.readouterr().out
    assert "an overlapping row that is confirmed" in shown
    assert shown.endswith("The database is not healthy.\n")


def test_overlaps_are_listed_with_their_witnesses(kept: SqlStorage, run: Run, capsys: Shown) -> None:
    """Host and appointments are named as they are, and no customer is."""
    run("db", "upgrade")
    plant_overlap(kept, HostId("[bold]anna[/bold]"))
    capsys.readouterr()
    assert run("db", "doctor", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["overlaps"] == [{"host": "[bold]anna[/bold]", "first": "first", "second": "second"}]
    assert found["overlong"] == ["first", "second"]
    assert run("db", "doctor") == 1
    shown = capsys.readouterr().out
    assert "[bold]anna[/bold]   first" in shown
    assert "Kim" not in shown


def test_a_long_list_is_cut_off_and_says_so(kept: SqlStorage, run: Run, capsys: Shown) -> None:
    """Of each kind of finding at most so many are listed as were asked for."""
    run("db", "upgrade")
    plant_overlap(kept, HostId("anna"))
    capsys.readouterr()
    assert run("db", "doctor", "--most", "1") == 1
    shown = capsys.readouterr().out
    assert "appointments that queries can miss   1 or more" in shown
    assert shown.count("first") == 2  # Once as part of the pair, once as too long.


def test_a_list_has_room_for_something(run: Run, capsys: Shown) -> None:
    """The doctor cannot be asked to list nothing."""
    assert run("db", "doctor", "--most", "0") == 2
    assert capsys.readouterr().err.startswith("Error: ")


def test_the_versions_are_shown(kept: SqlStorage, run: Run, capsys: Shown) -> None:
    """Tables that are missing are not made, and those that are the newest are told with the exit code 0."""
    assert run("db", "current", "--json") == 1
    core, service = json.loads(capsys.readouterr().out)
    assert core == {
        "tables": "appointments",
        "revision": None,
        "newest": migrations.NEWEST,
        "is_current": False,
    }
    assert service["revision"] is None
    assert run("db", "current") == 1
    assert "`scheduling-web db upgrade` brings the tables up to date." in capsys.readouterr().out
    assert run("db", "doctor") == 1
    assert "there are no tables" in capsys.readouterr().out
    run("db", "upgrade")
    capsys.readouterr()
    assert run("db", "current") == 0
    shown = capsys.readouterr().out
    assert migrations.NEWEST in shown
    assert service_tables.NEWEST in shown


def test_older_tables_are_not_the_newest(kept: SqlStorage, run: Run, capsys: Shown) -> None:
    """Neither command takes an earlier version for healthy, or brings it up to date."""
    with kept.engine.begin() as connection:
        migrations.upgrade(connection, "0001")
    service_tables.upgrade(kept.engine)
    for _ in range(2):
        assert run("db", "current", "--json") == 1
        assert [each["is_current"] for each in json.loads(capsys.readouterr().out)] == [False, True]
        assert run("db", "doctor") == 1
        assert f"0001; the newest are {migrations.NEWEST}" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["current", "doctor"])
def test_a_database_that_cannot_be_reached_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown, word: str
) -> None:
    """What cannot be asked is neither healthy nor a traceback, and no password is shown."""
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", "postgresql://a:hidden@127.0.0.1:1/b")
    assert run("db", word) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Error: the database cannot be used")
    assert shown.err.count("\n") == 1
    assert "hidden" not in shown.err


ASKING = [["db", "current"], ["db", "doctor"], ["sync", "status"]]
UNUSABLE = {
    "postgresql://a:hidden@127.0.0.1:1/b": "connection to server",
    "postgresql://a:hidden@127.0.0.1:1/b?sslmode=nonsense": "sslmode",
    "sqlite:///no-database.txt": "file is not a database",
    "sqlite:///.": "unable to open database file",
}


@pytest.mark.parametrize("url", UNUSABLE, ids=["no server", "odd option", "other file", "folder"])
def test_every_command_tells_the_same_reason(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Shown, url: str
) -> None:
    """Why a database cannot be used is said by the commands that ask as by the one that changes it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no-database.txt").write_text("no database, but as long as one " * 16, encoding="utf-8")
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", url)
    told = set()
    for words in (["db", "upgrade"], *ASKING):
        assert run(*words) == 1
        told.add(capsys.readouterr().err)
    [line] = told
    assert line.startswith("Error: the database cannot be used: ")
    assert UNUSABLE[url] in line
    assert "hidden" not in line


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_looking_makes_no_file(run: Run, tmp_path: Path, capsys: Shown, words: list[str]) -> None:
    """A file that is not there is said to be missing, and is not made by looking for it."""
    assert run(*words) == 1
    assert capsys.readouterr().err == f"Error: there is no file {tmp_path / 'cli.sqlite3'}\n"
    assert list(tmp_path.iterdir()) == []

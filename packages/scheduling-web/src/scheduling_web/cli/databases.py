"""The commands about the database."""

import contextlib
import os
from collections.abc import Iterator

import attrs
import click

from scheduling_core.sql import Diagnosis, SqlStorage, diagnose
from scheduling_core.sql import migrations as core_tables
from scheduling_web.accounts import migrations as service_tables
from scheduling_web.cli.printing import print_json, print_table
from scheduling_web.resources import open_tables, require_file
from scheduling_web.settings import read_settings

HEALTHY, NOT_HEALTHY = 0, 1
MOST = 100


@click.group("db")
def databases() -> None:
    """The database."""


@databases.command("upgrade")
def upgrade_database() -> None:
    """Bring the tables up to date, from none or from any earlier version."""
    with open_tables(read_settings(os.environ)):
        click.echo("the database is up to date")


@attrs.frozen
class _Version:
    """How far a set of tables has come; *revision* is None where there are none."""

    tables: str
    revision: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        return self.revision == self.newest


@databases.command("current")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def show_revisions(*, as_json: bool) -> int:
    """Show which version the tables have, and change nothing; the exit code is 1 unless it is the newest."""
    with _opened() as storage:
        with storage.snapshots.connect() as connection:
            core = core_tables.find_revision(connection)
        found = (
            _Version("appointments", core, core_tables.NEWEST),
            _Version("accounts", service_tables.find_revision(storage.snapshots), service_tables.NEWEST),
        )
    if as_json:
        print_json([{**attrs.asdict(each), "is_current": each.is_current} for each in found])
    else:
        print_table(
            ("tables", "version", "newest"),
            [(each.tables, each.revision or "none", each.newest) for each in found],
        )
        if not all(each.is_current for each in found):
            click.echo("`scheduling-web db upgrade` brings the tables up to date.")
    return HEALTHY if all(each.is_current for each in found) else NOT_HEALTHY


@databases.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=MOST,
    show_default=True,
    help="How many findings of each kind are listed.",
)
def examine_database(most: int, *, as_json: bool) -> int:
    """Try the guard against double booking, and list what overlaps already; the exit code is 1 if anything.

    Nothing is changed: the rows that the guard is tried with are taken back. People's names are not shown.
    """
    with _opened() as storage:
        found = diagnose(storage.engine, most=most)
    if as_json:
        facts = attrs.asdict(found)
        print_json({"is_healthy": found.is_healthy, **facts, "newest": core_tables.NEWEST})
    else:
        _print_findings(found, most)
    return HEALTHY if found.is_healthy else NOT_HEALTHY


def _print_findings(found: Diagnosis, most: int) -> None:
    rows = [
        ("tables", f"{found.revision or 'none'}; the newest are {core_tables.NEWEST}"),
        ("guard against double booking", _counted(found.gaps, most) if found.gaps else "holds"),
        ("pairs of appointments that overlap", _counted(found.overlaps, most)),
        ("appointments that queries can miss", _counted(found.overlong, most)),
    ]
    print_table(("examined", "found"), rows)
    if found.gaps:
        print_table(("what the guard gets wrong",), [(gap,) for gap in found.gaps])
    if found.overlaps:
        pairs = [(pair.host, f"{pair.first}\n{pair.second}") for pair in found.overlaps]
        print_table(("host", "appointments that overlap"), pairs)
    if found.overlong:
        print_table(("longer than its host is known to have any",), [(each,) for each in found.overlong])
    click.echo("The database is healthy." if found.is_healthy else "The database is not healthy.")


def _counted(findings: tuple[object, ...], most: int) -> str:
    """Return how many there are; of a list that was cut off, that there may be more."""
    return f"{len(findings) or 'none'}{' or more' if len(findings) == most else ''}"


@contextlib.contextmanager
def _opened() -> Iterator[SqlStorage]:
    """Open the database of the settings as it is; a file that is not there is not made."""
    settings = read_settings(os.environ)
    require_file(settings)
    with contextlib.closing(SqlStorage.from_url(settings.database_url)) as storage:
        yield storage

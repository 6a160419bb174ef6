"""The command line."""

import datetime as dt
import json
import os
import socket
import sys
from pathlib import Path

import click
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from scheduling_core import InvalidValue, Schedule, Scheduler, StorageUnavailable, TimeRange, WeeklyHours
from scheduling_core.local_time import find_zone
from scheduling_web import demo, hosts, logs
from scheduling_web.accounts import UsernameTaken
from scheduling_web.accounts.passwords import HashingBroken
from scheduling_web.app import GuardMissing, create_app, open_database
from scheduling_web.serving import address_of, listen, serve, stopping_well
from scheduling_web.settings import InvalidSetting, read_settings, require_secret

BAD_INPUT = 2
FAILED = 1


def main(words: list[str] | None = None) -> None:
    """Run a command; what goes wrong is said in one line, never in a traceback."""
    logs.configure()
    try:
        code = commands.main(words, prog_name="scheduling-web", standalone_mode=False)
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(BAD_INPUT)
    except click.Abort:
        sys.exit(FAILED)
    except click.ClickException as error:
        _fail(error.format_message(), BAD_INPUT)
    except (InvalidSetting, InvalidValue, UsernameTaken) as error:
        _fail(str(error), BAD_INPUT)
    except (GuardMissing, HashingBroken, demo.UnreadableFolder, OSError) as error:
        _fail(str(error), FAILED)
    except StorageUnavailable as error:
        # The driver's own words say which file or server it was, and no password.
        cause = error.__cause__
        told = f": {cause.orig}" if isinstance(cause, DBAPIError) else ""
        _fail(f"the database cannot be used{told}", FAILED)
    except SQLAlchemyError as error:
        # In full it would quote the statement, and the address with its password.
        _fail(f"the database cannot be used ({type(error).__name__})", FAILED)
    sys.exit(code or 0)


def _fail(words: str, code: int) -> None:
    click.echo("Error: " + " ".join(words.split()), err=True)
    sys.exit(code)


@click.group()
@click.version_option(package_name="scheduling-web")
def commands() -> None:
    """Book appointments: a service, its users and its database.

    Settings are taken from the environment, as variables that begin with SCHEDULING_.
    """


@commands.command("demo")
@click.option("--host", help="The address to listen on, 127.0.0.1 if not given.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 is any that is free.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=demo.FOLDER,
    show_default=True,
    help="The folder that keeps everything.",
)
@click.option("--json", "as_json", is_flag=True, help="Print address and sign-in as one line of JSON.")
def run_demo(host: str | None, port: int | None, data: Path, *, as_json: bool) -> None:
    """Serve with a database, a user and opening hours, which are made where they are missing."""
    with stopping_well():
        kept = demo.open_folder(data)
        settings = read_settings(demo.environment(data, kept, os.environ))
        with open_database(settings) as database:
            scheduler = Scheduler(database.storage)
            user = demo.make_user(database.accounts, scheduler, kept)
            app = create_app(settings, storage=database.storage, accounts=database.accounts)
            listener = _listen(host or settings.host, port, settings.port)
            url = address_of(listener)

            def tell() -> None:
                if as_json:
                    told = {"url": url, "username": kept.username, "password": kept.password}
                    click.echo(json.dumps(told))
                else:
                    click.echo(demo.greet(url, data, kept, scheduler, user))

            serve(app, listener, tell)


@commands.command("serve")
@click.option("--host", help="The address to listen on, in place of SCHEDULING_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port, in place of SCHEDULING_PORT.")
def run_service(host: str | None, port: int | None) -> None:
    """Serve, after bringing the database up to date."""
    settings = read_settings(os.environ)
    require_secret(settings)
    with stopping_well(), open_database(settings) as database:
        app = create_app(settings, storage=database.storage, accounts=database.accounts)
        listener = listen(host or settings.host, settings.port if port is None else port)
        url = address_of(listener)
        serve(app, listener, lambda: click.echo(f"serving on {url}", err=True))


@commands.group("user")
def users() -> None:
    """Who may sign in."""


@users.command("add")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--time-zone", default=hosts.USUAL_ZONE, show_default=True, help="The zone of the hours.")
@click.option("--days", default=hosts.USUAL_DAYS, show_default=True, help="Such as mon-fri or mon,wed.")
@click.option("--open", "opens", default="09:00", show_default=True, help="When the hours begin.")
@click.option("--close", "closes", default="17:00", show_default=True, help="When they end, up to 24:00.")
def add_user(name: str, *, password_stdin: bool, time_zone: str, days: str, opens: str, closes: str) -> None:
    """Add a user, who is a host with opening hours and one appointment type."""
    hours = TimeRange(_to_time("open", opens), _to_time("close", closes))
    schedule = Schedule(find_zone(time_zone), WeeklyHours.on(days, hours))
    password = _read_password(from_stdin=password_stdin)
    with open_database(read_settings(os.environ)) as database:
        scheduler = Scheduler(database.storage)
        user = hosts.add_user(database.accounts, scheduler, name, password, schedule)
    click.echo(f"added {user.username}, host {user.id}")


@commands.group("db")
def databases() -> None:
    """The database."""


@databases.command("upgrade")
def upgrade_database() -> None:
    """Bring the tables up to date, from none or from any earlier version."""
    with open_database(read_settings(os.environ)):
        click.echo("the database is up to date")


def _listen(host: str, port: int | None, usual: int) -> socket.socket:
    """Listen on the port that was asked for; if none was, on the usual one, or any other if it is taken."""
    if port is not None:
        return listen(host, port)
    try:
        return listen(host, usual)
    except OSError:
        return listen(host, 0)


def _to_time(name: str, text: str) -> dt.time:
    """Return a local time; the end of the day, 24:00, is midnight as an end."""
    if name == "close" and text == "24:00":
        return dt.time(0)
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        raise InvalidValue(name, "must be a time such as 09:00", text) from None


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)

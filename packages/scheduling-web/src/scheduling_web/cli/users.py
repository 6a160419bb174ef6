"""The commands about users."""

import datetime as dt
import os
import sys

import click

from scheduling_core import InvalidValue, Schedule, Scheduler, TimeRange, WeeklyHours, system
from scheduling_core.local_time import find_zone
from scheduling_web import hosts
from scheduling_web.resources import open_database, open_tables
from scheduling_web.settings import read_settings


@click.group("user")
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


@users.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(name: str, *, password_stdin: bool) -> None:
    """Give a user another password, and end their sessions."""
    password = _read_password(from_stdin=password_stdin)
    with open_database(read_settings(os.environ)) as database:
        database.accounts.set_password(name, password)
    click.echo(f"changed the password of {name}")


@users.command("disable")
@click.argument("name")
def disable_user(name: str) -> None:
    """Let a user sign in no more, and end their sessions; what they have stays."""
    with open_tables(read_settings(os.environ)) as tables:
        tables.users.disable(name, system.read_clock())
    click.echo(f"disabled {name}")


@users.command("enable")
@click.argument("name")
def enable_user(name: str) -> None:
    """Let a user sign in again who was disabled."""
    with open_tables(read_settings(os.environ)) as tables:
        tables.users.enable(name)
    click.echo(f"enabled {name}")


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
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise InvalidValue("password", "must be text in UTF-8") from None
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)

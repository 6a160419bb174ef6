"""The command that shows what is set, and what is not."""

import datetime as dt
import os
from collections.abc import Mapping
from typing import Any

import attrs
import click
import environ
from sqlalchemy.engine import URL

from scheduling_web.cli.printing import print_json, print_table
from scheduling_web.setting_values import Secret
from scheduling_web.settings import Settings, read_settings

ALL_KNOWN, SOME_UNKNOWN = 0, 1

_PREFIX = "SCHEDULING_"
_MASK = "***"
_QUIET = frozenset({"password", "passfile", "sslpassword"})
"""Parameters in the address of a database that are no more to be shown than its password."""


@attrs.frozen
class Shown:
    """A setting as it may be shown, and where it comes from: `environment` or `default`."""

    variable: str
    value: str | None
    source: str
    meaning: str


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def show_settings(*, as_json: bool) -> int:
    """Show every setting and where it comes from; secrets are only said to be set.

    The exit code is 1 if a variable begins with SCHEDULING_ and is no setting, as after a slip of the pen.
    """
    shown = show(read_settings(os.environ), os.environ)
    known = {each.variable for each in shown}
    unknown = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    if as_json:
        print_json({"settings": [attrs.asdict(each) for each in shown], "unknown": unknown})
    else:
        rows = [(each.variable, each.value or "not set", each.source) for each in shown]
        print_table(("setting", "value", "from"), rows)
        for name in unknown:
            click.echo(f"{name} is no setting.")
    return SOME_UNKNOWN if unknown else ALL_KNOWN


def show(settings: Settings, environment: Mapping[str, str]) -> list[Shown]:
    """Return every setting as it may be shown, in the order in which they are declared."""
    # What is declared stands behind the help that environ-config writes of it, and nowhere else in public.
    meanings: list[dict[str, Any]] = []
    environ.generate_help(Settings, formatter=meanings.extend)
    return [
        Shown(
            each["var_name"],
            None if value is None else _write(value),
            "environment" if each["var_name"] in environment else "default",
            each["help_str"],
        )
        for each in meanings
        for value in [getattr(settings, each["var_name"].removeprefix(_PREFIX).lower())]
    ]


def _write(value: object) -> str:
    """Return a value as it could stand in the environment, but for what is secret."""
    match value:
        case Secret():
            return _MASK
        case URL():  # Before the tuple, which it is as well.
            quiet = {name: _MASK for name in value.query if name in _QUIET}
            return value.update_query_dict(quiet).render_as_string(hide_password=True)
        case tuple():
            return ",".join(map(_write, value))
        case bool():
            return "on" if value else "off"
        case dt.timedelta():
            return f"{value.total_seconds():g}"
        case _:
            return str(value)

"""The parts of the reference that are no docstrings, as Markdown written from the code itself.

A page of the documentation asks for a part by its name in `PARTS`, whenever it is built, so that no part can
fall behind what it describes.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import get_args

import attrs
import click
from markup import code, codes, table
from rest import problems, routes

from scheduling_core import Reason, Scheduler
from scheduling_core.changes import OVERRIDABLE
from scheduling_core.rules import RULES
from scheduling_web.cli import commands
from scheduling_web.settings import Settings


def reasons() -> str:
    """Return a table of the reasons, in the order in which they are given."""
    classes = {reason.code: reason for reason in get_args(Reason)}
    rows = []
    for rule in RULES:
        reason = classes[rule.__name__]
        own = [field.name for field in attrs.fields(reason) if field.name != "starts"]
        forbids = first_sentence(rule).removeprefix("Forbid the ").removeprefix("Forbid ")
        aside = "yes" if reason.code in OVERRIDABLE else "never"
        rows.append((code(reason.code), code(reason.__name__), forbids, codes(own), aside))
    return table(("code", "class", "forbids", "tells", "can be set aside"), rows)


def usecases() -> str:
    """Return a table of the modules that hold the use cases behind the methods of a scheduler."""
    by_module: dict[str, list[str]] = {}
    for name, method in vars(Scheduler).items():
        if not name.startswith("_"):
            by_module.setdefault(method.__module__, []).append(name)
    return table(
        ("module", "functions"), [(code(module), codes(names)) for module, names in by_module.items()]
    )


def settings() -> str:
    """Return a table of the settings of the service."""
    rows = []
    for field in attrs.fields(Settings):  # type: ignore[arg-type]  # It is made an attrs class by environ.
        told = field.metadata["environ_config"]
        usual = "" if told.default is None else code(str(told.default))
        rows.append((code(f"SCHEDULING_{field.name.upper()}"), told.help, usual))
    return table(("variable", "what it is", "if not set"), rows)


def words() -> str:
    """Return a section for each command of the service."""
    return "\n\n".join(describe_command(*found) for found in walk_commands(commands, ("scheduling-web",)))


def walk_commands(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that does something, with the words that lead to it, by name."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in sorted(command.commands):
        yield from walk_commands(command.commands[name], (*path, name))


def describe_command(path: tuple[str, ...], command: click.Command) -> str:
    """Return what a command says of itself when it is asked for help."""
    context = click.Context(command, info_name=" ".join(path))
    rows = []
    for option in command.params:
        record = option.get_help_record(context)
        if record is not None and record[1]:
            rows.append((code(record[0]), record[1]))
    usage = command.get_usage(context).removeprefix("Usage: ")
    told = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    return f"## {code(' '.join(path[1:]))}\n\n{told}\n\n```text\n{usage}\n```\n\n" + table(
        ("option", "what it does"), rows
    )


def first_sentence(thing: object) -> str:
    """Return the first line of a docstring, without the full stop."""
    return (thing.__doc__ or "").strip().splitlines()[0].rstrip(".")


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": words,
    "problems": problems,
    "reasons": reasons,
    "routes": routes,
    "settings": settings,
    "usecases": usecases,
}

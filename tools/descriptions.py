"""The parts of the reference that are no docstrings, as Markdown written from the code itself.

A page of the documentation asks for a part by its name in `PARTS`, whenever it is built, so that no part can
fall behind what it describes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

import attrs
import click
from pages import describe_service

from scheduling_core import Reason, Scheduler
from scheduling_core.changes import OVERRIDABLE
from scheduling_core.rules import RULES
from scheduling_web.api.problem_types import problem_types
from scheduling_web.cli import commands
from scheduling_web.settings import Settings

Schema = Mapping[str, Any]

REFERENCE = "#/components/schemas/"
METHODS = ("get", "post", "put", "patch", "delete")
FAILING = "4", "5"


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


def problems() -> str:
    """Return a section for each kind of problem, by name."""
    return "\n\n".join(
        f"## {code(kind.name)}\n\n*{kind.title}* (status {kind.status}). {kind.meaning}"
        for kind in problem_types()
    )


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
    told = " ".join((command.help or "").split("\n\n")[0].split())
    return f"## {code(' '.join(path[1:]))}\n\n{told}\n\n```text\n{usage}\n```\n\n" + table(
        ("option", "what it does"), rows
    )


def routes() -> str:
    """Return a section for each route of the service, by what they are about, and one for each shape."""
    document: Schema = describe_service()
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                [tag] = methods[method]["tags"]
                by_tag.setdefault(tag, []).append(describe_route(method, path, methods[method]))
    parts = [f"## {tag}\n\n" + "\n\n".join(routes) for tag, routes in by_tag.items()]
    shapes = document["components"]["schemas"]
    parts.append("## Shapes\n\n" + "\n\n".join(describe_shape(name, shapes[name]) for name in sorted(shapes)))
    return "\n\n".join(parts)


def describe_route(method: str, path: str, route: Schema) -> str:
    """Return the section of one route."""
    parts = [f"### {code(f'{method.upper()} {path}')}", route["description"]]
    if not route.get("security"):
        parts.append("Open to everybody.")
    if given := route.get("parameters"):
        rows = [
            (code(each["name"]), each["in"], describe_type(each["schema"]), required(each), told(each))
            for each in given
        ]
        parts.append(table(("parameter", "in", "type", "", "what it is"), rows))
    if body := route.get("requestBody"):
        parts.append(f"Body: {describe_content(body)}")
    parts += [
        f"Answer: {code(status)}, {describe_content(answer) or 'no body'}{headers(answer)}."
        for status, answer in route["responses"].items()
        if not status.startswith(FAILING)
    ]
    failing = [code(status) for status in route["responses"] if status.startswith(FAILING)]
    parts.append(f"Problems: {', '.join(failing)}.")
    return "\n\n".join(parts)


def describe_content(part: Schema) -> str:
    """Return the shapes of a body, with links to them."""
    return ", ".join(describe_type(each.get("schema", {})) for each in part.get("content", {}).values())


def headers(answer: Schema) -> str:
    """Return the headers of an answer, and what they are, as the end of a sentence about it."""
    named = answer.get("headers") or {}
    return "".join(f"; {code(name)}: {told(each).rstrip('.')}" for name, each in named.items())


def describe_shape(name: str, shape: Schema) -> str:
    """Return the section of one shape: its fields, or the values that it can have."""
    parts = [f"### {name}"]
    if meaning := told(shape):
        parts.append(meaning)
    if "enum" in shape:
        parts.append(f"One of {codes(shape['enum'])}.")
    needed = set(shape.get("required", ()))
    rows = [
        (code(field), describe_type(each), "needed" if field in needed else "", bounds(each))
        for field, each in shape.get("properties", {}).items()
    ]
    if rows:
        parts.append(table(("field", "type", "", "bounds"), rows))
    return "\n\n".join(parts)


def describe_type(schema: Schema) -> str:
    """Return what kind of value a schema is, in a few words."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix(REFERENCE)
        return f"[{name}](#{name.lower()})"
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(describe_type(each) for each in choices)
    if "enum" in schema:
        return f"one of {codes(schema['enum'])}"
    if schema.get("type") == "array":
        return f"list of {describe_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")


def bounds(schema: Schema) -> str:
    """Return the bounds of a value, as far as the document states them."""
    names = {
        "minimum": "at least {}",
        "maximum": "at most {}",
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "minItems": "at least {} entries",
        "maxItems": "at most {} entries",
    }
    found = [words.format(f"{schema[name]:.0f}") for name, words in names.items() if name in schema]
    if pattern := schema.get("pattern"):
        found.append(f"like {code(pattern)}")
    return ", ".join([*found, *filter(None, [told(schema)])])


def required(parameter: Schema) -> str:
    """Return a word for whether a parameter has to be there."""
    return "needed" if parameter.get("required") else ""


def told(part: Schema) -> str:
    """Return the description of a part of the document, in one line."""
    return " ".join(str(part.get("description") or "").split())


def first_sentence(thing: object) -> str:
    """Return the first line of a docstring, without the full stop."""
    return (thing.__doc__ or "").strip().splitlines()[0].rstrip(".")


def code(text: str) -> str:
    """Return *text* set as code; a bar would end the cell of a table."""
    return f"`{text}`".replace("|", "\\|")


def codes(texts: Iterable[str]) -> str:
    """Return several texts set as code."""
    return ", ".join(code(text) for text in texts)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table, without the columns in which nothing stands; nothing at all without rows."""
    cells = list(rows)
    kept = [at for at in range(len(head)) if any(row[at] for row in cells)]
    lines = [head, tuple("---" for _ in head), *cells]
    return "\n".join("| " + " | ".join(line[at] for at in kept) + " |" for line in lines) if cells else ""


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": words,
    "problems": problems,
    "reasons": reasons,
    "routes": routes,
    "settings": settings,
    "usecases": usecases,
}

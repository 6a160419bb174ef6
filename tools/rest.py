"""The service's REST interface for the reference, read from its OpenAPI document."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markup import code, codes, in_json, table
from pages import describe_service

from scheduling_web.api.problem_types import problem_types

Schema = Mapping[str, Any]

REFERENCE = "#/components/schemas/"
FAILING = "4", "5"


def routes() -> str:
    """Return a section for each route of the service, by what they are about, and one for each shape."""
    document: Schema = describe_service()
    found = [
        (method, path, route)
        for path, methods in document["paths"].items()
        for method, route in methods.items()
    ]
    counts = Counter(name for _, _, route in found for name in refusals(route))
    usual = sorted(name for name, count in counts.items() if count > len(found) / 2)
    by_tag: dict[str, list[str]] = {}
    for method, path, route in found:
        [tag] = route["tags"]
        by_tag.setdefault(tag, []).append(describe_route(method, path, route, usual))
    parts = [f"Besides the problems that are named, most requests can be answered with {links(usual)}."]
    parts += [f"## {tag}\n\n" + "\n\n".join(routes) for tag, routes in by_tag.items()]
    shapes, shown = document["components"]["schemas"], examples_by_shape(document)
    parts.append("## Shapes")
    parts += [describe_shape(name, shapes[name], shown.get(name)) for name in sorted(shapes)]
    return "\n\n".join(parts)


def describe_route(method: str, path: str, route: Schema, usual: Iterable[str]) -> str:
    """Return the section of one route."""
    parts = [f"### {code(f'{method.upper()} {path}')}", route["description"]]
    if {} in (route.get("security") or [{}]):
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
    if names := sorted(refusals(route) - set(usual)):
        parts.append(f"Problems: {links(names)}.")
    return "\n\n".join(parts)


def refusals(route: Schema) -> set[str]:
    """Return the names of the problems that a route can be answered with."""
    failing = (answer for status, answer in route["responses"].items() if status.startswith(FAILING))
    return {name for answer in failing for name in examples(answer)}


def links(names: Iterable[str]) -> str:
    """Return links to kinds of problems."""
    return ", ".join(f"[{code(name)}](problems.md#{name})" for name in names)


def parts_of(document: Schema) -> Iterator[Schema]:
    """Yield every body and every answer of a document."""
    for methods in document["paths"].values():
        for route in methods.values():
            yield route.get("requestBody", {})
            yield from route["responses"].values()


def examples(part: Schema) -> dict[str, Any]:
    """Return the examples of a body or an answer, by name."""
    contents = part.get("content", {}).values()
    return {name: each["value"] for content in contents for name, each in content.get("examples", {}).items()}


def examples_by_shape(document: Schema) -> dict[str, Any]:
    """Return an example of each shape that is sent or answered as a whole; problems have their own page."""
    found: dict[str, Any] = {}
    for part in parts_of(document):
        for kind, content in part.get("content", {}).items():
            name = content.get("schema", {}).get("$ref", "").removeprefix(REFERENCE)
            for example in content.get("examples", {}).values() if "problem" not in kind else ():
                found.setdefault(name, example["value"])
    return found


def describe_content(part: Schema) -> str:
    """Return the shapes of a body, with links to them."""
    return ", ".join(describe_type(each.get("schema", {})) for each in part.get("content", {}).values())


def headers(answer: Schema) -> str:
    """Return the headers of an answer, and what they are, as the end of a sentence about it."""
    named = answer.get("headers") or {}
    return "".join(f"; {code(name)}: {told(each).rstrip('.')}" for name, each in named.items())


def describe_shape(name: str, shape: Schema, example: object) -> str:
    """Return the section of one shape: its fields or the values that it can have, and an *example*."""
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
    if example is not None:
        parts.append(in_json(example))
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


def problems() -> str:
    """Return a section for each kind of problem, by name."""
    shown = {name: found for part in parts_of(describe_service()) for name, found in examples(part).items()}
    sections = []
    for kind in problem_types():
        sections += [f"## {code(kind.name)}", f"*{kind.title}* (status {kind.status}). {kind.meaning}"]
        sections += [in_json(shown[kind.name])] if kind.name in shown else []
    return "\n\n".join(sections)


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

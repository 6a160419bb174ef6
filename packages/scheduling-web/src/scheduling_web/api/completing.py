"""What the framework leaves out of the OpenAPI document: examples, what shapes mean, headers of problems."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from scheduling_web.api.problem_types import problem_types

Document = dict[str, Any]
Examples = Mapping[type[msgspec.Struct], msgspec.Struct]

_HEADERS: Mapping[str, Document] = {
    "Allow": {"schema": {"type": "string"}, "description": "The methods that the address takes."},
    "Retry-After": {
        "schema": {"type": "integer", "minimum": 0},
        "description": "After how many seconds trying again makes sense.",
    },
    "WWW-Authenticate": {
        "schema": {"type": "string"},
        "description": "`Bearer`, where it is the token that is missing or not good.",
    },
}
"""The headers that come with problems."""

_OURS = __name__.rpartition(".")[0]
_SCHEMAS = "#/components/schemas/"


def complete(document: Document, examples: Examples) -> Document:
    """Complete a document in place, and return it; doing so again changes nothing."""
    shapes = {shape.__name__: shape for shape in _find_shapes(msgspec.Struct)}
    for name, schema in document["components"]["schemas"].items():
        if name in shapes:
            schema["description"] = " ".join(inspect.cleandoc(shapes[name].__doc__ or "").split())
    headers = {kind.name: kind.header for kind in problem_types() if kind.header is not None}
    by_name = {shape.__name__: msgspec.to_builtins(example) for shape, example in examples.items()}
    for operations in document["paths"].values():
        for operation in operations.values():
            _complete_operation(operation, by_name, shapes)
            for response in operation["responses"].values():
                _tell_headers(response, headers)
    return document


def _complete_operation(
    operation: Document, examples: Mapping[str, Any], shapes: Mapping[str, type[msgspec.Struct]]
) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        if (name := _name_of(media)) in examples:
            media["examples"] = {"usual": {"value": examples[name]}}
    for status, response in operation["responses"].items():
        for media in response.get("content", {}).values():
            for example in media.get("examples", {}).values():
                example.pop("id", None)  # The framework writes its own name for an example into it as well.
            if status < "300" and (name := _name_of(media)) in examples:
                media["examples"] = {"usual": {"value": examples[name]}}
                # Said of the answer itself, and not of its status as the framework has it.
                response["description"] = _first_sentence(shapes[name])
        if status == "204":
            # For an answer with headers the framework tells of a body of `null`.
            response.pop("content", None)
            response["description"] = response.get("description") or "Done; there is nothing to add"


def _tell_headers(response: Document, headers: Mapping[str, str]) -> None:
    """Tell the headers that come with the problems of a response, of which there may be several kinds."""
    kinds = [name for media in response.get("content", {}).values() for name in media.get("examples", ())]
    told = {headers[name]: _HEADERS[headers[name]] for name in kinds if name in headers}
    if told:
        response["headers"] = response.get("headers", {}) | told


def _name_of(media: Document) -> str:
    """Return the name of the shape that a body has, without those that it may be instead of it."""
    schema = media.get("schema", {})
    choices = [schema, *schema.get("oneOf", ())]
    references = [choice["$ref"] for choice in choices if "$ref" in choice]
    return str(references[0]).removeprefix(_SCHEMAS) if references else ""


def _find_shapes(above: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for shape in above.__subclasses__():
        if shape.__module__.startswith(_OURS):
            yield shape
        yield from _find_shapes(shape)


def _first_sentence(shape: type[msgspec.Struct]) -> str:
    return inspect.cleandoc(shape.__doc__ or "").splitlines()[0]

"""Reading bodies strictly: what a client sends is what it means, or it is refused with the place named.

Litestar and msgspec take "30" for 30, an epoch number for a time and the last of two equal keys, and they
stop at the first error. So the JSON is read here, and its fields are converted one by one.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec
from litestar.dto import MsgspecDTO
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from scheduling_web.api.errors import (
    FieldError,
    InvalidRequest,
    UnreadableBody,
    UnsupportedMediaType,
)

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

T = TypeVar("T", bound=msgspec.Struct)

LARGEST_BODY = 131_072
"""Bytes: the longest notes, every character written as two escapes, and some room."""

_MOST_ERRORS = 20
_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_NAMES = re.compile("`([^`]*)`")
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<index>\d+|\.\.\.)\]")
_PATTERN = re.compile("`str` matching regex (?P<pattern>.*)", re.DOTALL)
_LENGTH = re.compile("(?P<type>`str`|`array`) of length (?P<bound>[<>]=) (?P<count>[0-9]+)")
_BOUND = re.compile(" (?P<bound>[<>]=) ")
_BOUNDS = {">=": "at least", "<=": "at most"}
_PARTS = {"`str`": ("character", "characters"), "`array`": ("entry", "entries")}
_WORDS = {
    "array": "a list",
    "bool": "true or false",
    "datetime": "a time as in RFC 3339",
    "float": "a number",
    "int": "a whole number",
    "object": "an object",
    "str": "text",
}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Strict(MsgspecDTO[T]):
    """Makes a handler's body be read by `read_body`: `dto=Strict[NewAppointment]`."""

    def decode_bytes(self, value: bytes) -> Any:  # noqa: ANN401  The signature of the framework.
        """Return the body as the handler's type."""
        media_type, options = self.asgi_connection.content_type  # type: ignore[attr-defined]  # Bodies come with requests only.
        if media_type != "application/json" or options.get("charset", "utf-8").lower() != "utf-8":
            raise UnsupportedMediaType
        return read_body(value, self.model_type)

    @classmethod
    def create_for_field_definition(cls, *_: object, **__: object) -> None:
        """Make no machinery of the framework's own: the type itself is what is read and documented."""

    @classmethod
    def create_openapi_schema(
        cls,
        field_definition: FieldDefinition,  # noqa: ARG003  The signature of the framework; None may be in it.
        handler_id: str,  # noqa: ARG003  The signature of the framework.
        schema_creator: "SchemaCreator",
    ) -> Reference | Schema:
        """Document the type itself, and that nothing else may stand in it."""
        reference = schema_creator.for_field_definition(FieldDefinition.from_annotation(cls.model_type))
        for part in _parts(cls.model_type):
            found = schema_creator.for_field_definition(FieldDefinition.from_annotation(part))
            if isinstance(found, Reference):
                schema_creator.schema_registry.from_reference(found).schema.additional_properties = False
        return reference


def read_body(body: bytes, type: type[T]) -> T:
    """Return *body* as *type*.

    Raises UnreadableBody for what is not JSON, and InvalidRequest with every field that is wrong.
    """
    document = _read_json(body)
    if not isinstance(document, dict):
        raise InvalidRequest((FieldError("must be an object", pointer=""),))
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for field in _fields(type):
        if field.encode_name in document:
            try:
                values[field.name] = msgspec.convert(document[field.encode_name], field.type, strict=True)
            except msgspec.ValidationError as error:
                errors.append(_locate(str(error), field.encode_name, _wanted(type)))
        elif field.required:
            errors.append(FieldError("is missing", pointer=to_pointer(field.encode_name)))
    known = {field.encode_name for field in _fields(type)}
    errors += (
        FieldError("is not a known field", pointer=to_pointer(name)) for name in document if name not in known
    )
    if errors:
        raise InvalidRequest(tuple(errors[:_MOST_ERRORS]))
    return type(**values)


def to_pointer(*path: str) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


@functools.cache
def _fields(type: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(type)


def _parts(annotation: Any) -> Iterator[type[msgspec.Struct]]:  # noqa: ANN401  Annotations are of any type.
    """Yield the types of a body and of all objects inside it."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
        for field in _fields(annotation):
            yield from _parts(field.type)
    for argument in get_args(annotation):
        yield from _parts(argument)


def _read_json(body: bytes) -> object:
    try:
        text = body.decode("utf-8")
        document: object = json.loads(
            text, object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise UnreadableBody("must be UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableBody(f"must be JSON: {error.msg} at {place}") from None
    except RecursionError:
        raise UnreadableBody("must not be nested so deeply") from None
    except ValueError:  # A number of so many digits that Python refuses to read it.
        raise UnreadableBody("must not hold numbers of thousands of digits") from None
    # UTF-8 has none, so only an escape can have brought one in.
    if "\\u" in text and any(_LONE_SURROGATE.search(string) for string in _strings(document)):
        raise UnreadableBody("must not hold lone surrogates, which are half a character")
    return document


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UnreadableBody("must not name a field twice")
    return found


def _refuse_constant(name: str) -> object:
    raise UnreadableBody(f"must be JSON, which has no {name}")


def _strings(document: object) -> Iterator[str]:
    """Yield every string in a document, keys included; its depth is bounded by what was read before."""
    waiting = [document]
    while waiting:
        match waiting.pop():
            case str() as string:
                yield string
            case dict() as members:
                waiting += (*members, *members.values())
            case list() as items:
                waiting += items
            case _:
                pass


@functools.cache
def _wanted(type: type[msgspec.Struct]) -> Mapping[str, str]:
    """Return what each pattern in a body stands for, which is told beside it: `extra={"wanted": ...}`."""
    metas = [meta for part in _parts(type) for field in _fields(part) for meta in _metas(field.type)]
    return {repr(meta.pattern): meta.extra["wanted"] for meta in metas if meta.pattern and meta.extra}


def _metas(annotation: Any) -> Iterator[msgspec.Meta]:  # noqa: ANN401  Annotations are of any type.
    """Yield all that is said of a field beside its type."""
    yield from (each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, msgspec.Meta))
    for argument in get_args(annotation):
        yield from _metas(argument)


def _locate(message: str, field: str, wanted: Mapping[str, str]) -> FieldError:
    """Turn msgspec's message, which ends with a path, into words and a pointer."""
    path = [field]
    if place := _PLACE.search(message):
        path += (step["name"] or step["index"] for step in _STEP.finditer(place["path"]))
        message = message[: place.start()]
    message = _PATTERN.sub(lambda found: wanted.get(found["pattern"], "other text"), message)
    message = _LENGTH.sub(_measure, message)
    message = _BOUND.sub(lambda found: f" of {_BOUNDS[found['bound']]} ", message)
    words = _NAMES.sub(lambda found: _say(found[1]), message)
    return FieldError(words[:1].lower() + words[1:], pointer=to_pointer(*path))


def _measure(found: re.Match[str]) -> str:
    """Say how long a text or a list is to be."""
    one, more = _PARTS[found["type"]]
    unit = one if found["count"] == "1" else more
    return f"{found['type']} of {_BOUNDS[found['bound']]} {found['count']} {unit}"


def _say(types: str) -> str:
    """Turn the names of types into words of somebody who does not know Python."""
    return " or ".join(_WORDS.get(name, name) for name in types.split(" | "))

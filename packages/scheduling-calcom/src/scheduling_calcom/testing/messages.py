"""What the fake is asked, and what comes of it."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import attrs

_CODES = {
    400: "BadRequestException",
    401: "UnauthorizedException",
    403: "ForbiddenException",
    404: "NotFoundException",
    409: "ConflictException",
    422: "UnprocessableEntityException",
    429: "ThrottlerException",
}


@attrs.frozen
class Asked:
    """One request; the names of *headers* are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = attrs.field(factory=dict)
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    body: bytes = attrs.field(default=b"", repr=False)

    @classmethod
    def of(cls, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> "Asked":
        """Return a request whose *query* is still one text."""
        return cls(method, path, dict(parse_qsl(query)), headers, body)

    def json(self) -> dict[str, Any]:
        """Return the body, which must be an object."""
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise Failure(400, "Unexpected end of JSON input")
        return document


@attrs.frozen
class Answer:
    """An answer, whole unless *cut*: then the connection ends in the middle of it."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    cut: bool = False


@attrs.frozen
class Silence:
    """No answer comes, and the connection stays open."""


@attrs.frozen
class Drop:
    """The connection ends without an answer."""


@attrs.frozen
class NoConnection:
    """Nobody listens."""


Outcome = Answer | Silence | Drop | NoConnection


@attrs.define(eq=False)
class Failure(Exception):
    """A request is refused; *bare* is the shape that errors of the inner booking code have."""

    status: int
    message: str
    bare: bool = False
    headers: Mapping[str, str] = attrs.field(factory=dict)

    def to_answer(self, path: str, now: dt.datetime) -> Answer:
        """Return the failure as it is sent."""
        if self.bare:
            document: dict[str, Any] = {"statusCode": self.status, "message": self.message}
        else:
            code = _CODES.get(self.status, "InternalServerErrorException")
            document = {
                "status": "error",
                "timestamp": write(now),
                "path": path,
                "error": {"code": code, "message": self.message},
            }
        return attrs.evolve(answer_json(document, self.status), headers={**_JSON, **self.headers})


_JSON = {"content-type": "application/json; charset=utf-8"}


def answer_json(document: object, status: int = 200) -> Answer:
    """Return *document* as an answer."""
    return Answer(status, json.dumps(document).encode(), _JSON)


def success(data: object, status: int = 200, **further: object) -> Answer:
    """Return *data* in the envelope of good answers."""
    return answer_json({"status": "success", "data": data, **further}, status)


def write(instant: dt.datetime) -> str:
    """Return an instant of UTC as Cal.com writes it."""
    return instant.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(value: object, name: str) -> dt.datetime:
    """Return an instant that was sent; without an offset it is taken for UTC, as Cal.com does."""
    try:
        instant = dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise Failure(400, f"{name} must be a valid ISO 8601 date string") from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)

"""Hundreds of bodies that are broken in one way each, sent to every route that takes a body.

All of them are refused as what they are, with a problem, and leave every table as it was.
"""

import copy
import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_web.api.availability_bodies import LARGEST_AVAILABILITY

Client = TestClient[Litestar]
Headers = dict[str, str]

# What is left of the tables is looked at, so the appointments are in a database as well.
pytestmark = pytest.mark.parametrize("storage_kind", ["sqlite"])

BOOKING = {
    "customer_name": "Bob",
    "start_time": "2030-01-07T10:00:00+01:00",
    "duration_minutes": 30,
    "type": "appointment",
    "notes": "é",
}
CHANGES = {name: value for name, value in BOOKING.items() if name != "type"}
HOURS = {"start": "09:00", "end": "17:00"}
AVAILABILITY = {
    "time_zone": "Europe/Berlin",
    "weekly_hours": [{"day": "monday", **HOURS}],
    "date_overrides": [{"date": "2030-01-08", "hours": [HOURS]}],
    "time_off": [
        {"start_time": "2030-01-09T09:00:00Z", "end_time": "2030-01-10T09:00:00Z", "reason": "at sea"}
    ],
}
TYPE = {
    "title": "Check-up",
    "durations": [30, 45],
    "requires_confirmation": True,
    "slot_interval_minutes": 15,
    "buffer_before_minutes": 5,
    "buffer_after_minutes": 5,
    "minimum_notice_minutes": 60,
    "horizon_days": 30,
    "limits": [{"period": "day", "count": 3}],
    "week_start": "sunday",
    "any_start": True,
}
LOGIN = {"username": "ann", "password": "correct horse battery staple " * 2, "refresh": "body"}
PASSWORDS = {
    "current_password": "correct horse battery staple",
    "new_password": "another horse, another battery, and another staple",
}
REFRESH = {"refresh_token": f"{'x' * 40}.{'y' * 40}.{'z' * 40}"}
CALL = {
    "triggerEvent": "BOOKING_CANCELLED",
    "createdAt": "2030-01-07T09:00:00.000Z",
    "payload": {"uid": "abc", "title": "Visit of Bob", "startTime": "2030-01-07T10:00:00Z", "length": 30},
}


@attrs.frozen
class Route:
    """A route that takes a body, and one that it takes. What a call of a webhook says is looked at later.

    *taken* are those below with which nothing is wrong here: no token, or one that is none, ends no session.
    """

    method: str
    path: str
    valid: dict[str, Any]
    is_call: bool = False
    taken: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


ROUTES = [
    Route("POST", "/api/auth/login", LOGIN),
    Route("POST", "/api/auth/refresh", REFRESH),
    Route("POST", "/api/auth/logout", REFRESH, taken=("empty", "a control character at refresh_token")),
    Route("POST", "/api/auth/password", PASSWORDS),
    Route("POST", "/api/appointments", BOOKING),
    Route("PUT", "/api/appointments/{appointment_id}", CHANGES),
    Route("PUT", "/api/availability", AVAILABILITY),
    Route("POST", "/api/appointment-types", {"id": "check-up", **TYPE}),
    Route("PUT", "/api/appointment-types/{type_id}", TYPE),
    Route("POST", "/api/webhooks/calcom", CALL, is_call=True),
]

Bodies = Iterator[tuple[str, bytes]]


LITERALS = [
    *(b"NaN", b"Infinity", b"-Infinity", b"nan", b"undefined", b"None", b"True", b"nil", b"a", b"!!str a"),
    *(b"0x1e", b"+1", b".5", b"1.", b"01", b"-", b"1e", b"--1", b"1_000", b"30L"),
    *(
        b"'a'",
        b"`a`",
        b"b'a'",
        b'"a',
        b'"\\x41"',
        b'"\\u12"',
        b'"\\u{41}"',
        b'"\n"',
        b'"\t"',
        b'"\x00"',
        b'"\\',
    ),
    *(b"<a/>", b"[1,]", b"[,1]", b"[1 2]", b"{1: 2}", b"{null: 2}", b"9" * 5_000, b"-" + b"9" * 5_000),
]
"""Values in the words of other languages, and numbers that nobody reads."""


def not_text(valid: bytes) -> Bodies:
    """Yield what is not UTF-8, or not text at all."""
    text = valid.decode()
    for encoding in (
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-be",
        "utf-8-sig",
        "cp037",
    ):
        yield encoding, text.encode(encoding)
    stray = {
        "half a character": b"\xc3",
        "the rest of one": b"\xa9",
        "latin-1": b"\xe9",
        "too long a form": b"\xc0\xaf",
        "too long a nul": b"\xc0\x80",
        "half a pair": b"\xed\xa0\x80",
        "both halves": b"\xed\xa0\xbd\xed\xb2\xa9",
        "beyond Unicode": b"\xf4\x90\x80\x80",
        "five bytes": b"\xf8\x88\x80\x80\x80",
        "no byte of UTF-8": b"\xff",
    }
    for name, odd in stray.items():
        yield f"{name} in a value", valid.replace(b'": "', b'": "' + odd, 1)
        yield f"{name} in a name", valid.replace(b'{"', b'{"' + odd, 1)
        yield f"{name} at the end", valid + odd
    yield "packed by gzip", gzip.compress(valid, mtime=0)
    yield "packed by zlib", zlib.compress(valid)
    for count in (1, 100):
        yield f"nul in front, {count}", b"\0" * count + valid
        yield f"nul behind, {count}", valid + b"\0" * count
        yield f"nothing but nul, {count}", b"\0" * count
    yield "all bytes", bytes(range(256))


def not_json(valid: bytes) -> Bodies:
    """Yield text that is not JSON, among it what other readers would take for it."""
    yield "empty", b""
    for length in range(1, len(valid)):
        yield f"cut off after {length} bytes", valid[:length]
    for rest in (b"x", b"{}", b"[]", b",", b"}", b"]", b"null", b"\x1e", b"\xc2\xa0", b"//", b";", b"\\"):
        yield f"followed by {rest!r}", valid + rest
        yield f"after {rest!r}", rest + valid
    yield "twice", valid + valid
    yield "line by line", valid + b"\n" + valid
    yield "with a comment", valid.replace(b"{", b"{/* */", 1)
    yield "with a comment of one line", valid.replace(b"{", b"{// \n", 1)
    yield "with a comma behind", valid[:-1] + b",}"
    yield "with a comma in front", valid.replace(b"{", b"{,", 1)
    yield "with single quotes", valid.replace(b'"', b"'")
    yield "with bare names", valid.replace(b'{"', b"{", 1).replace(b'":', b":", 1)
    yield "with an equals sign", valid.replace(b'":', b'"=', 1)
    yield "with a name too few", valid.replace(b'{"', b'{: "', 1)
    yield "in parentheses", b"(" + valid + b")"
    yield "as a call", b"f(" + valid + b");"
    yield "behind a guard", b")]}'\n" + valid
    yield "in quotes", json.dumps(valid.decode()).encode()
    for literal in LITERALS:
        yield f"with {literal[:12]!r}", b'{"notes": ' + literal + b"}"
    yield "a form", b"customer_name=Bob&duration_minutes=30"
    yield "parts of a form", b'--x\r\nContent-Disposition: form-data; name="notes"\r\n\r\na\r\n--x--\r\n'
    yield "XML", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    yield "YAML", b"notes: !!python/object/apply:os.system [id]\n"
    yield "a pickle", b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07notes\x94."
    yield "MessagePack", b"\x81\xa5notes\xa1a"
    yield "a page", b"<!DOCTYPE html><title>notes</title>"


def not_an_object(_valid: bytes) -> Bodies:
    """Yield JSON, of which none is an object."""
    for text in (
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "1e400",
        '"a"',
        '""',
        "[]",
        "[{}]",
        "[[]]",
        " [1] ",
    ):
        yield f"a bare {text}", text.encode()
    yield "in a list", b"[" + _valid + b"]"
    for depth in (100, 100_000):
        yield f"{depth} lists, not closed", b"[" * depth
    yield "a thousand lists", b"[" * 1_000 + b"]" * 1_000


def bent(valid: bytes) -> Bodies:
    """Yield objects that are fine but for one thing."""
    yield "a field twice", b"{" + valid[1:-1] + b", " + valid[1:]
    yield "an unknown field", b'{"colour": "red", ' + valid[1:]
    yield "an unknown field without a name", b'{"": 1, ' + valid[1:]
    yield "a field of the prototype", b'{"__proto__": {"status": "x"}, ' + valid[1:]
    for depth in (100, 500, 3_000, 20_000):
        yield f"{depth} objects", b'{"a":' * depth + b"1" + b"}" * depth
        yield f"{depth} lists in a field", b'{"notes": ' + b"[" * depth + b"]" * depth + b"}"
    yield "ten thousand fields", json.dumps({f"field {number}": 0 for number in range(10_000)}).encode()
    yield "too long", valid[:-1] + b" " * LARGEST_AVAILABILITY + b"}"
    document = json.loads(valid)
    for place, value in places(document):
        for name, bad in BAD_VALUES.items():
            if name == "a number as text" and isinstance(value, str):
                continue
            text = json.dumps(put(document, place, "\0"))
            yield f"{name} at {'/'.join(map(str, place))}", text.replace(r'"\u0000"', bad).encode()


BAD_VALUES = {
    "an object": "{}",
    "a list of null": "[null]",
    "a list of lists": "[[[]]]",
    "a number below all": "-1",
    "a broken number": "1.5",
    "a huge number": "1" + "0" * 30,
    "a number without end": "1e400",
    "a number as text": '"30"',
    "half a pair": r'"\ud800"',
    "a control character": r'"a\u0000b"',
    "a huge text": '"' + "x" * 20_000 + '"',
}
"""What no field takes, whatever it holds; but that text may be a number."""


def places(document: Any) -> Iterator[tuple[tuple[str | int, ...], object]]:  # noqa: ANN401  JSON.
    """Yield every value in a document and its place."""
    items = list(document.items()) if isinstance(document, dict) else list(enumerate(document))
    for name, value in items:
        yield (name,), value
        if isinstance(value, dict | list):
            yield from (((name, *place), inner) for place, inner in places(value))


def put(document: Any, place: tuple[str | int, ...], value: object) -> Any:  # noqa: ANN401  JSON.
    """Return a document with another value at one place."""
    changed = inner = copy.deepcopy(document)
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return changed


def corpus(route: Route) -> list[tuple[str, bytes]]:
    """Return all broken bodies for a route."""
    valid = json.dumps(route.valid, ensure_ascii=False).encode()
    kinds = [not_text, not_json, not_an_object, *([] if route.is_call else [bent])]
    return [body for kind in kinds for body in kind(valid) if body[0] not in route.taken]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_s23_a_malformed_body_is_refused_and_changes_nothing(
    *,
    client: Client,
    ann: Headers,
    webhook_secret: str,
    digest: Callable[[], str],
    route: Route,
) -> None:
    """It gets a 4xx that is a problem, whatever is wrong; all tables are as before, and work goes on."""
    booked = client.post("/api/appointments", headers=ann, json={**BOOKING, "notes": ""}).json()
    path = route.path.replace("{appointment_id}", booked["id"]).replace("{type_id}", "appointment")
    bodies = corpus(route)
    assert len(bodies) >= 300
    is_public = route.path in {"/api/auth/login", "/api/auth/refresh", "/api/auth/logout"}
    before = digest()
    taken = []
    for name, body in bodies:
        signature = hmac.new(webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            **({} if is_public else ann),
            "Content-Type": "application/json",
            "If-Match": "*",
            "X-Cal-Signature-256": signature,
        }
        answer = client.request(route.method, path, headers=headers, content=body)
        # A password and a token are wrong before anybody asks what else is wrong with them.
        if answer.status_code not in ({400, 401, 413} if is_public else {400, 413}):
            taken.append((name, answer.status_code))
            continue
        assert answer.headers["Content-Type"] == "application/problem+json", name
        assert answer.json()["status"] == answer.status_code, name
        assert answer.json()["message"], name
    assert not taken, taken
    assert digest() == before
    assert client.get(f"/api/appointments/{booked['id']}", headers=ann).json() == booked


def test_every_route_that_takes_a_body_is_asked(client: Client) -> None:
    """The list above is that of the OpenAPI document, and of the calls, which come in any form."""
    paths = client.get("/schema/openapi.json").json()["paths"]
    known = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "requestBody" in operation
    }
    assert known | {("POST", "/api/webhooks/calcom")} == {(route.method, route.path) for route in ROUTES}

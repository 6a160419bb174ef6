"""The log: one line of JSON for whatever happens, and nothing in it that a client wrote."""

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import attrs
import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from litestar.types import HTTPReceiveMessage, Message, Scope

from scheduling_web import logs
from scheduling_web.observing import Answered, Observer

UNRULY = "a\r\nb\n{}\x1b[31mc\u2028d\u2029e\x85f\x00g\"'\\"
"""What would begin another line, colour a terminal, or end a text."""

BOOKING = {"customer_name": "Kim Secret", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}


def read_log(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was logged, after a look that every line is one piece of JSON in ASCII."""
    shown = capsys.readouterr().err
    assert shown.isascii()
    assert "\r" not in shown
    assert "\x1b" not in shown
    return [json.loads(line) for line in shown.splitlines()]


def test_a_request_is_one_line(
    client: TestClient[Litestar], ann: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Method, pattern of the address, status, time, user and the id that the answer has: and no more."""
    me = client.get("/api/auth/me", headers=ann).json()["id"]
    capsys.readouterr()
    answer = client.get("/api/appointments/0197e5b0-5b5c-7bd0-8a2e-6d6a9e0c1f53?a=b", headers=ann)
    [line] = read_log(capsys)
    assert line.pop("milliseconds") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": answer.headers["X-Request-Id"],
        "method": "GET",
        "route": "/api/appointments/{appointment_id}",
        "status": 404,
        "user": me,
    }


def test_who_is_nowhere_is_logged_too(
    client: TestClient[Litestar], capsys: pytest.CaptureFixture[str]
) -> None:
    """An address or a method that the service does not have is logged without its words."""
    capsys.readouterr()
    assert client.get("/api/secret-in-the-path").status_code == 404
    assert client.request("BREW", "/").status_code == 405
    seen = [(line["method"], line["route"], line["status"], line["user"]) for line in read_log(capsys)]
    assert seen == [("GET", None, 404, None), ("other", None, 405, None)]


def test_s16_what_a_client_sends_stands_in_no_line(
    client: TestClient[Litestar], ann: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither bodies nor queries, tokens, passwords, ids or cookies are logged, whatever comes of them."""
    capsys.readouterr()
    wrong = {"username": "secret", "password": "a secret, and a wrong one"}
    key = {"Idempotency-Key": "secret-key", "Cookie": "a=secret", "X-Request-Id": "secret"}
    booked = client.post("/api/appointments", json=BOOKING, headers={**ann, **key})
    answers = [
        client.post("/api/auth/login", json=wrong),
        client.get("/api/auth/me", headers={"Authorization": "Bearer secret"}),
        client.get("/api/slots?from=secret&to=secret", headers=ann),
        booked,
        client.post("/api/appointments", json=BOOKING, headers=ann),
        client.get(booked.headers["Location"], headers=ann),
        client.post("/api/webhooks/calcom", content=b"secret", headers={"x-cal-signature-256": "secret"}),
    ]
    shown = capsys.readouterr().err
    assert [answer.status_code for answer in answers] == [401, 401, 400, 201, 409, 200, 401]
    assert len(shown.splitlines()) == len(answers)
    assert "secret" not in shown.lower()
    assert booked.json()["id"] not in shown
    assert ann["Authorization"].removeprefix("Bearer ") not in shown


def test_s16_the_secret_of_a_feed_stands_in_no_line(
    client: TestClient[Litestar], ann: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The one secret that stands in an address is not in the log, whether it leads somewhere or not."""
    address = urlsplit(client.post("/api/feed", headers=ann).json()["url"]).path
    secret = address.rpartition("/")[2]
    capsys.readouterr()
    answers = [
        client.get(address),
        client.post(address),
        client.get(f"{address}x"),
        client.get(f"{address}/"),
    ]
    lines = read_log(capsys)
    assert [answer.status_code for answer in answers[:3]] == [200, 405, 404]
    assert [line["route"] for line in lines[:1]] == ["/feeds/{name}"]
    assert len(lines) == len(answers)
    assert secret.removesuffix(".ics") not in json.dumps(lines)


def test_s28_whatever_is_in_a_field_a_line_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Line ends of any alphabet, colours and NUL do not get out of their field."""
    usual = Answered("id", "GET", "/", 200, 0.1, "user", ())
    unruly = {
        "request_id": attrs.evolve(usual, request_id=UNRULY),
        "method": attrs.evolve(usual, method=UNRULY),
        "route": attrs.evolve(usual, route=UNRULY),
        "user": attrs.evolve(usual, user=UNRULY),
    }
    capsys.readouterr()
    for answered in unruly.values():
        logs.report_request(answered)
    logs.report_failure(ValueError(UNRULY), UNRULY)
    logging.getLogger(UNRULY).warning(UNRULY)
    lines = read_log(capsys)
    assert len(lines) == len(unruly) + 2
    for line, name in zip(lines, [*unruly, "request_id", "told"], strict=True):
        assert line[name] == UNRULY


def test_s28_a_method_is_no_way_into_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """A server that lets any bytes through as a method gets one line all the same."""
    scope: Any = {"type": "http", "method": UNRULY, "state": {}}

    async def receive() -> HTTPReceiveMessage:
        raise AssertionError

    async def answer(_scope: Scope, _receive: object, _send: object) -> None:
        return None

    async def send(_message: Message) -> None:
        raise AssertionError

    capsys.readouterr()
    coroutine = Observer(answer, [logs.report_request])(scope, receive, send)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    [line] = read_log(capsys)
    assert (line["method"], line["status"]) == ("other", None)


def test_what_a_library_warns_of_is_a_line_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    """Libraries put values into their sentences; the sentence is kept, and where an error came from."""
    capsys.readouterr()
    error = ValueError("a secret")
    logging.getLogger("library").error("it failed for %s", "a secret", exc_info=error)
    [line] = read_log(capsys)
    assert (line["event"], line["logger"], line["told"]) == ("library", "library", "it failed for %s")
    [failure] = line["errors"]
    assert failure["error"] == "ValueError"
    assert "secret" not in json.dumps(line)


def test_listeners_hear_of_what_broke(client: TestClient[Litestar]) -> None:
    """Where an application raises, the server answers 500, and so it is told."""
    heard: list[Answered] = []

    async def fail(_scope: Scope, _receive: object, _send: object) -> None:
        raise ConnectionError

    scope: Any = {"type": "http", "method": "GET", "state": {}}
    tell: Callable[[Answered], None] = heard.append
    coroutine = Observer(fail, [tell])(scope, None, None)  # type: ignore[arg-type]  # Neither is called.
    with pytest.raises(ConnectionError):
        coroutine.send(None)
    assert [answered.status for answered in heard] == [500]


@pytest.mark.parametrize(
    "told",
    [
        "a key of the tests, long enough!",
        'File "/somewhere/app.py", line 3',
        "postgresql://user:password@server/name",
        "sqlalchemy.exc.OperationalError: [SQL: SELECT 1]",
        "$argon2id$v=19$m=8",
    ],
)
def test_s26_an_answer_that_tells_too_much_is_noticed(client: TestClient[Litestar], told: str) -> None:
    """The look that every answer of these tests gets finds keys, stacks, addresses and statements."""
    [look] = client.event_hooks["response"]
    with pytest.raises(AssertionError, match="an answer tells"):
        look(httpx.Response(200, json={"detail": f"it is {told}"}))

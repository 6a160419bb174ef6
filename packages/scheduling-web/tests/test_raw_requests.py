"""Bytes on the wire that no well-behaved client would send, to the real server."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from scheduling_web.api.headers import SECURITY_HEADERS
from served import PATIENCE, Practice, Server, serving, sign_in

HOST = b"Host: booking.example\r\n"
END = b"Connection: close\r\n\r\n"
LOGIN = b"POST /api/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
LIVE = b"GET /health/live HTTP/1.1\r\n" + HOST
BOOK = b"POST /api/appointments HTTP/1.1\r\n" + HOST
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
LIVE_TWICE = 2 * (LIVE + b"\r\n") + LIVE + END


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running service."""
    path: Path = tmp_path_factory.mktemp("raw") / "raw.sqlite3"
    with Practice.opened(f"sqlite:///{path}", "ann") as practice, serving(practice.url) as server:
        yield server


def send(server: Server, request: bytes, *, hang_up: bool = False) -> bytes:
    """Send bytes, and return all that comes back until the server ends the connection."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65_536):
            received += part
        return received


def statuses(received: bytes) -> list[int]:
    """Return the statuses of the answers on a connection."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


ODD = {
    "a target with another host": (b"GET http://evil.example/api/auth/me HTTP/1.1\r\n" + HOST + END, [404]),
    "a tunnel": (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + END, [405]),
    "TRACE": (b"TRACE /api/auth/me HTTP/1.1\r\n" + HOST + END, [405]),
    "no host": (b"GET /health/live HTTP/1.1\r\n" + END, [400]),
    "two hosts": (LIVE + b"Host: evil.example\r\n" + END, [400]),
    "no version": (b"GET /health/live\r\n\r\n", [400]),
    "a nul in the target": (b"GET /\0 HTTP/1.1\r\n" + HOST + END, [400]),
    "raw bytes in the target": (b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + END, [400]),
    "an encoded nul": (b"GET /api/appointments/%00 HTTP/1.1\r\n" + HOST + END, [401]),
    "encoded slashes": (b"GET /%2fapi%2fauth%2fme HTTP/1.1\r\n" + HOST + END, [401]),
    "slashes twice": (b"GET //api//auth//me HTTP/1.1\r\n" + HOST + END, [401]),
    "dots": (b"GET /health/../api/auth/me HTTP/1.1\r\n" + HOST + END, [404]),
    "a header without a name": (LIVE + b": x\r\n" + END, [400]),
    "a space before a colon": (LIVE + b"X : x\r\n" + END, [400]),
    "a control character in a header": (LIVE + b"X: a\0b\r\n" + END, [400]),
    "headers without end": (LIVE + b"X: " + b"x" * 70_000, [400]),
    "two lengths": (LOGIN + b"Content-Length: 2\r\nContent-Length: 3\r\n" + END + b"{}", [400]),
    "a negative length": (LOGIN + b"Content-Length: -1\r\n" + END, [400]),
    "an enormous length": (LOGIN + b"Content-Length: 99999999999999\r\n" + END, [413]),
    "another coding": (LOGIN + b"Transfer-Encoding: gzip\r\n" + END, [400]),
    "an upgrade": (LIVE + b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" + END, [200]),
    "a broken chunk": (LOGIN + CHUNKED + b"zz\r\n", [400]),
    "a broken chunk for HEAD": (b"HEAD /health/live HTTP/1.1\r\n" + HOST + CHUNKED + b"zz\r\n", [400]),
    "a broken chunk of nobody": (BOOK + CHUNKED + b"zz\r\n", [400]),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400]),
    "three at once": (LIVE_TWICE, [200, 200, 200]),
}  # fmt: skip


def test_odd_requests_are_refused_and_harm_nobody(server: Server, subtests: pytest.Subtests) -> None:
    """Each gets its 4xx, or what it asks for where nothing is wrong with it; the next one is answered."""
    for name, (request, expected) in ODD.items():
        with subtests.test(name):
            received = send(server, request)
            assert statuses(received) == expected
            assert b"Traceback" not in received
            assert statuses(send(server, LIVE + END)) == [200]


def test_what_is_no_request_at_all_is_answered_like_one(server: Server, subtests: pytest.Subtests) -> None:
    """Whatever is wrong with the bytes, a problem says so, with the headers of any answer, and ends it."""
    for name, (request, expected) in ODD.items():
        if expected == [400]:
            with subtests.test(name):
                head, _, body = send(server, request).partition(b"\r\n\r\n")
                lines = (line.partition(b": ") for line in head.split(b"\r\n")[1:])
                headers = httpx.Headers([(key, value) for key, _, value in lines])
                assert headers["Content-Type"] == "application/problem+json"
                assert (
                    headers.items() >= {key.lower(): value for key, value in SECURITY_HEADERS.items()}.items()
                )
                assert headers["Connection"] == "close"
                if not request.startswith(b"HEAD"):
                    assert int(headers["Content-Length"]) == len(body)
                    problem = json.loads(body)
                    assert (problem["type"], problem["status"]) == ("/problems/bad-request", 400)
                    assert problem["instance"] == f"urn:uuid:{headers['X-Request-Id']}"


def test_what_follows_a_request_with_two_lengths_is_not_read(server: Server) -> None:
    """A request with a length that is sent in chunks as well may end elsewhere for a proxy before us."""
    both = LOGIN + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    received = send(server, both + LIVE + END)
    assert statuses(received) == [400]
    assert b"\r\nconnection: close\r\n" in received.lower()


def test_s40_two_keys_are_none(server: Server) -> None:
    """Of two headers nobody can say which one counts, and of two versions neither."""
    asked = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
    with sign_in(server.url, "ann") as client:
        for name in ("Idempotency-Key", "If-Match"):
            answer = client.post("/api/appointments", headers=[(name, "1"), (name, "2")], json=asked)
            assert answer.status_code == 400
            assert [error["header"] for error in answer.json()["errors"]] == [name]
        assert client.get("/api/appointments").json()["items"] == []


def test_a_body_that_breaks_off_is_no_failure_of_ours(server: Server) -> None:
    """Whoever hangs up in the middle of a body is not answered, and nobody is alarmed."""
    send(server, LOGIN + b"Content-Length: 50\r\n\r\n" + b'{"username": ', hang_up=True)
    send(server, LOGIN + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", hang_up=True)
    assert statuses(send(server, LIVE + END)) == [200]
    _, logged = server.process.stop()
    assert "request_failed" not in logged
    assert '"level": "error"' not in logged

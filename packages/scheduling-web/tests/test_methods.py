"""The methods of HTTP that no handler is written for: HEAD and OPTIONS, and what `Allow` tells."""

import json

import pytest
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]
Headers = dict[str, str]

ALLOWED = {
    "/api/appointments": "GET, HEAD, OPTIONS, POST",
    "/api/appointments/upcoming": "GET, HEAD, OPTIONS",
    "/api/appointments/some-id": "DELETE, GET, HEAD, OPTIONS, PUT",
    "/api/appointments/some-id/confirm": "OPTIONS, POST",
    "/api/appointment-types/some-id": "DELETE, GET, HEAD, OPTIONS, PUT",
    "/api/availability": "GET, HEAD, OPTIONS, PUT",
    "/api/auth/login": "OPTIONS, POST",
    "/health/live": "GET, HEAD, OPTIONS",
    "/problems": "GET, HEAD, OPTIONS",
    "/schema/openapi.json": "GET, HEAD, OPTIONS",
}


@pytest.mark.parametrize("path", ALLOWED)
def test_all_methods_of_an_address_are_told(client: Client, ann: Headers, path: str) -> None:
    """Whoever asks for them, and whoever sends another one, learns all that there are."""
    options = client.options(path, headers=ann)
    refused = client.request("PATCH", path, headers=ann)
    assert (options.status_code, refused.status_code) == (204, 405)
    assert options.headers["Allow"] == refused.headers["Allow"] == ALLOWED[path]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/problems",
        "/health/live",
        "/schema/openapi.yaml",
        "/api/appointments",
        "/api/availability",
        "/api/appointments/nothing",
        "/nowhere",
    ],
)
def test_head_is_get_without_the_body(client: Client, ann: Headers, path: str) -> None:
    """Status and headers are the same, the length of what is left out included."""
    for headers in (ann, {}):
        get, head = client.get(path, headers=headers), client.head(path, headers=headers)
        assert head.content == b""
        assert head.status_code == get.status_code
        ours, theirs = ({**answer.headers, "x-request-id": ""} for answer in (head, get))
        assert ours == theirs


def test_head_where_there_is_no_get_is_refused(client: Client) -> None:
    """It is another method then, and its refusal has no body either."""
    answer = client.head("/api/auth/login")
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["Allow"] == "OPTIONS, POST"


def test_the_log_tells_the_method_that_was_sent(
    client: Client, ann: Headers, capsys: pytest.CaptureFixture[str]
) -> None:
    """A request with HEAD is logged as one, with its route and its user."""
    me = client.get("/api/auth/me", headers=ann).json()["id"]
    capsys.readouterr()
    client.head("/api/appointments", headers=ann)
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["method"], line["route"], line["user"]) == ("HEAD", "/api/appointments", me)

"""What pages of other sites may do, and what is believed of the address that a request was sent to."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]
Headers = dict[str, str]
OpenAnother = Callable[[dict[str, str]], AbstractContextManager[Client]]

ALLOWED = {"SCHEDULING_CORS_ORIGINS": "https://a.example, http://localhost:5173"}
ASKS = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
}


@pytest.mark.parametrize("origin", ["https://a.example", "http://localhost:5173"])
def test_s36_a_site_that_is_named_may_ask_and_read(
    ann: Headers, open_another: OpenAnother, origin: str
) -> None:
    """Its pages are let through by the browser, with the token that they send themselves and no cookie."""
    with open_another(ALLOWED) as client:
        asked = client.options("/api/appointments", headers={"Origin": origin, **ASKS})
        read = client.get("/api/appointments", headers={"Origin": origin, **ann})
        refused = client.get("/nowhere", headers={"Origin": origin})
    assert (asked.status_code, asked.content) == (204, b"")
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert (read.status_code, refused.status_code) == (200, 404)
    for answer in (asked, read, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Vary"] == "Origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://aXexample",
        "https://a-example",
        "https://a.example.evil.example",
        "https://evil.example/https://a.example",
        "http://a.example",
        "https://a.example:8443",
        "https://A.example",
        "https://sub.a.example",
        "null",
        "",
        "*",
    ],
)
def test_s36_a_site_that_is_like_one_is_not_that_one(
    ann: Headers, open_another: OpenAnother, origin: str
) -> None:
    """An origin is named in full, to the last character, and nothing stands for another."""
    with open_another(ALLOWED) as client:
        answers = [
            client.options("/api/appointments", headers={"Origin": origin, **ASKS, **ann}),
            client.get("/api/appointments", headers={"Origin": origin, **ann}),
        ]
    for answer in answers:
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "forged",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    ],
    ids=str,
)
def test_s29_the_public_address_is_believed_and_no_header(
    ann: Headers, open_another: OpenAnother, forged: Headers
) -> None:
    """Where the settings say where the service is, a page elsewhere cannot use its cookie by another name."""
    body = {"username": "ann", "password": "correct horse battery staple"}
    with open_another({"SCHEDULING_PUBLIC_URL": "https://booking.example"}) as client:
        answer = client.post("/api/auth/login", json=body)
        [cookie] = answer.headers.get_list("Set-Cookie")
        assert cookie.startswith("__Secure-scheduling-refresh=")
        assert {"Secure", "HttpOnly", "Path=/api/auth", "SameSite=strict"} <= set(cookie.split("; "))
        sent = {"Cookie": cookie.partition(";")[0], **forged}
        refused = client.post("/api/auth/refresh", headers={**sent, "Origin": "https://evil.example"})
        taken = client.post("/api/auth/refresh", headers={**sent, "Origin": "https://booking.example"})
        shown = client.get("/", headers=forged)
    assert (refused.status_code, taken.status_code) == (403, 200)
    for answer in (refused, taken, shown):
        assert "evil.example" not in f"{answer.headers}{answer.text}"


def test_s22_nobody_becomes_a_user_over_http(client: Client, ann: Headers) -> None:
    """There is no route that adds a user, and so none that could be called a second time."""
    document = client.get("/schema/openapi.json").json()
    assert not [path for path in document["paths"] if "user" in path or "regist" in path or "setup" in path]
    for path in ("/api/users", "/api/auth/register", "/api/auth/setup", "/api/setup"):
        assert client.post(path, headers=ann, json={}).status_code in {404, 405}

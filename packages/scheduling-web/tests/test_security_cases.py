"""Cases of the list of attacks that belong to no single part: what is stored, told, asked and linked."""

import datetime as dt
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]
Headers = dict[str, str]

on_both_databases = pytest.mark.parametrize(
    "storage_kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)

BOOKING = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
DAY = {"from": "2030-01-07T00:00:00Z", "to": "2030-01-08T00:00:00Z"}

SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt >alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<script>alert(1)//",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1)</script>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<math><mi//xlink:href='javascript:alert(1)'>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<iframe src=javascript:alert(1)>",
    "<object data=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<form action=javascript:alert(1)><button>x",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "`-alert(1)-`${alert(1)}",
    "{{constructor.constructor('alert(1)')()}}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "javascript:alert(1)",
    "\u2028alert(1)",
]  # fmt: skip
"""What would run in a page that takes text for HTML."""


class Elements(HTMLParser):
    """What a page consists of, but for its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element with its attributes."""
        self.found.append((tag, attrs))


def pages(client: Client) -> dict[str, httpx.Response]:
    """Return every page of HTML that can be read without a parameter, by its address."""
    paths = {route.path for route in client.app.routes if "{" not in route.path}
    answers = {path: client.get(path) for path in paths}
    return {
        path: answer
        for path, answer in answers.items()
        if answer.headers.get("Content-Type", "").startswith("text/html")
    }


def test_s03_stored_text_stays_text(client: Client, ann: Headers, sign_up: Callable[[str], Headers]) -> None:
    """Whatever is stored comes back as JSON and as it was, and no page has an element more than before."""
    before = {path: Elements(page.text).found for path, page in pages(client).items()}
    assert len(before) >= 3
    sign_up("<img src=x>")
    for number, script in enumerate(SCRIPTS):
        kind = {"id": f"type-{number}", "title": script, "durations": [30]}
        assert client.post("/api/appointment-types", headers=ann, json=kind).status_code in {201, 400}
        start = f"2030-02-{number % 28 + 1:02}T{10 + number // 28}:00:00+01:00"
        asked = {**BOOKING, "customer_name": script, "notes": script, "start_time": start}
        booked = client.post("/api/appointments", headers=ann, json=asked)
        assert booked.status_code == 201 or "control characters" in booked.text or "\n" in script
        off = {"start_time": "2031-01-01T00:00:00Z", "end_time": "2031-01-02T00:00:00Z", "reason": script}
        client.put("/api/availability", headers=ann, json={"time_off": [off]})
        refused = client.put("/api/availability", headers=ann, json={"time_zone": script})
        assert refused.status_code == 400
    listed = client.get("/api/appointments?limit=200", headers=ann)
    names = {item["customer_name"] for item in listed.json()["items"]}
    assert {script for script in SCRIPTS if script.isprintable()} <= names
    for path in ("/api/appointments", "/api/appointment-types", "/api/availability", "/api/auth/me"):
        answer = client.get(path, headers=ann)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    after = pages(client)
    assert {path: Elements(page.text).found for path, page in after.items()} == before
    for page in after.values():
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


def test_s03_an_address_is_not_part_of_a_page(client: Client) -> None:
    """What stands in an address is never answered as HTML."""
    for script in SCRIPTS:
        answer = client.get(f"/problems/{quote(script, safe='')}")
        assert answer.status_code in {400, 404}
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "alert" not in answer.text


CLAIMS = {
    "user_id": "{id}",
    "user": "{id}",
    "host": "{id}",
    "host_id": "{id}",
    "sub": "{id}",
    "username": "bob",
    "email": "bob@example.com",
    "cancelledBy": "{id}",
    "rescheduledBy": "{id}",
    "access_token": "x",
}


def test_s05_nothing_but_the_token_says_who_asks(
    client: Client, ann: Headers, sign_up: Callable[[str], Headers]
) -> None:
    """Names and ids in queries, headers and cookies are ignored: each read answers as without them."""
    bob = sign_up("bob")
    id = client.get("/api/auth/me", headers=bob).json()["id"]  # noqa: A001  The word of the interface.
    claims = {name: value.format(id=id) for name, value in CLAIMS.items()}
    named = {f"X-{name.replace('_', '-')}": value for name, value in claims.items()}
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in claims.items())}
    reads = [path for path in documented_reads(client) if "{" not in path]
    assert len(reads) >= 8
    refusal = client.get("/api/auth/me").content
    needed = {**DAY, "start": "2030-01-07T10:00:00Z"}
    for path in reads:
        plain = client.get(path, headers=ann, params=needed)
        claimed = client.get(path, headers={**named, **cookies, **ann}, params={**needed, **claims})
        assert plain.status_code == 200
        assert claimed.content == plain.content
        without = client.get(path, headers={**named, **cookies}, params={**needed, **claims})
        assert (without.status_code, without.content) == (401, refusal)


def documented_reads(client: Client) -> list[str]:
    """Return the addresses of all reads that need a token."""
    paths = client.get("/schema/openapi.json").json()["paths"]
    return [path for path, methods in paths.items() if methods.get("get", {}).get("security")]


def test_s13_what_cannot_be_booked_is_refused_and_takes_no_time(client: Client, ann: Headers) -> None:
    """Odd lengths and starts get 400 or 409 with reasons, and every slot is as free as before."""
    slots = client.get("/api/slots", headers=ann, params=DAY).json()
    for minutes in (0, -1, 10**9, 10**30, 30.5, "30", True, None):
        answer = client.post("/api/appointments", headers=ann, json={**BOOKING, "duration_minutes": minutes})
        assert answer.status_code == 400, minutes
    refusals: list[tuple[dict[str, object], str]] = [
        ({"duration_minutes": 4}, "wrong_duration"),
        ({"duration_minutes": 481}, "wrong_duration"),
        ({"start_time": "2030-01-07T08:59:59+01:00"}, "too_soon"),
        ({"start_time": "2000-01-01T10:00:00Z"}, "too_soon"),
        ({"start_time": "2031-01-08T10:00:00+01:00"}, "beyond_horizon"),
        ({"start_time": "2199-01-01T10:00:00Z"}, "beyond_horizon"),
    ]
    for changes, code in refusals:
        body: dict[str, object] = {**BOOKING, **changes}
        answer = client.post("/api/appointments", headers=ann, json=body)
        assert answer.status_code == 409, changes
        assert code in {reason["code"] for reason in answer.json()["reasons"]}
    assert client.get("/api/slots", headers=ann, params=DAY).json() == slots
    assert client.post("/api/appointments", headers=ann, json=BOOKING).status_code == 201


APPOINTMENT_KEYS = {
    "id",
    "customer_name",
    "start_time",
    "end_time",
    "duration_minutes",
    "status",
    "type",
    "time_zone",
    "notes",
    "version",
    "calcom_booking_id",
    "created_at",
    "updated_at",
}


def test_s15_an_answer_has_its_fields_and_no_others(client: Client, ann: Headers) -> None:
    """A field that is added to a value inside does not come out by itself."""
    booked = client.post("/api/appointments", headers=ann, json=BOOKING)
    path = booked.headers["Location"]
    assert booked.json().keys() == client.get(path, headers=ann).json().keys() == APPOINTMENT_KEYS
    for listing in ("/api/appointments", "/api/appointments/upcoming"):
        page = client.get(listing, headers=ann).json()
        assert page.keys() == {"items", "next_cursor"}
        assert page["items"][0].keys() == APPOINTMENT_KEYS
    [entry] = client.get(f"{path}/history", headers=ann).json()["items"]
    assert entry.keys() == {"change", "at", "appointment"}
    assert entry["appointment"].keys() == APPOINTMENT_KEYS
    assert client.get("/api/auth/me", headers=ann).json().keys() == {"id", "username"}
    [slot, *_] = client.get("/api/slots", headers=ann, params=DAY).json()["items"]
    assert slot.keys() == {"start_time", "end_time"}
    refused = client.post("/api/appointments", headers=ann, json=BOOKING).json()
    assert refused.keys() == {
        *("type", "title", "status", "detail", "message", "instance"),
        *("reasons", "suggestions"),
    }
    assert refused["reasons"][0].keys() == {"code", "message", "starts", "appointment", "occupied"}


REFERENCE = re.compile("#/components/schemas/([A-Za-z]+)")
ADDRESS_WORDS = ("url", "uri", "link", "href", "host", "callback", "redirect", "webhook", "domain", "server")


def fields_of_bodies(document: dict[str, Any]) -> set[str]:
    """Return the names of all fields of all bodies, however deep."""
    schemas = document["components"]["schemas"]
    sent = str(
        [
            operation.get("requestBody")
            for methods in document["paths"].values()
            for operation in methods.values()
        ]
    )
    names: set[str] = set()
    waiting = REFERENCE.findall(sent)
    seen: set[str] = set()
    while waiting:
        schema = waiting.pop()
        if schema not in seen:
            seen.add(schema)
            names |= schemas[schema].get("properties", {}).keys()
            waiting += REFERENCE.findall(str(schemas[schema]))
    return names


def test_s17_s18_s27_no_request_holds_an_address_or_ties_a_calendar(client: Client, ann: Headers) -> None:
    """Where the service connects to is set by who runs it: nobody can send it an address, or link a host."""
    document = client.get("/schema/openapi.json").json()
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    names = {known["name"] for operation in operations for known in operation.get("parameters", [])}
    names |= fields_of_bodies(document)
    assert {"customer_name", "date_overrides", "cursor"} <= names
    assert not [name for name in names if any(word in name.lower() for word in ADDRESS_WORDS)]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (
            client.request(method, "/api/sync", headers=ann, json={"provider": "cal.com"}).status_code == 405
        )


@pytest.mark.parametrize("storage_kind", ["sqlite"])
def test_s20_a_body_books_for_nobody_else(
    *, client: Client, ann: Headers, sign_up: Callable[[str], Headers], digest: Callable[[], str]
) -> None:
    """Another's id in a body is a field that there is not; in a query or a header it means nothing."""
    bob = sign_up("bob")
    id = client.get("/api/auth/me", headers=bob).json()["id"]  # noqa: A001  The word of the interface.
    before = digest()
    for name in ("host_id", "user_id", "host", "user", "userId", "owner"):
        answer = client.post("/api/appointments", headers=ann, json={**BOOKING, name: id})
        assert answer.status_code == 400
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]
    assert digest() == before
    meant = {**ann, "X-User-Id": id, "X-Host-Id": id}
    params = {"user_id": id, "host": id}
    assert client.post("/api/appointments", headers=meant, params=params, json=BOOKING).status_code == 201
    assert client.get("/api/appointments", headers=bob).json()["items"] == []
    assert len(client.get("/api/appointments", headers=ann).json()["items"]) == 1


HOSTILE = [
    "MARK' OR '1'='1",
    'MARK" OR "1"="1',
    "MARK'; DROP TABLE appointments; --",
    "MARK') UNION SELECT secret FROM users --",
    "MARK/**/OR/**/1=1#",
    "MARK%' AND sleep(5) AND '%'='",
    "MARK\\' OR 1=1 --",
    "MARK:name %(name)s ?1 $1 {0}",
    "raw MARK *",
]


@on_both_databases
def test_s31_what_is_sent_is_never_part_of_a_statement(client: Client, ann: Headers) -> None:
    """Every statement is fixed, and all that a client says is bound to its parameters."""
    booked = client.post("/api/appointments", headers=ann, json=BOOKING).json()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        for text in HOSTILE:
            send_everywhere(client, ann, booked["id"], text)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(statements) > 100
    assert not [statement for statement in statements if "MARK" in statement]
    assert len(client.get("/api/appointments", headers=ann).json()["items"]) == 1 + len(HOSTILE)


def send_everywhere(client: Client, headers: Headers, booked: str, text: str) -> None:
    """Send a text wherever a text can be sent; the service may take it or refuse it."""
    number = HOSTILE.index(text)
    day = dt.date(2030, 1, 8) + dt.timedelta(days=number)
    asked = {**BOOKING, "customer_name": text, "notes": text, "start_time": f"{day}T10:00:00+01:00"}
    keyed = {**headers, "Idempotency-Key": text, "If-Match": text}
    for part in ("appointments", "appointment-types"):
        assert client.get(f"/api/{part}/{quote(text, safe='')}", headers=headers).status_code == 404
    names = (
        "from",
        "to",
        "status",
        "cursor",
        "limit",
        "type",
        "moving",
        "sort",
        "order",
        "filter",
        "q",
        "search",
    )
    for path in ("/api/appointments", "/api/slots", "/api/availability"):
        for name in names:
            assert client.get(path, headers=headers, params={**DAY, name: text}).status_code in {
                200,
                400,
                404,
            }
    login = {"username": text, "password": text}
    assert client.post("/api/auth/login", json=login).status_code in {400, 401}
    assert client.delete(f"/api/appointments/{booked}", headers=keyed).status_code in {400, 412}
    assert client.post("/api/appointments", headers=keyed, json=asked).status_code == 201
    assert client.put("/api/availability", headers=headers, json={"time_zone": text}).status_code == 400
    kind = {"title": text, "durations": [30], "id": f"kind-{number}"}
    assert client.post("/api/appointment-types", headers=headers, json=kind).status_code == 201


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver.local.evil.example", "null"])
def test_s36_no_other_site_may_read_an_answer(client: Client, ann: Headers, origin: str) -> None:
    """Browsers are told of no site that may: not for a read, and not before a write."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for method, headers in (("GET", ann), ("OPTIONS", asked), ("OPTIONS", {**ann, **asked})):
        answer = client.request(method, "/api/appointments", headers={**headers, "Origin": origin})
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]

"""Who may call what: every route, asked by everybody who could ask, with ids of everybody.

The table is written by hand. A route of the application that has no row in it fails the build.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from scheduling_core import HostId, Link, Scheduler
from scheduling_web.accounts.users import Users

Client = TestClient[Litestar]
Headers = dict[str, str]

# Statements are looked at, so the appointments are in a database as well.
pytestmark = pytest.mark.parametrize("storage_kind", ["sqlite"])

NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
RANDOM = "01930000-0000-7000-8000-000000000000"
MALFORMED = ["x" * 300, "%00", "%0A", "%FF", "'--"]

LOGIN = {"username": "ann", "password": "correct horse battery staple", "refresh": "body"}
BOOKING = {"customer_name": "Dora", "start_time": "2030-01-07T14:00:00+01:00", "duration_minutes": 30}
LATER = {**BOOKING, "start_time": "2030-01-07T15:00:00+01:00"}
TYPE = {"title": "Long visit", "durations": [90]}
ONE, ONE_TYPE = "/api/appointments/{appointment_id:str}", "/api/appointment-types/{type_id:str}"
NOON = "2030-01-07T12:00:00+01:00"
START = "start=2030-01-07T14:00:00Z"
DAY = "from=2030-01-07T00:00:00Z&to=2030-01-08T00:00:00Z"

BOOKED = ["appointment", "to cancel", "to complete", "to miss", "to confirm", "to decline"]
KIND, SPARE = "appointment type", "appointment type to remove"


@attrs.frozen
class Row:
    """A request, and the statuses it gets from *nobody*, from the *owner* of its id and from a *stranger*.

    Nobody is who sends no token, an expired one, or that of a user who is gone. Where a request needs no
    token, all get the same. *id* says of what the id is: it takes the place of a parameter of the path, and
    of `{id}` in the query and the body. A stranger's request without an id is about what is their own.
    """

    method: str
    path: str
    nobody: int
    owner: int
    stranger: int
    id: str | None = None
    query: str = ""
    body: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query} {self.body or ''}".strip()


ROWS = [
    # What everybody may see.
    Row("GET", "/", 200, 200, 200),
    Row("GET", "/health/live", 200, 200, 200),
    Row("GET", "/health/ready", 200, 200, 200),
    Row("GET", "/problems", 200, 200, 200),
    Row("GET", "/problems/{name:str}", 404, 404, 404),
    Row("GET", "/programs", 200, 200, 200),
    Row("GET", "/schema", 200, 200, 200),
    Row("GET", "/schema/openapi.json", 200, 200, 200),
    Row("GET", "/schema/openapi.yaml", 200, 200, 200),
    Row("GET", "/schema/openapi.yml", 200, 200, 200),
    Row("GET", "/schema/{path:str}", 404, 404, 404),
    # What stands on something else than a token.
    Row("POST", "/api/auth/login", 200, 200, 200, body=LOGIN),
    Row("POST", "/api/auth/refresh", 401, 401, 401),
    Row("POST", "/api/webhooks/calcom", 401, 401, 401),
    Row("GET", "/feeds/{name:str}", 404, 404, 404),
    # What is about the one who asks.
    Row("GET", "/api/auth/me", 401, 200, 200),
    Row("GET", "/api/appointments", 401, 200, 200),
    Row("GET", "/api/appointments/upcoming", 401, 200, 200),
    Row("POST", "/api/appointments", 401, 201, 201, body=BOOKING),
    Row("GET", "/api/availability", 401, 200, 200),
    Row("PUT", "/api/availability", 401, 200, 200, body={"time_off": []}),
    Row("GET", "/api/slots", 401, 200, 200, query=DAY),
    Row("GET", "/api/slots/explain", 401, 200, 200, query=START),
    Row("GET", "/api/appointment-types", 401, 200, 200),
    Row("POST", "/api/appointment-types", 401, 201, 201, body=TYPE),
    Row("GET", "/api/sync", 401, 200, 200),
    Row("GET", "/api/feed", 401, 200, 200),
    Row("POST", "/api/feed", 401, 201, 201),
    Row("DELETE", "/api/feed", 401, 204, 204),
    # What is about one appointment.
    Row("GET", ONE, 401, 200, 404, "appointment"),
    Row("PUT", ONE, 401, 200, 404, "appointment", body={"notes": "n"}),
    Row("PUT", ONE, 401, 200, 404, "appointment", body={"start_time": NOON}),
    Row("PUT", ONE, 401, 200, 404, "appointment", body={"type": "appointment"}),
    Row("DELETE", ONE, 401, 204, 404, "to cancel"),
    Row("GET", f"{ONE}/history", 401, 200, 404, "appointment"),
    Row("GET", f"{ONE}/calendar.ics", 401, 200, 404, "appointment"),
    Row("POST", f"{ONE}/confirm", 401, 200, 404, "to confirm"),
    Row("POST", f"{ONE}/decline", 401, 200, 404, "to decline"),
    Row("POST", f"{ONE}/complete", 401, 200, 404, "to complete"),
    Row("POST", f"{ONE}/no-show", 401, 200, 404, "to miss"),
    Row("POST", "/api/sync/{appointment_id:str}/requeue", 401, 200, 404, "appointment"),
    Row("GET", "/api/slots", 401, 200, 404, "appointment", query=f"{DAY}&moving={{id}}"),
    Row("GET", "/api/slots/explain", 401, 200, 404, "appointment", query=f"{START}&moving={{id}}"),
    # What is about one appointment type.
    Row("GET", ONE_TYPE, 401, 200, 404, KIND),
    Row("GET", "/api/slots", 401, 200, 404, KIND, query=f"{DAY}&type={{id}}"),
    Row("GET", "/api/slots/explain", 401, 200, 404, KIND, query=f"{START}&type={{id}}"),
    Row("POST", "/api/appointments", 401, 201, 404, KIND, body={**LATER, "type": "{id}"}),
    Row("PUT", ONE_TYPE, 401, 200, 404, KIND, body=TYPE),
    Row("DELETE", ONE_TYPE, 401, 204, 404, SPARE),
    Row(
        "POST", "/api/auth/password", 401, 400, 400, body={"current_password": "x", "new_password": "x" * 15}
    ),
    # What ends the session of the one who asks, and so comes last.
    Row("POST", "/api/auth/logout", 204, 204, 204),
]


@attrs.frozen
class World:
    """Two users; the first has one of everything that has an id."""

    client: Client
    owner: Headers
    stranger: Headers
    nobodies: dict[str, Headers]
    ids: dict[str, str]

    def ask(self, row: Row, who: Headers, id: str = "", version: str = "*") -> httpx.Response:
        """Send the request of a row, about a version of what has the id."""
        parts = row.path.split("/")
        path = "/".join(id or "x" if part.startswith("{") else part for part in parts)
        query = row.query.replace("{id}", id)
        body = None
        if row.body is not None:
            body = {
                name: value.replace("{id}", id) if isinstance(value, str) else value
                for name, value in row.body.items()
            }
        headers = {**who, "If-Match": version}
        return self.client.request(row.method, f"{path}?{query}", headers=headers, json=body)


@pytest.fixture
def world(
    *,
    client: Client,
    scheduler: Scheduler,
    sign_up: Callable[[str], Headers],
    token_for: Callable[[str], Headers],
    put_clock: Callable[[dt.datetime], None],
) -> World:
    """Ann has appointments of either status and a type of her own, and is linked to Cal.com; Bob is not."""
    put_clock(NOW - dt.timedelta(minutes=15))
    expired = sign_up("ann")
    put_clock(NOW)
    answer = client.post("/api/auth/login", json=LOGIN)
    ann = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    bob = sign_up("bob")
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    scheduler.link(host, Link("cal.com", {"event_type.1": "7"}))
    own_type = {"id": "anns-own", "title": "Visit", "durations": [30], "requires_confirmation": True}
    assert client.post("/api/appointment-types", headers=ann, json=own_type).status_code == 201
    spare = {"id": "anns-spare", "title": "Visit", "durations": [30]}
    assert client.post("/api/appointment-types", headers=ann, json=spare).status_code == 201
    ids = {KIND: "anns-own", SPARE: "anns-spare"}
    for number, name in enumerate(BOOKED):
        asked = {
            "customer_name": "Carla",
            "start_time": f"2030-01-{8 + number:02}T10:00:00+01:00",
            "duration_minutes": 30,
            "type": "anns-own" if name in {"to confirm", "to decline"} else "appointment",
        }
        ids[name] = client.post("/api/appointments", headers=ann, json=asked).json()["id"]
    nobodies = {"without": {}, "expired": expired, "gone": token_for(RANDOM)}
    return World(client, ann, bob, nobodies, ids)


@contextmanager
def watching() -> Iterator[list[str]]:
    """Collect the statements that are sent to any database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_s09_nobody_gets_further_than_the_door(
    world: World, digest: Callable[[], str], subtests: pytest.Subtests
) -> None:
    """Without a good token every protected route answers the same 401, whatever the id; nothing changes."""
    refusal = world.client.get("/api/auth/me").content
    before = digest()
    for row in ROWS:
        with subtests.test(str(row)):
            for who in world.nobodies.values():
                for named in [world.ids[row.id], RANDOM, *MALFORMED] if row.id else [""]:
                    answer = world.ask(row, who, named)
                    assert answer.status_code == row.nobody
                    assert is_public(row) or answer.content == refusal
            if row.path == "/api/auth/login":
                before = digest()  # It begins a session.
            assert digest() == before


def test_s09_a_user_who_is_disabled_is_nobody(
    *, world: World, kept_accounts: sa.Engine, digest: Callable[[], str], subtests: pytest.Subtests
) -> None:
    """Their good token is refused on every protected route from then on, also for what is their own."""
    refusal = world.client.get("/api/auth/me").content
    Users(kept_accounts, kept_accounts).disable("ann", NOW)
    before = digest()
    for row in ROWS:
        if is_public(row):
            continue
        with subtests.test(str(row)):
            answer = world.ask(row, world.owner, world.ids[row.id] if row.id else "")
            assert (answer.status_code, answer.content) == (401, refusal)
    assert digest() == before


def test_s10_what_is_somebody_elses_is_not_there(
    world: World, digest: Callable[[], str], subtests: pytest.Subtests
) -> None:
    """To a stranger another's id, a random one and one that is none are one and the same; nothing changes.

    Nor does it take them another time, because the database is asked the same.
    """
    before = digest()
    for row in ROWS:
        if row.id is None:
            continue
        with subtests.test(str(row)):
            world.ask(row, world.stranger, RANDOM)  # Afterwards all is read that is kept in memory.
            for version in ["*", '"1"', '"7"']:
                with watching() as for_random:
                    random = world.ask(row, world.stranger, RANDOM, version)
                with watching() as for_foreign:
                    foreign = world.ask(row, world.stranger, world.ids[row.id], version)
                assert foreign.status_code == random.status_code == row.stranger
                assert foreign.content == random.content
                assert headers_of(foreign) == headers_of(random)
                assert for_foreign == for_random != []
            for malformed in MALFORMED:
                answer = world.ask(row, world.stranger, malformed)
                # In a body, what cannot be an id at all is refused as any wrong field is.
                is_told = row.body is not None and answer.status_code == 400
                assert is_told or answer.content == random.content, malformed
            assert digest() == before


def test_s10_what_has_no_id_is_about_ones_own(world: World, subtests: pytest.Subtests) -> None:
    """Whoever asks without an id is told nothing of anybody else."""
    for row in ROWS:
        if row.id is not None:
            continue
        with subtests.test(str(row)):
            assert is_public(row) or "{" not in row.path
            answer = world.ask(row, world.stranger)
            assert answer.status_code == row.stranger
            assert not any(told in answer.text for told in ("Carla", *world.ids.values()))


def test_s10_the_owner_gets_through(world: World, subtests: pytest.Subtests) -> None:
    """The rows above refuse for the reason that they are about, because the owner is not refused."""
    for row in ROWS:
        with subtests.test(str(row)):
            answer = world.ask(row, world.owner, world.ids[row.id] if row.id else "")
            assert answer.status_code == row.owner


def test_s07_every_route_has_a_row(client: Client) -> None:
    """What the router knows, the framework's own routes included, is what the table has."""
    known = {
        (method, route.path)
        for route in client.app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS"}
    }
    assert known == {(row.method, row.path) for row in ROWS}
    assert len(client.app.routes) == len({path for _, path in known})


def test_the_methods_of_a_route_are_told_to_whom_it_answers(world: World) -> None:
    """OPTIONS, which the framework adds to every route, tells nobody of a protected one."""
    protected = {row.path for row in ROWS if not is_public(row)}
    for row in ROWS:
        options = attrs.evolve(row, method="OPTIONS", query="", body=None)
        assert world.ask(options, {}).status_code in ({401} if row.path in protected else {204, 401})
        assert world.ask(options, world.owner).status_code == 204


def is_public(row: Row) -> bool:
    """Say whether a token makes no difference."""
    return row.nobody == row.owner == row.stranger


def headers_of(answer: httpx.Response) -> dict[str, str]:
    """Return the headers of an answer, without the number that it has."""
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}

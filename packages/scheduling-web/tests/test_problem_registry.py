"""Every kind of problem that is explained can happen: each is raised here, over HTTP, by what raises it."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NoReturn

import attrs
import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import Conflict, MemoryStorage, StorageUnavailable
from scheduling_web.api.problem_types import problem_types
from scheduling_web.app import create_app
from scheduling_web.settings import read_settings

Headers = dict[str, str]

BOOKING = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
JSON = {"Content-Type": "application/json"}
WRONG = {"username": "ann", "password": "nobody has this password"}


class Failing(MemoryStorage):
    """A storage that raises one and the same error, whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def read(self, work: object) -> NoReturn:  # noqa: ARG002  It is not run.
        """Raise."""
        raise self._error


@attrs.frozen
class Asking:
    """A user who has one appointment, and what they may send."""

    client: TestClient[Litestar]
    user: Headers
    booked: str
    service: Any  # Its class is the fixtures' own.

    def send(self, method: str, path: str, headers: Headers | None = None, **more: Any) -> httpx.Response:  # noqa: ANN401  Whatever httpx takes.
        """Send a request of the user."""
        path = path.replace("{id}", self.booked)
        return self.client.request(method, path, headers={**self.user, **(headers or {})}, **more)

    def send_to_broken(self, error: Exception) -> httpx.Response:
        """Ask a service whose storage fails."""
        app = create_app(
            read_settings({"SCHEDULING_SECRET": "a key of the tests, long enough!"}),
            storage=Failing(error),
            accounts=self.service.accounts,
            clock=self.service.clock,
        )
        with TestClient(app) as client:
            return client.get("/api/appointments", headers=self.user)

    def send_to_stopping(self) -> httpx.Response:
        """Ask a service that is about to stop whether it can work."""
        self.client.app.state.stopping = True
        return self.client.get("/health/ready")

    def send_again(self) -> httpx.Response:
        """Book twice under one key, and another time the second time."""
        key = {"Idempotency-Key": "key"}
        self.send(
            "POST", "/api/appointments", key, json={**BOOKING, "start_time": "2030-01-07T12:00:00+01:00"}
        )
        return self.send("POST", "/api/appointments", key, json=BOOKING)

    def fail_to_sign_in(self) -> httpx.Response:
        """Sign in with a wrong password until it is once too often."""
        for _ in range(5):
            self.client.post("/api/auth/login", json=WRONG)
        return self.client.post("/api/auth/login", json=WRONG)

    def write_twice(self) -> httpx.Response:
        """Write to a service that takes one request in a minute that writes."""
        app = create_app(
            read_settings(
                {
                    "SCHEDULING_SECRET": "a key of the tests, long enough!",
                    "SCHEDULING_WRITES_PER_MINUTE": "1",
                }
            ),
            storage=self.service.storage,
            accounts=self.service.accounts,
            clock=self.service.clock,
        )
        with TestClient(app) as client:
            client.post("/api/appointments", headers=self.user, json={})
            return client.post("/api/appointments", headers=self.user, json={})

    def sign_in_by_cookie(self) -> httpx.Response:
        """Renew a session by its cookie, from a page of somebody else."""
        body = {"username": "ann", "password": "correct horse battery staple"}
        self.client.post("/api/auth/login", json=body)
        return self.client.post("/api/auth/refresh", headers={"Origin": "https://evil.example"})


RAISED: dict[str, Callable[[Asking], httpx.Response]] = {
    "bad-request": lambda it: it.send("GET", "/health/live", {"Host": "a b<c>"}),
    "body-too-large": lambda it: it.send("POST", "/api/appointments", JSON, content=b" " * 200_000),
    "booking-refused": lambda it: it.send("POST", "/api/appointments", json=BOOKING),
    "foreign-origin": lambda it: it.sign_in_by_cookie(),
    "idempotency-mismatch": lambda it: it.send_again(),
    "illegal-transition": lambda it: it.send("POST", "/api/appointments/{id}/confirm"),
    "internal-error": lambda it: it.send_to_broken(KeyError("a defect")),
    "invalid-credentials": lambda it: it.client.post("/api/auth/login", json=WRONG),
    "lost-race": lambda it: it.send_to_broken(Conflict(4)),
    "method-not-allowed": lambda it: it.send("PATCH", "/api/appointments"),
    "not-found": lambda it: it.send("GET", "/api/appointments/nothing"),
    "precondition-required": lambda it: it.send("DELETE", "/api/appointments/{id}"),
    "session-ended": lambda it: it.client.post("/api/auth/refresh", json={"refresh_token": "x"}),
    "stopping": lambda it: it.send_to_stopping(),
    "storage-unavailable": lambda it: it.send_to_broken(StorageUnavailable(dt.timedelta(seconds=1))),
    "too-many-attempts": lambda it: it.fail_to_sign_in(),
    "too-many-writes": lambda it: it.write_twice(),
    "type-in-use": lambda it: it.send("DELETE", "/api/appointment-types/appointment"),
    "unauthenticated": lambda it: it.client.get("/api/auth/me"),
    "unreadable-body": lambda it: it.send("POST", "/api/appointments", JSON, content=b"{"),
    "unsupported-media-type": lambda it: it.send("POST", "/api/appointments", content=b"{}"),
    "unverified-call": lambda it: it.client.post("/api/webhooks/calcom", json={}),
    "validation": lambda it: it.send("POST", "/api/appointments", json={}),
    "version-mismatch": lambda it: it.send("DELETE", "/api/appointments/{id}", {"If-Match": '"7"'}),
}


@pytest.fixture
def asking(client: TestClient[Litestar], ann: Headers, service: Any) -> Asking:  # noqa: ANN401  As above.
    """A user with one appointment."""
    booked = client.post("/api/appointments", headers=ann, json=BOOKING).json()["id"]
    return Asking(client, ann, booked, service)


@pytest.mark.parametrize("name", RAISED)
def test_what_is_explained_can_happen(asking: Asking, name: str) -> None:
    """A request gets each kind of problem, with the status, the title and the header that are told of it."""
    [kind] = [kind for kind in problem_types() if kind.name == name]
    answer = RAISED[name](asking)
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["status"], told["title"]) == (kind.address, kind.status, kind.title)
    assert answer.status_code == kind.status
    assert kind.header is None or kind.header in answer.headers


def test_every_kind_that_is_explained_is_raised_here() -> None:
    """A new kind of problem needs a request that gets it."""
    assert {kind.name for kind in problem_types()} == set(RAISED)

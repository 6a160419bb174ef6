"""Keys that make it safe to ask again, over HTTP and on every storage."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import attrs
import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import AppointmentTypeId, HostId, Scheduler

pytestmark = pytest.mark.parametrize(
    "storage_kind", ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)

Client = TestClient[Litestar]
Headers = dict[str, str]


def book(client: Client, headers: Headers, key: str | bytes, start: str = "10:00") -> httpx.Response:
    """Ask for a booking under a key."""
    asked = {"customer_name": "Bob", "start_time": f"2030-01-07T{start}:00+01:00", "duration_minutes": 30}
    sent: dict[str, str | bytes] = {**headers, "Idempotency-Key": key}
    return client.post("/api/appointments", headers=sent, json=asked)  # type: ignore[arg-type]  # Bytes are taken too.


def count(client: Client, headers: Headers) -> int:
    """Return how many appointments there are."""
    return len(client.get("/api/appointments", headers=headers).json()["items"])


def test_the_same_request_is_answered_alike_and_books_once(client: Client, ann: Headers) -> None:
    """The second answer is that of the first, with its address and version."""
    first, second = book(client, ann, "k"), book(client, ann, "k")
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.status_code == 201
    assert first.headers["Location"] == second.headers["Location"]
    assert count(client, ann) == 1


def test_s40_another_request_under_the_key_is_refused(client: Client, ann: Headers) -> None:
    """A key stands for one request."""
    book(client, ann, "k")
    answer = book(client, ann, "k", "11:00")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-mismatch")
    assert count(client, ann) == 1


def test_the_same_request_is_answered_alike_whatever_type_it_meant(
    client: Client, ann: Headers, scheduler: Scheduler
) -> None:
    """Without a usual type the first is meant, and stays what was meant when others come."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    [usual] = scheduler.types(host)
    scheduler.add_type(host, attrs.evolve(usual, id=AppointmentTypeId("check")))
    scheduler.remove_type(host, usual.id)
    first = book(client, ann, "k")
    assert (first.status_code, first.json()["type"]) == (201, "check")
    assert book(client, ann, "k").json() == first.json()
    scheduler.add_type(host, usual)
    again = book(client, ann, "k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert count(client, ann) == 1


def test_a_refusal_is_not_remembered(client: Client, ann: Headers) -> None:
    """Who was refused may ask again under the same key, and is booked when there is room."""
    taken = book(client, ann, "other")
    assert book(client, ann, "k").status_code == 409
    path = taken.headers["Location"]
    assert client.delete(path, headers={**ann, "If-Match": "*"}).status_code == 204
    assert book(client, ann, "k").status_code == 201


def test_s40_a_key_is_its_users_own(client: Client, ann: Headers, sign_up: Callable[[str], Headers]) -> None:
    """Another user's key gives nothing of theirs."""
    bob = sign_up("bob")
    anns, bobs = book(client, ann, "k"), book(client, bob, "k", "11:00")
    assert bobs.status_code == 201
    assert anns.json()["id"] != bobs.json()["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "x" * 10_000, b"a\x1bb", b"a\tb", b"\x7f"])
def test_s40_what_cannot_be_a_key_is_refused(client: Client, ann: Headers, key: str | bytes) -> None:
    """A key is 1 to 255 printable characters."""
    answer = book(client, ann, key)
    assert answer.status_code == 400
    assert [error["header"] for error in answer.json()["errors"]] == ["Idempotency-Key"]
    assert count(client, ann) == 0


def test_s40_many_twins_are_one_booking(client: Client, ann: Headers) -> None:
    """Sixty-four equal requests, many of them at once, get one and the same appointment."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: book(client, ann, "k"), range(64)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert count(client, ann) == 1

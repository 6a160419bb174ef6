"""Appointment types over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]
Headers = dict[str, str]
PATH = "/api/appointment-types"
USUAL = {
    "id": "appointment",
    "title": "Appointment",
    "duration_range": {"shortest": 5, "longest": 480, "step": 5},
    "requires_confirmation": False,
    "slot_interval_minutes": 15,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "minimum_notice_minutes": 0,
    "horizon_days": 365,
    "limits": [],
    "week_start": "monday",
    "any_start": False,
}
WHOLE: dict[str, Any] = {
    "id": "check-up",
    "title": "Check-up",
    "durations": [45, 20],
    "requires_confirmation": True,
    "slot_interval_minutes": 5,
    "buffer_before_minutes": 10,
    "buffer_after_minutes": 15,
    "minimum_notice_minutes": 60,
    "horizon_days": 30,
    "limits": [{"period": "day", "count": 3}, {"period": "month", "minutes": 600}],
    "week_start": "sunday",
    "any_start": True,
}

on_every_storage = pytest.mark.parametrize(
    "storage_kind", ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)


def read(client: Client, headers: Headers) -> list[dict[str, Any]]:
    """Return all types."""
    page = client.get(PATH, headers=headers).json()
    assert page["next_cursor"] is None
    items: list[dict[str, Any]] = page["items"]
    return items


@on_every_storage
def test_a_type_comes_back_as_it_was_sent(client: Client, ann: Headers) -> None:
    """All of it is kept, it is listed beside the others, and it can be read at its address."""
    answer = client.post(PATH, headers=ann, json=WHOLE)
    assert (answer.status_code, answer.json()) == (201, WHOLE)
    assert answer.headers["Location"] == f"{PATH}/check-up"
    assert read(client, ann) == [USUAL, WHOLE]
    assert client.get(answer.headers["Location"], headers=ann).json() == WHOLE


@on_every_storage
def test_a_type_is_replaced_as_a_whole(client: Client, ann: Headers) -> None:
    """What is left out is as in a new type, and bookings from now on follow it."""
    body = {"title": "Short", "durations": [30]}
    answer = client.put(f"{PATH}/appointment", headers=ann, json=body)
    expected = {**USUAL, **body}
    del expected["duration_range"]
    assert (answer.status_code, answer.json()) == (200, expected)
    assert read(client, ann) == [expected]
    asked = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 60}
    refused = client.post("/api/appointments", headers=ann, json=asked)
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["wrong_duration"]


@on_every_storage
def test_a_type_is_removed(client: Client, ann: Headers) -> None:
    """It is not listed, not found and not booked any more; removing it again finds nothing."""
    client.post(PATH, headers=ann, json=WHOLE)
    removed = client.delete(f"{PATH}/check-up", headers=ann)
    assert (removed.status_code, removed.content) == (204, b"")
    assert read(client, ann) == [USUAL]
    again = client.delete(f"{PATH}/check-up", headers=ann)
    unknown = client.get(f"{PATH}/check-up", headers=ann)
    assert again.status_code == unknown.status_code == 404
    asked = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
    booking = client.post("/api/appointments", headers=ann, json={**asked, "type": "check-up"})
    assert booking.status_code == 404
    assert client.post(PATH, headers=ann, json=WHOLE).status_code == 201


@on_every_storage
def test_a_type_of_what_is_to_come_is_not_removed(client: Client, ann: Headers) -> None:
    """An appointment could not be moved without its type; once it is cancelled it only names it."""
    asked = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
    booked = client.post("/api/appointments", headers=ann, json=asked).json()
    refused = client.delete(f"{PATH}/appointment", headers=ann)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/type-in-use")
    assert refused.json()["detail"] == "1 appointment to come is of this type"
    assert read(client, ann) == [USUAL]
    path = f"/api/appointments/{booked['id']}"
    client.delete(path, headers={**ann, "If-Match": "*"})
    assert client.delete(f"{PATH}/appointment", headers=ann).status_code == 204
    assert client.get(path, headers=ann).json()["type"] == "appointment"


def test_without_an_id_a_type_is_given_one(client: Client, ann: Headers) -> None:
    """Two types may have one title, and each has an address of its own."""
    body = {"title": "Call", "durations": [30]}
    first, second = (client.post(PATH, headers=ann, json=body) for _ in range(2))
    assert first.json()["id"] != second.json()["id"]
    assert client.get(first.headers["Location"], headers=ann).json() == first.json()


def test_a_type_that_is_there_is_not_added_again(client: Client, ann: Headers) -> None:
    """Adding does not overwrite; who means to replace says so."""
    answer = client.post(PATH, headers=ann, json={**WHOLE, "id": "appointment"})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/id"]
    assert read(client, ann) == [USUAL]


def test_what_was_answered_can_be_sent_again(client: Client, ann: Headers) -> None:
    """Without its id, which stands in the address, a type replaces itself."""
    body = {name: value for name, value in USUAL.items() if name != "id"}
    assert client.put(f"{PATH}/appointment", headers=ann, json=body).json() == USUAL


def test_types_are_the_hosts_own(client: Client, ann: Headers, sign_up: Callable[[str], Headers]) -> None:
    """Another host's type is not found, whatever is asked, and is as it was."""
    bob = sign_up("bob")
    client.post(PATH, headers=bob, json=WHOLE)
    body = {"title": "Mine", "durations": [30]}
    for method, sent in (("GET", None), ("PUT", body), ("DELETE", None)):
        answers = {
            client.request(method, f"{PATH}/{known}", headers=ann, json=sent).content
            for known in ("check-up", "unknown", "x" * 300, "%00")
        }
        assert len(answers) == 1
        assert b"/problems/not-found" in answers.pop()
    assert read(client, bob) == [USUAL, WHOLE]
    assert read(client, ann) == [USUAL]


WRONG_VALUES: dict[str, list[Any]] = {
    "id": ["", "a b", "a/b", "-x", "x" * 201, "a\n", None, 1],
    "title": ["", " ", "x" * 201, "a\0", None, 1],
    "durations": [[], [0], ["30"], [30.5], [True], None, 30, [10**9], [30] * 101],
    "duration_range": [None, [5, 10, 5], {"shortest": 5}],
    "requires_confirmation": ["yes", 1, None],
    "slot_interval_minutes": [0, -1, "15", 7.5, 10**9, None],
    "buffer_before_minutes": [-1, "5", 10**9],
    "buffer_after_minutes": [-1, None],
    "minimum_notice_minutes": [-1, 10**12],
    "horizon_days": [-1, 40_000, "30"],
    "limits": [None, {}, [{"period": "day", "count": 1}] * 21],
    "week_start": ["sun", 0, None],
    "any_start": ["true", 1],
    "host": ["bob"],
    "version": [1],
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    **{
        f"{field} {value!r}"[:40]: ({field: value}, f"/{field}")
        for field, values in WRONG_VALUES.items()
        for value in values
    },
    "both": ({"duration_range": {"shortest": 5, "longest": 10, "step": 5}}, "/durations"),
    "limit of nothing": ({"limits": [{"period": "day"}]}, "/limits/0"),
    "limit of both": ({"limits": [{"period": "day", "count": 1, "minutes": 1}]}, "/limits/0"),
    "limit of none": ({"limits": [{"period": "day", "count": 0}]}, "/limits/0/count"),
    "limit of a decade": ({"limits": [{"period": "decade", "count": 1}]}, "/limits/0/period"),
    "more in a limit": ({"limits": [{"period": "day", "count": 1, "total": 1}]}, "/limits/0"),
}


@pytest.mark.parametrize(("wrong", "pointer"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_at_its_place(
    long_client: Client, long_carla: Headers, wrong: dict[str, Any], pointer: str
) -> None:
    """One wrong field is answered with its place, and no type is added."""
    before = read(long_client, long_carla)
    answer = long_client.post(PATH, headers=long_carla, json={**WHOLE, **wrong})
    assert answer.status_code == 400, answer.text
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert len(pointers) == 1
    assert pointers[0].startswith(pointer)
    assert read(long_client, long_carla) == before


@pytest.mark.parametrize(
    ("spread", "is_one"),
    [((5, 480, 5), True), ((5, 5, 5), True), ((5, 12, 5), False), ((10, 5, 5), False)],
)
def test_a_range_is_made_of_whole_steps(
    client: Client, ann: Headers, spread: tuple[int, int, int], *, is_one: bool
) -> None:
    """The longest duration is some steps above the shortest."""
    told = dict(zip(("shortest", "longest", "step"), spread, strict=True))
    answer = client.put(f"{PATH}/appointment", headers=ann, json={"title": "X", "duration_range": told})
    assert answer.status_code == (200 if is_one else 400)
    if is_one:
        assert answer.json()["duration_range"] == told
    else:
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/duration_range"]


def test_neither_durations_nor_a_range_is_nothing_to_book(client: Client, ann: Headers) -> None:
    """A type says how long its appointments are."""
    answer = client.post(PATH, headers=ann, json={"title": "X"})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/durations"]

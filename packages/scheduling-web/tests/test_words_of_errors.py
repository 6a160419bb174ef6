"""What errors of a request say: what is wanted, in words, at the place where it is."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]
Headers = dict[str, str]
Json = dict[str, Any]

BOOKING = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
KIND = {"id": "check-up", "title": "Check-up", "durations": [30]}
CLOSED = {"date": "2030-01-01", "hours": []}
ROOM = "must leave room for the appointment in the years 1900 to 2199"


def hours(**times: str) -> Json:
    """Return hours of Monday, of which some are other ones."""
    return {"weekly_hours": [{"day": "monday", "start": "09:00", "end": "17:00", **times}]}


Asked = tuple[str, str, Json]

BOOK: Asked = ("POST", "/api/appointments", BOOKING)
OPEN: Asked = ("PUT", "/api/availability", {})
ADD: Asked = ("POST", "/api/appointment-types", KIND)

SAID: list[tuple[Asked, Json, str]] = [
    (BOOK, {"start_time": "9999-12-31T00:00:00Z"}, "start_time: must be in the years 1900 to 2199"),
    (BOOK, {"start_time": "2199-12-31T23:59:00Z"}, f"start_time: {ROOM}"),
    (BOOK, {"start_time": "2199-12-31T23:59:59.999999Z"}, f"start_time: {ROOM}"),
    (BOOK, {"customer_name": ""}, "customer_name: expected text of at least 1 character"),
    (BOOK, {"notes": "x" * 10_001}, "notes: expected text of at most 10000 characters"),
    (BOOK, {"duration_minutes": 0}, "duration_minutes: expected a whole number of at least 1"),
    (OPEN, hours(start="9"), "weekly_hours/0/start: expected a time of day such as 09:00"),
    (OPEN, hours(end="9"), "weekly_hours/0/end: expected a time of day such as 17:00, or 24:00 for its end"),
    (OPEN, {"date_overrides": [CLOSED, CLOSED]}, "date_overrides: must not name a date twice"),
    (OPEN, {"time_zone": "x"}, "time_zone: must be an IANA time zone such as Europe/Berlin"),
    (ADD, {"durations": []}, "durations: expected a list of at least 1 entry"),
    (ADD, {"durations": [30] * 101}, "durations: expected a list of at most 100 entries"),
    (
        ADD,
        {"id": "a/b"},
        "id: expected up to 200 letters from A to Z, digits and ._~- with a letter or digit in front",
    ),
]


@pytest.mark.parametrize(("asked", "changes", "words"), SAID)
def test_an_error_says_what_is_wanted(
    long_client: Client, long_ann: Headers, asked: Asked, changes: Json, words: str
) -> None:
    """It does so in words, and not in those of Python or in regular expressions."""
    method, path, usual = asked
    answer = long_client.request(method, path, headers=long_ann, json={**usual, **changes})
    assert (answer.status_code, answer.json()["detail"]) == (400, words)
    pointer, _, message = words.partition(": ")
    assert answer.json()["errors"] == [{"message": message, "pointer": f"/{pointer}"}]


@pytest.mark.parametrize(
    "query",
    [
        "start=2199-12-31T23:59:59.999999Z",
        "start=2199-12-31T23:59:00Z",
        "start=2199-12-31T00:00:00Z&duration_minutes=527040",
    ],
)
def test_a_start_at_the_end_of_all_years_is_refused_by_its_parameter(
    long_client: Client, long_ann: Headers, query: str
) -> None:
    """A query has no body that a pointer could point into."""
    answer = long_client.get(f"/api/slots/explain?{query}", headers=long_ann)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"message": ROOM, "parameter": "start"}]


def test_all_parameters_that_are_missing_are_named(long_client: Client, long_ann: Headers) -> None:
    """Who leaves out both ends of a range is told of both."""
    answer = long_client.get("/api/slots", headers=long_ann)
    assert answer.json()["errors"] == [
        {"message": "is missing", "parameter": "from"},
        {"message": "is missing", "parameter": "to"},
    ]
    assert answer.json()["detail"] == "from: is missing; to: is missing"

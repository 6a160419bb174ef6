"""Why a start is not offered, over HTTP: the same words as those of a refused booking."""

import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import AppointmentType, AppointmentTypeId, HostId, Scheduler

Client = TestClient[Litestar]
Headers = dict[str, str]
PATH = "/api/slots/explain"
RANDOM = "01930000-0000-7000-8000-000000000000"


def at(time: str) -> str:
    """Return a local time of the first day as it is written."""
    return f"2030-01-07T{time}:00+01:00"


def ask(client: Client, headers: Headers, **query: str) -> httpx.Response:
    """Ask for an explanation."""
    return client.get(PATH, headers=headers, params=query)


def book(client: Client, headers: Headers, start: str = "10:00", minutes: int = 30) -> httpx.Response:
    """Ask for a booking."""
    asked = {"customer_name": "Bob", "start_time": at(start), "duration_minutes": minutes}
    return client.post("/api/appointments", headers=headers, json=asked)


def test_a_start_that_can_be_booked_has_no_reasons(client: Client, ann: Headers) -> None:
    """Then there is nothing to suggest instead either."""
    answer = ask(client, ann, start=at("10:00"), duration_minutes="30")
    assert answer.status_code == 200
    assert answer.json() == {"bookable": True, "reasons": [], "suggestions": []}


def test_a_refusal_is_explained_before_it_happens(client: Client, ann: Headers) -> None:
    """Reasons and suggestions are those of the booking that is refused, word for word."""
    book(client, ann)
    answer = ask(client, ann, start=at("10:07"), duration_minutes="30")
    refused = book(client, ann, "10:07").json()
    assert answer.json() == {
        "bookable": False,
        "reasons": refused["reasons"],
        "suggestions": refused["suggestions"],
    }
    assert [reason["code"] for reason in refused["reasons"]] == ["overlap", "off_grid"]
    assert len(refused["suggestions"]) == 5


def test_without_a_duration_the_usual_one_is_meant(client: Client, ann: Headers) -> None:
    """The shortest duration of the type is asked and offered."""
    book(client, ann)
    answer = ask(client, ann, start=at("10:00")).json()
    assert answer["suggestions"][0] == {"start_time": at("09:45"), "end_time": at("09:50")}


def test_what_is_to_be_moved_does_not_stand_in_its_own_way(
    client: Client, ann: Headers, scheduler: Scheduler
) -> None:
    """With the appointment named, its own time is free, and its own length is meant, offered or not."""
    booked = book(client, ann, minutes=60).json()
    assert ask(client, ann, start=at("10:15"), duration_minutes="60").json()["bookable"] is False
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    (old,) = scheduler.types(host)
    scheduler.add_type(host, AppointmentType(old.id, "Short", durations=[old.usual_duration]))
    for more in ({}, {"duration_minutes": "60"}):
        answer = ask(client, ann, start=at("10:30"), moving=booked["id"], **more)
        assert answer.json() == {"bookable": True, "reasons": [], "suggestions": []}
    late = ask(client, ann, start=at("16:15"), moving=booked["id"]).json()
    assert [reason["code"] for reason in late["reasons"]] == ["outside_hours"]
    assert late["suggestions"][0] == {"start_time": at("16:00"), "end_time": at("17:00")}
    query = {"from": at("09:00"), "to": at("12:00"), "moving": booked["id"]}
    slots = client.get("/api/slots", headers=ann, params=query).json()["items"]
    assert {"start_time": at("10:30"), "end_time": at("11:30")} in slots


def test_another_type_has_its_own_reasons(client: Client, ann: Headers, scheduler: Scheduler) -> None:
    """A type is asked for by its id, and an unknown one is not found."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    scheduler.add_type(host, AppointmentType(AppointmentTypeId("call"), "Call"))
    named = ask(client, ann, start=at("10:00"), type="call", duration_minutes="45").json()
    assert [reason["code"] for reason in named["reasons"]] == ["wrong_duration"]
    assert ask(client, ann, start=at("10:00"), type="unknown").status_code == 404


def test_somebody_elses_appointment_cannot_be_asked_for(
    client: Client, ann: Headers, sign_up: Callable[[str], Headers]
) -> None:
    """Another host's appointment is not told apart from none, neither in a question nor in the slots."""
    bobs = book(client, sign_up("bob")).json()["id"]
    query = {"from": at("09:00"), "to": at("12:00")}
    for path, asked in ((PATH, {"start": at("10:00")}), ("/api/slots", query)):
        foreign, unknown = (
            client.get(path, headers=ann, params={**asked, "moving": known}) for known in (bobs, RANDOM)
        )
        assert foreign.status_code == 404
        assert foreign.content == unknown.content


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "start"),
        ({"start": "2030-01-07"}, "start"),
        ({"start": "2030-01-07T10:00:00"}, "start"),
        ({"start": "1893920400"}, "start"),
        ({"start": "9999-12-31T23:59:59Z"}, "start"),
        ({"start": at("10:00"), "duration_minutes": "0"}, "duration_minutes"),
        ({"start": at("10:00"), "duration_minutes": "30.0"}, "duration_minutes"),
        ({"start": at("10:00"), "type": "appointment", "moving": RANDOM}, "type"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    long_client: Client, long_ann: Headers, query: dict[str, Any], parameter: str
) -> None:
    """The start has an offset, numbers are whole, and a move keeps its type."""
    answer = ask(long_client, long_ann, **query)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize("start", ["1900-01-01T00:00:00Z", "2199-12-31T20:59:59Z"])
def test_all_times_can_be_explained(long_client: Client, long_ann: Headers, start: str) -> None:
    """At the ends of time there is an answer too."""
    answer = ask(long_client, long_ann, start=start)
    assert answer.status_code == 200
    assert answer.json()["bookable"] is False


counter = itertools.count()


@given(
    day=st.lists(st.tuples(st.integers(0, 96), st.sampled_from([15, 30, 60])), max_size=4),
    start=st.integers(0, 96),
    minutes=st.sampled_from([4, 15, 30, 60, 481]),
)
def test_what_is_explained_is_what_happens(
    *,
    long_client: Client,
    long_sign_up: Callable[[str], Headers],
    day: list[tuple[int, int]],
    start: int,
    minutes: int,
) -> None:
    """A start is bookable if and only if it is then booked, and every suggestion is bookable."""
    client, headers = long_client, long_sign_up(f"asker {next(counter)}")

    def say(number: int) -> str:
        return f"{8 + number // 12:02}:{number % 12 * 5:02}"

    for number, length in day:
        book(client, headers, say(number), length)
    told = ask(client, headers, start=at(say(start)), duration_minutes=str(minutes)).json()
    for slot in told["suggestions"]:
        again = ask(client, headers, start=slot["start_time"], duration_minutes=str(minutes)).json()
        assert again["bookable"] is True
    answer = book(client, headers, say(start), minutes)
    assert told["bookable"] == (answer.status_code == 201) == (told["reasons"] == [])

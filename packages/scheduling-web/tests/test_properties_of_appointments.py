"""Properties of appointments over HTTP: numbers 6, 7, 9, 10, 11 and 15 of the list of promises.

Every example has a host of its own, whose day has free and taken time. Starts and lengths are drawn from a
coarse grid, because random minutes hardly ever touch.
"""

import datetime as dt
import itertools
from typing import Any, Protocol

import httpx
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

NINE = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
OPEN = 8 * 60
"""Minutes from nine to five."""

Headers = dict[str, str]

counter = itertools.count()
starts = st.integers(-4, 36).map(lambda number: 15 * number)
lengths = st.sampled_from([5, 15, 30, 45, 60, 120])
days = st.lists(st.tuples(starts, lengths), max_size=8)
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


class Service(Protocol):
    """What these tests use of the shared service."""

    @property
    def client(self) -> TestClient[Litestar]:
        """The way in."""

    def sign_up(self, username: str) -> Headers:
        """Add a user and return the headers of their requests."""


class Host:
    """A new host, and what they can ask."""

    def __init__(self, service: Service) -> None:
        self._client = service.client
        self._headers = service.sign_up(f"host {next(counter)}")

    def book(self, start: int, length: int, **more: object) -> httpx.Response:
        """Ask for *length* minutes, *start* minutes after nine."""
        body = {"customer_name": "Bob", "start_time": say(start), "duration_minutes": length, **more}
        return self._client.post("/api/appointments", headers=self._headers, json=body)

    def change(self, known: str, /, **fields: object) -> httpx.Response:
        """Ask for a change."""
        headers = {**self._headers, "If-Match": "*"}
        return self._client.put(f"/api/appointments/{known}", headers=headers, json=fields)

    def listed(self) -> list[dict[str, Any]]:
        """Return all appointments."""
        found: list[dict[str, Any]] = self._client.get("/api/appointments", headers=self._headers).json()[
            "items"
        ]
        return found

    def fill(self, day: list[tuple[int, int]]) -> list[dict[str, Any]]:
        """Book what can be booked of a day, and return it."""
        answers = [self.book(start, length) for start, length in day]
        assert {answer.status_code for answer in answers} <= {201, 409}
        return [answer.json() for answer in answers if answer.status_code == 201]


def say(start: int) -> str:
    """Return the time so many minutes after nine."""
    return (NINE + start * MINUTE).isoformat()


def span(appointment: dict[str, Any]) -> tuple[dt.datetime, dt.datetime]:
    """Return start and end."""
    start, end = appointment["start_time"], appointment["end_time"]
    return dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)


def fits(start: int, length: int) -> bool:
    """Say whether the host is open for so long."""
    return start >= 0 and start + length <= OPEN


def is_free(start: int, length: int, taken: list[dict[str, Any]]) -> bool:
    """Say whether the host is open for so long and nothing of what is *taken* overlaps."""
    first, last = NINE + start * MINUTE, NINE + (start + length) * MINUTE
    is_open = fits(start, length)
    return is_open and all(end <= first or last <= begin for begin, end in map(span, taken))


@given(day=days, start=starts, length=lengths)
def test_property_06_a_request_outside_availability_is_refused_and_changes_nothing(
    long_service: Service, day: list[tuple[int, int]], start: int, length: int
) -> None:
    """What is not wholly inside the hours is refused with that reason; the rest is accepted if free."""
    host = Host(long_service)
    taken = host.fill(day)
    before = host.listed()
    answer = host.book(start, length)
    assert answer.status_code == (201 if is_free(start, length, taken) else 409)
    if answer.status_code == 201:
        return
    codes = [reason["code"] for reason in answer.json()["reasons"]]
    assert ("outside_hours" in codes) == (not fits(start, length))
    assert host.listed() == before


@given(day=days, moves=st.lists(st.tuples(st.integers(0, 7), starts, lengths), max_size=6))
def test_property_07_no_two_appointments_overlap(
    long_service: Service, day: list[tuple[int, int]], moves: list[tuple[int, int, int]]
) -> None:
    """Whatever is booked and moved, what holds time stands apart; an end may be another's start."""
    host = Host(long_service)
    booked = host.fill(day)
    for number, start, length in moves:
        if booked:
            wanted = booked[number % len(booked)]["id"]
            host.change(wanted, start_time=say(start), duration_minutes=length)
    spans = sorted(map(span, host.listed()))
    assert len(spans) == len(booked)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


@given(day=days, start=starts, length=lengths, to=starts)
def test_property_09_a_reschedule_changes_the_time(
    long_service: Service, day: list[tuple[int, int]], start: int, length: int, to: int
) -> None:
    """Where the new time is free, the appointment is there and nowhere else; its own time counts as free."""
    host = Host(long_service)
    answer = host.book(start, length)
    if answer.status_code == 409:
        return
    booked = answer.json()
    taken = host.fill(day)
    if not is_free(to, length, taken):
        return
    moved = host.change(booked["id"], start_time=say(to))
    assert moved.status_code == 200, moved.text
    assert span(moved.json())[0] == NINE + to * MINUTE
    assert [item for item in host.listed() if item["id"] == booked["id"]] == [moved.json()]


@given(day=days, start=starts, length=lengths, to=starts)
def test_property_10_a_reschedule_into_a_conflict_changes_nothing(
    long_service: Service, day: list[tuple[int, int]], start: int, length: int, to: int
) -> None:
    """Where the new time is taken or closed, the move is refused and all appointments are as they were."""
    host = Host(long_service)
    answer = host.book(start, length)
    if answer.status_code == 409:
        return
    taken = host.fill(day)
    if is_free(to, length, taken):
        return
    before = host.listed()
    moved = host.change(answer.json()["id"], start_time=say(to), customer_name="Eve")
    assert moved.status_code == 409
    assert moved.json()["reasons"]
    assert host.listed() == before


@given(start=starts, length=lengths, to=starts, name=names)
def test_property_11_a_reschedule_keeps_name_and_duration(
    long_service: Service, start: int, length: int, to: int, name: str
) -> None:
    """Who moves an appointment says only when; for whom and how long it is stays."""
    host = Host(long_service)
    answer = host.book(start, length, customer_name=name)
    if answer.status_code == 409:
        return
    host.change(answer.json()["id"], start_time=say(to))
    (kept,) = host.listed()
    assert (kept["customer_name"], kept["duration_minutes"]) == (name, length)
    first, last = span(kept)
    assert last - first == length * MINUTE


wrong_changes = st.one_of(
    st.fixed_dictionaries({"customer_name": st.sampled_from(["", " ", "a\0", 5, None, [], "x" * 201])}),
    st.fixed_dictionaries({"start_time": st.sampled_from(["", "now", "2030-01-07T11:00:00", 5, None, {}])}),
    st.fixed_dictionaries({"duration_minutes": st.sampled_from([0, -5, "30", 30.5, True, None, 10**9])}),
    st.fixed_dictionaries({"type": st.sampled_from(["", "another", 1, None])}),
    st.fixed_dictionaries({"notes": st.sampled_from(["a\0", 1, None, ["x"], "x" * 10_001])}),
    st.sampled_from(["id", "host", "status", "version", "end_time", "created_at", "x"]).map(
        lambda name: {name: "x"}
    ),
)


@given(wrong=wrong_changes, start=starts, name=names)
def test_property_15_an_invalid_change_is_refused_and_changes_nothing(
    long_service: Service, wrong: dict[str, Any], start: int, name: str
) -> None:
    """Whatever is right beside it, one wrong field is answered with a 4xx and nothing is taken over."""
    host = Host(long_service)
    booked = host.book(0, 30).json()
    answer = host.change(
        booked["id"], **{"start_time": say(start), "customer_name": name, "duration_minutes": 45, **wrong}
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["errors"]
    assert host.listed() == [booked]

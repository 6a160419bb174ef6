"""Availability over HTTP, on every storage."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import HostId, Interval, Link, Scheduler

pytestmark = pytest.mark.parametrize(
    "storage_kind", ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)

Client = TestClient[Litestar]
Headers = dict[str, str]
PATH = "/api/availability"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
USUAL = {
    "time_zone": "Europe/Berlin",
    "weekly_hours": [{"day": day, "start": "09:00", "end": "17:00"} for day in DAYS],
    "date_overrides": [],
    "time_off": [],
}
WRITTEN: dict[str, Any] = {
    "time_zone": "America/New_York",
    "weekly_hours": [
        {"day": "monday", "start": "13:00", "end": "24:00"},
        {"day": "monday", "start": "08:00:30", "end": "12:00"},
        {"day": "friday", "start": "00:00", "end": "09:30:00.000001"},
    ],
    "date_overrides": [
        {"date": "2030-01-07", "hours": [{"start": "10:00", "end": "11:00"}]},
        {"date": "2030-01-08", "hours": []},
    ],
    "time_off": [
        {"start_time": "2030-01-09T00:00:00-05:00", "end_time": "2030-01-10T00:00:00-05:00", "reason": "sea"}
    ],
}


def read(client: Client, headers: Headers, **query: str) -> dict[str, Any]:
    """Return the availability."""
    answer = client.get(PATH, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def write(client: Client, headers: Headers, body: dict[str, Any], query: str = "") -> httpx.Response:
    """Ask for a change."""
    return client.put(f"{PATH}{query}", headers=headers, json=body)


def book(client: Client, headers: Headers, start: str) -> dict[str, Any]:
    """Book half an hour and return the appointment."""
    asked = {"customer_name": "Bob", "start_time": start, "duration_minutes": 30}
    answer = client.post("/api/appointments", headers=headers, json=asked)
    assert answer.status_code == 201, answer.text
    appointment: dict[str, Any] = answer.json()
    return appointment


def test_a_new_host_has_the_usual_hours(client: Client, ann: Headers) -> None:
    """All parts are there, also those with nothing in them, and no range was asked."""
    assert read(client, ann) == USUAL


def test_what_was_written_is_read(client: Client, ann: Headers) -> None:
    """Every part comes back as it was sent, and can be sent again, with which nothing changes."""
    for _ in range(2):
        answer = write(client, ann, WRITTEN)
        assert answer.status_code == 200, answer.text
        found = read(client, ann)
        assert answer.json() == {**found, "affected": []}
        assert sorted(map(str, found["weekly_hours"])) == sorted(map(str, WRITTEN["weekly_hours"]))
        assert {**found, "weekly_hours": []} == {**WRITTEN, "weekly_hours": []}


@pytest.mark.parametrize("part", WRITTEN)
def test_a_part_that_is_left_out_stays(client: Client, ann: Headers, part: str) -> None:
    """Whoever changes one part need not know the others."""
    write(client, ann, WRITTEN)
    before = read(client, ann)
    write(client, ann, {part: USUAL[part]})
    after = read(client, ann)
    assert after[part] == USUAL[part]
    shown = {"time_off"} if part == "time_zone" else set()  # The same instants, on other clocks.
    for other in before.keys() - {part} - shown:
        assert after[other] == before[other]


def test_a_range_shows_what_is_open_in_it(client: Client, ann: Headers) -> None:
    """The hours of the range, cut at its edges, with overrides, and without the time off."""
    write(
        client,
        ann,
        {
            "date_overrides": [{"date": "2030-01-08", "hours": [{"start": "22:00", "end": "24:00"}]}],
            "time_off": [
                {"start_time": "2030-01-07T12:00:00+01:00", "end_time": "2030-01-07T13:00:00+01:00"}
            ],
        },
    )
    query = {"from": "2030-01-07T10:00:00+01:00", "to": "2030-01-09T10:00:00+01:00"}
    assert read(client, ann, **query)["open"] == [
        {"start_time": f"2030-01-{start}:00+01:00", "end_time": f"2030-01-{end}:00+01:00"}
        for start, end in [
            ("07T10:00", "07T12:00"),
            ("07T13:00", "07T17:00"),
            ("08T22:00", "09T00:00"),
            ("09T09:00", "09T10:00"),
        ]
    ]
    closed = {"from": "2030-01-07T17:00:00+01:00", "to": "2030-01-08T00:00:00+01:00"}
    assert read(client, ann, **closed)["open"] == []


def test_what_other_calendars_claim_is_shown_beside_it(
    client: Client, ann: Headers, scheduler: Scheduler, sign_up: Callable[[str], Headers]
) -> None:
    """With a range, each busy time that overlaps it is there, with its source and how old the copy is."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    query = {"from": "2030-01-07T09:00:00+01:00", "to": "2030-01-07T12:00:00+01:00"}
    assert read(client, ann, **query)["busy"] == []
    scheduler.link(host, Link("cal.com"))
    nine = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
    hour = dt.timedelta(hours=1)
    scheduler.copy_busy(
        host, "cal.com", [Interval.of(nine + 2 * hour, 2 * hour), Interval.of(nine - hour, hour)]
    )
    expected = {
        "start_time": "2030-01-07T11:00:00+01:00",
        "end_time": "2030-01-07T13:00:00+01:00",
        "source": "cal.com",
        "as_of": "2030-01-07T09:00:00+01:00",
    }
    found = read(client, ann, **query)
    assert found["busy"] == [expected]
    assert found["open"] == [{"start_time": query["from"], "end_time": query["to"]}]
    assert "busy" not in read(client, ann)
    changed = client.put(PATH, headers=ann, params=query, json={})
    assert (changed.status_code, changed.json()["busy"]) == (200, [expected])
    assert read(client, sign_up("bob"), **query)["busy"] == []


def test_a_dry_run_only_answers(client: Client, ann: Headers) -> None:
    """It tells what would be and which appointments would be outside, and writes nothing."""
    booked = [book(client, ann, f"2030-01-07T{start}:00+01:00") for start in ("10:00", "12:00", "15:00")]
    body = {
        "weekly_hours": [{"day": "monday", "start": "12:00", "end": "17:00"}],
        "time_off": [
            {"start_time": "2030-01-07T15:15:00+01:00", "end_time": "2030-01-07T16:00:00+01:00", "reason": ""}
        ],
    }
    dry = write(client, ann, body, "?dry_run=true")
    assert dry.status_code == 200
    assert dry.json()["affected"] == [booked[0], booked[2]]
    assert read(client, ann) == USUAL
    assert write(client, ann, body, "?dry_run=false").json() == dry.json()
    assert read(client, ann) == {**USUAL, **body}
    listed = client.get("/api/appointments", headers=ann).json()["items"]
    assert listed == booked


def test_new_hours_count_for_slots_and_bookings_at_once(client: Client, ann: Headers) -> None:
    """What was open is refused with that reason, and what was closed is offered."""
    write(client, ann, {"weekly_hours": [{"day": "monday", "start": "20:00", "end": "24:00"}]})
    query = {
        "from": "2030-01-07T00:00:00+01:00",
        "to": "2030-01-08T00:00:00+01:00",
        "duration_minutes": "240",
    }
    slots = client.get("/api/slots", headers=ann, params=query).json()["items"]
    assert [slot["start_time"] for slot in slots] == ["2030-01-07T20:00:00+01:00"]
    asked = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
    refused = client.post("/api/appointments", headers=ann, json=asked)
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["outside_hours"]


def test_each_host_has_their_own(client: Client, ann: Headers, sign_up: Callable[[str], Headers]) -> None:
    """What one user writes, another does not see, whatever else stands in the query."""
    bob = sign_up("bob")
    me = client.get("/api/auth/me", headers=ann).json()["id"]
    assert write(client, bob, WRITTEN, f"?user_id={me}&host={me}").status_code == 200
    assert read(client, ann) == USUAL

"""Availability is read strictly: what cannot be is refused at its place, and changes nothing."""

import json
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]
Headers = dict[str, str]
PATH = "/api/availability"


def read(client: Client, headers: Headers) -> dict[str, Any]:
    """Return the availability."""
    found: dict[str, Any] = client.get(PATH, headers=headers).json()
    return found


def write(client: Client, headers: Headers, body: dict[str, Any], query: str = "") -> httpx.Response:
    """Ask for a change."""
    return client.put(f"{PATH}{query}", headers=headers, json=body)


HOURS = {"start": "09:00", "end": "17:00"}
ABSENCE = {"start_time": "2030-01-09T00:00:00Z", "end_time": "2030-01-10T00:00:00Z", "reason": "sea"}
RIGHT: dict[str, Any] = {
    "time_zone": "America/New_York",
    "weekly_hours": [{"day": "monday", **HOURS}],
    "date_overrides": [{"date": "2030-01-08", "hours": []}],
    "time_off": [ABSENCE],
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown zone": ({"time_zone": "Europe/Atlantis"}, "/time_zone"),
    "zone a path": ({"time_zone": "../../etc/passwd"}, "/time_zone"),
    "zone null": ({"time_zone": None}, "/time_zone"),
    "zone a number": ({"time_zone": 1}, "/time_zone"),
    "hours no list": ({"weekly_hours": {}}, "/weekly_hours"),
    "hours null": ({"weekly_hours": None}, "/weekly_hours"),
    "day in short": ({"weekly_hours": [{**HOURS, "day": "mon"}]}, "/weekly_hours/0/day"),
    "day a number": ({"weekly_hours": [{**HOURS, "day": 1}]}, "/weekly_hours/0/day"),
    "no day": ({"weekly_hours": [HOURS]}, "/weekly_hours/0"),
    "more than hours": ({"weekly_hours": [{**HOURS, "day": "monday", "id": 1}]}, "/weekly_hours/0"),
    **{
        f"{field} {value!r}": (
            {"weekly_hours": [{"day": "sunday", **HOURS}, {"day": "monday", **HOURS, field: value}]},
            f"/weekly_hours/1/{field}",
        )
        for field, value in [
            ("start", "24:00"),
            ("start", "9:00"),
            ("start", "09:60"),
            ("start", "25:00"),
            ("start", "09:00Z"),
            ("start", "09:00+01:00"),
            ("start", "0900"),
            ("start", ""),
            ("start", "09:00\n"),
            ("start", 9),
            ("start", None),
            ("end", "09:00"),
            ("end", "08:59"),
            ("end", "00:00"),
            ("end", "00:00:00"),
            ("end", "24:01"),
            ("end", "24:00:00"),
            ("end", "24:00\n"),
        ]
    },
    "no date": ({"date_overrides": [{"hours": []}]}, "/date_overrides/0"),
    "no hours": ({"date_overrides": [{"date": "2030-01-07"}]}, "/date_overrides/0"),
    "on no day": ({"date_overrides": [{"date": "2030-02-30", "hours": []}]}, "/date_overrides/0/date"),
    "a time": ({"date_overrides": [{"date": "2030-01-07T00:00:00Z", "hours": []}]}, "/date_overrides/0/date"),
    "end before start": (
        {"date_overrides": [{"date": "2030-01-07", "hours": [HOURS, {"start": "10:00", "end": "09:00"}]}]},
        "/date_overrides/0/hours/1/end",
    ),
    "a date twice": ({"date_overrides": [{"date": "2030-01-07", "hours": []}] * 2}, "/date_overrides"),
    "absence naive": (
        {"time_off": [{**ABSENCE, "start_time": "2030-01-09T00:00:00"}]},
        "/time_off/0/start_time",
    ),
    "absence backwards": (
        {"time_off": [ABSENCE, {**ABSENCE, "end_time": "2030-01-08T00:00:00Z"}]},
        "/time_off/1/end_time",
    ),
    "absence empty": ({"time_off": [{**ABSENCE, "end_time": ABSENCE["start_time"]}]}, "/time_off/0/end_time"),
    "absence before all times": (
        {"time_off": [{**ABSENCE, "start_time": "1899-12-31T00:00:00Z"}]},
        "/time_off/0/start_time",
    ),
    "absence an epoch": ({"time_off": [{**ABSENCE, "start_time": 1893456000}]}, "/time_off/0/start_time"),
    "absence with nul": ({"time_off": [{**ABSENCE, "reason": "a\0"}]}, "/time_off/0/reason"),
    "absence with a long reason": ({"time_off": [{**ABSENCE, "reason": "x" * 501}]}, "/time_off/0/reason"),
    "unknown part": ({"open": []}, "/open"),
    "another host": ({"host": "bob"}, "/host"),
}


@pytest.mark.parametrize(("wrong", "pointer"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_at_its_place(
    long_client: Client, long_carla: Headers, wrong: dict[str, Any], pointer: str
) -> None:
    """One wrong part is answered with its place, in a dry run too, and the right ones are not taken over."""
    body = {**RIGHT, **wrong}
    before = read(long_client, long_carla)
    for query in ("", "?dry_run=true"):
        answer = write(long_client, long_carla, body, query)
        assert answer.status_code == 400, answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert read(long_client, long_carla) == before


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?dry_run=yes", "dry_run"),
        ("?dry_run=", "dry_run"),
        ("?dry_run=True", "dry_run"),
        ("?from=2030-01-07T00:00:00Z", "to"),
        ("?to=2030-01-07T00:00:00Z", "from"),
        ("?from=2030-01-07&to=2030-01-08T00:00:00Z", "from"),
        ("?from=2030-01-07T00:00:00Z&to=2031-01-09T00:00:00Z", "to"),
        ("?from=2030-01-07T00:00:00Z&to=2030-01-07T00:00:00Z", "to"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    long_client: Client, long_carla: Headers, query: str, parameter: str
) -> None:
    """A range has two ends and at most 366 days, and whether it is a dry run is told plainly."""
    before = read(long_client, long_carla)
    answers = [write(long_client, long_carla, RIGHT, query)]
    if "dry_run" not in query:
        answers.append(long_client.get(f"{PATH}{query}", headers=long_carla))
    for answer in answers:
        assert answer.status_code == 400
        assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]
    assert read(long_client, long_carla) == before


def test_what_the_others_break_one_thing_of_is_right(client: Client, ann: Headers) -> None:
    """The body without a mistake is taken over."""
    assert write(client, ann, RIGHT).status_code == 200
    found = read(client, ann)
    for part in ("time_zone", "weekly_hours", "date_overrides"):
        assert found[part] == RIGHT[part]


def absences(count: int, reason: str = "") -> list[dict[str, str]]:
    """Return absences of a second each, written as shortly as can be."""
    days = ((number // 60 % 24, number % 60) for number in range(count))
    return [
        {
            "start_time": f"2030-02-01T{hour:02}:{minute:02}:00.1Z",
            "end_time": f"2030-02-01T{hour:02}:{minute:02}:01.1Z",
            **({"reason": reason} if reason else {}),
        }
        for hour, minute in days
    ]


@pytest.mark.parametrize(
    ("count", "reason"),
    [(1_400, ""), (550, "\u00e4" * 120), (80, "\U0001f4c5" * 500)],
    ids=["many", "long", "wide"],
)
def test_what_was_answered_can_be_sent_again(client: Client, ann: Headers, count: int, reason: str) -> None:
    """However much it is, and even with all of its characters written as escapes."""
    assert write(client, ann, {"time_off": absences(count, reason)}).status_code == 200
    found = read(client, ann)
    again = client.put(PATH, headers={**ann, "Content-Type": "application/json"}, content=json.dumps(found))
    assert again.status_code == 200, again.text
    assert read(client, ann) == found


def test_no_part_is_longer_than_what_can_be_sent_again(client: Client, ann: Headers) -> None:
    """More than that is refused at its place, and nothing of it is kept."""
    before = read(client, ann)
    answer = write(client, ann, {"time_off": absences(100, "\U0001f4c5" * 500), "weekly_hours": []})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"message": "must be less: as JSON it may have at most 196,608 bytes", "pointer": "/time_off"}
    ]
    assert read(client, ann) == before

"""What the rules forbid is refused over HTTP with every reason; the rules themselves are the library's."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient


def body(start: str = "10:00", minutes: int = 30, **more: str) -> dict[str, Any]:
    """Return what to book at a local time of the first day."""
    return {
        "customer_name": "Bob",
        "start_time": f"2030-01-07T{start}:00+01:00",
        "duration_minutes": minutes,
        **more,
    }


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (body("08:45"), ["outside_hours", "too_soon"]),
        (body("16:45"), ["outside_hours"]),
        (body("10:07"), ["off_grid"]),
        (body("10:00", 4), ["wrong_duration"]),
        (body("10:00", 481), ["outside_hours", "wrong_duration"]),
        (body("10:00", 527_040), ["outside_hours", "wrong_duration"]),
        ({**body(), "start_time": "2030-01-06T10:00:00+01:00"}, ["too_soon"]),
        ({**body(), "start_time": "2031-01-08T10:00:00+01:00"}, ["beyond_horizon"]),
        ({**body(), "start_time": "1900-01-01T00:00:00Z"}, ["outside_hours", "too_soon"]),
        ({**body(), "start_time": "2199-12-31T20:59:59Z"}, ["outside_hours", "beyond_horizon"]),
    ],
)
def test_what_the_rules_forbid_is_refused_with_all_reasons(
    client: TestClient[Litestar], ann: dict[str, str], asked: dict[str, Any], codes: list[str]
) -> None:
    """Every rule that forbids the start is named, and nothing is written."""
    answer = client.post("/api/appointments", headers=ann, json=asked)
    assert answer.status_code == 409, answer.text
    assert [reason["code"] for reason in answer.json()["reasons"]] == codes
    assert len(answer.json()["suggestions"]) <= 5
    assert client.get("/api/appointments", headers=ann).json()["items"] == []

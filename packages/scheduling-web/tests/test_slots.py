"""Slots over HTTP: what is offered is what is accepted."""

import datetime as dt
from collections.abc import Callable

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    HostId,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)

DAY = {"from": "2030-01-07T00:00:00+01:00", "to": "2030-01-08T00:00:00+01:00"}
MINUTE = dt.timedelta(minutes=1)


def slots(client: TestClient[Litestar], headers: dict[str, str], **query: str | int) -> list[dict[str, str]]:
    """Return the slots of the first day, or of another range."""
    answer = client.get("/api/slots", headers=headers, params={**DAY, **query})
    assert answer.status_code == 200, answer.text
    assert answer.json()["next_cursor"] is None
    items: list[dict[str, str]] = answer.json()["items"]
    return items


def test_a_day_has_its_slots(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """From nine to five there is a slot every quarter of an hour that leaves room for the duration."""
    found = slots(client, ann, duration_minutes=60)
    assert found[0] == {
        "start_time": "2030-01-07T09:00:00+01:00",
        "end_time": "2030-01-07T10:00:00+01:00",
    }
    assert found[-1]["end_time"] == "2030-01-07T17:00:00+01:00"
    assert len(found) == 29


def test_without_a_duration_the_usual_one_is_meant(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """The shortest duration of the type is offered, and every slot ends accordingly."""
    found = slots(client, ann)
    assert found[-1] == {
        "start_time": "2030-01-07T16:45:00+01:00",
        "end_time": "2030-01-07T16:50:00+01:00",
    }


def test_what_is_offered_is_accepted_and_then_gone(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """Every slot can be booked as it stands, until none is left."""
    booked = 0
    while found := slots(client, ann, duration_minutes=95):
        body = {
            "customer_name": "Bob",
            "start_time": found[len(found) // 2]["start_time"],
            "duration_minutes": 95,
        }
        answer = client.post("/api/appointments", headers=ann, json=body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["end_time"] == found[len(found) // 2]["end_time"]
        booked += 1
    assert booked >= 3


def test_a_duration_that_the_type_does_not_have_has_no_slots(
    client: TestClient[Litestar], ann: dict[str, str]
) -> None:
    """Nothing is offered that would be refused."""
    assert slots(client, ann, duration_minutes=7) == []
    assert slots(client, ann, duration_minutes=481) == []


def test_the_past_has_no_slots(
    client: TestClient[Litestar], ann: dict[str, str], put_clock: Callable[[dt.datetime], None]
) -> None:
    """A slot is gone the moment it begins."""
    put_clock(dt.datetime(2030, 1, 7, 11, 0, 0, 1, tzinfo=dt.UTC))
    token = client.post(
        "/api/auth/login", json={"username": "ann", "password": "correct horse battery staple"}
    ).json()["access_token"]
    found = slots(client, {"Authorization": f"Bearer {token}"})
    assert found[0]["start_time"] == "2030-01-07T12:15:00+01:00"


def test_another_type_has_its_own_slots(
    client: TestClient[Litestar], ann: dict[str, str], scheduler: Scheduler
) -> None:
    """A type is asked for by its id, and an unknown one is not found."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    long = AppointmentType(AppointmentTypeId("long"), "Long", durations=(480 * MINUTE,))
    scheduler.add_type(host, long)
    assert slots(client, ann, type="long") == [
        {"start_time": "2030-01-07T09:00:00+01:00", "end_time": "2030-01-07T17:00:00+01:00"}
    ]
    unknown = client.get("/api/slots", headers=ann, params={**DAY, "type": "unknown"})
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "no such appointment type")


def test_more_slots_than_can_be_answered_are_refused(
    client: TestClient[Litestar], ann: dict[str, str], scheduler: Scheduler
) -> None:
    """Of every minute of day and night there are too many in five weeks, and not in four."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    scheduler.set_schedule(host, Schedule("UTC", WeeklyHours.on("mon-sun", TimeRange(dt.time(), dt.time()))))
    policy = BookingPolicy(slot_interval=MINUTE)
    scheduler.add_type(host, AppointmentType(AppointmentTypeId("call"), "Call", (MINUTE,), policy))

    def ask(weeks: int) -> Response:
        first = dt.datetime(2030, 1, 8, tzinfo=dt.UTC)
        window = {"from": first.isoformat(), "to": (first + dt.timedelta(weeks=weeks)).isoformat()}
        return client.get("/api/slots", headers=ann, params={**window, "type": "call"})

    assert len(ask(4).json()["items"]) == 4 * 7 * 24 * 60
    refused = ask(5)
    assert refused.status_code == 400
    rule = "must be earlier: there are more than 50,000 slots until then"
    assert refused.json()["errors"] == [{"message": rule, "parameter": "to"}]


def test_the_offset_is_that_of_the_day(
    client: TestClient[Litestar], ann: dict[str, str], scheduler: Scheduler
) -> None:
    """Where the clocks change between two slots, so does the offset, and no hour is lost or told twice."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    night = WeeklyHours.on("mon-sun", TimeRange(dt.time(1), dt.time(4)))
    scheduler.set_schedule(host, Schedule("Europe/Berlin", night))

    def starts(day: str) -> list[str]:
        found = slots(
            client, ann, **{"from": f"{day}T00:00:00Z", "to": f"{day}T20:00:00Z"}, duration_minutes=60
        )
        return [slot["start_time"][11:] for slot in found if slot["start_time"][14:16] == "00"]

    assert starts("2030-03-31") == ["01:00:00+01:00", "03:00:00+02:00"]
    assert starts("2030-10-27") == ["02:00:00+02:00", "02:00:00+01:00", "03:00:00+01:00"]


def test_a_host_without_types_is_told_so(
    client: TestClient[Litestar], token_for: Callable[[str], dict[str, str]], ann: dict[str, str]
) -> None:
    """Nothing to book is not the same as no free time."""
    answer = client.get("/api/slots", headers=token_for("nobody"), params=DAY)
    assert answer.status_code == 401

"""Appointments over HTTP, on every storage."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import AppointmentId, AppointmentType, AppointmentTypeId, HostId, Scheduler

pytestmark = pytest.mark.parametrize(
    "storage_kind", ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)

FIELDS = {
    "id",
    "customer_name",
    "start_time",
    "end_time",
    "duration_minutes",
    "status",
    "type",
    "time_zone",
    "notes",
    "version",
    "calcom_booking_id",
    "created_at",
    "updated_at",
}
SignUp = Callable[[str], dict[str, str]]
PutClock = Callable[[dt.datetime], None]


def body(start: str = "10:00", minutes: int = 30, **more: str) -> dict[str, Any]:
    """Return what to book at a local time of the first day."""
    return {
        "customer_name": "Bob",
        "start_time": f"2030-01-07T{start}:00+01:00",
        "duration_minutes": minutes,
        **more,
    }


def book(client: TestClient[Litestar], headers: dict[str, str], *starts: str) -> list[str]:
    """Book half an hour at each start and return the ids."""
    answers = [client.post("/api/appointments", headers=headers, json=body(start)) for start in starts]
    assert [answer.status_code for answer in answers] == [201] * len(starts)
    return [answer.json()["id"] for answer in answers]


def test_a_free_start_is_booked(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """The answer is the appointment as it is kept, with its address and its version."""
    answer = client.post("/api/appointments", headers=ann, json=body(notes="brings a dog"))
    assert answer.status_code == 201, answer.text
    appointment = answer.json()
    assert appointment.keys() == FIELDS
    assert appointment | {"id": "", "created_at": "", "updated_at": ""} == {
        "id": "",
        "customer_name": "Bob",
        "start_time": "2030-01-07T10:00:00+01:00",
        "end_time": "2030-01-07T10:30:00+01:00",
        "duration_minutes": 30,
        "status": "confirmed",
        "type": "appointment",
        "time_zone": "Europe/Berlin",
        "notes": "brings a dog",
        "version": 1,
        "calcom_booking_id": None,
        "created_at": "",
        "updated_at": "",
    }
    assert appointment["created_at"] == appointment["updated_at"] == "2030-01-07T09:00:00+01:00"
    assert answer.headers["Location"] == f"/api/appointments/{appointment['id']}"
    assert answer.headers["ETag"] == '"1"'
    read = client.get(answer.headers["Location"], headers=ann)
    assert (read.status_code, read.json(), read.headers["ETag"]) == (200, appointment, '"1"')


def test_the_offset_of_a_start_does_not_matter(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """An instant is booked, however it was written, and answered in the host's zone."""
    asked = {**body(), "start_time": "2030-01-07T14:30:00.000+05:30"}
    answer = client.post("/api/appointments", headers=ann, json=asked)
    assert answer.json()["start_time"] == "2030-01-07T10:00:00+01:00"


def test_the_same_time_again_is_refused_with_what_to_do_instead(
    client: TestClient[Litestar], ann: dict[str, str]
) -> None:
    """A taken time gets 409 with the reason, its data, and starts that can really be booked."""
    (first,) = book(client, ann, "10:00")
    answer = client.post("/api/appointments", headers=ann, json=body())
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "/problems/booking-refused"
    assert problem["reasons"] == [
        {
            "code": "overlap",
            "message": "another appointment occupies 2030-01-07 10:00 to 10:30",
            "starts": {
                "start_time": "2030-01-07T09:30:00.000001+01:00",
                "end_time": "2030-01-07T10:30:00+01:00",
            },
            "appointment": first,
            "occupied": {
                "start_time": "2030-01-07T10:00:00+01:00",
                "end_time": "2030-01-07T10:30:00+01:00",
            },
        }
    ]
    assert problem["detail"] == problem["message"] == problem["reasons"][0]["message"]
    assert [slot["start_time"][11:16] for slot in problem["suggestions"]] == [
        "09:30",
        "10:30",
        "09:15",
        "10:45",
        "09:00",
    ]
    for slot in problem["suggestions"][:2]:
        again = client.post(
            "/api/appointments", headers=ann, json={**body(), "start_time": slot["start_time"]}
        )
        assert again.status_code == 201
        assert again.json()["end_time"] == slot["end_time"]


def test_a_type_is_chosen_by_name_or_by_default(
    client: TestClient[Litestar], ann: dict[str, str], scheduler: Scheduler
) -> None:
    """Without a name the type `appointment` is meant, another by its id, and an unknown one is not found."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    scheduler.add_type(host, AppointmentType(AppointmentTypeId("a check-up"), "Check-up"))
    assert client.post("/api/appointments", headers=ann, json=body()).json()["type"] == "appointment"
    named = client.post("/api/appointments", headers=ann, json=body("11:00", type="a check-up"))
    assert named.json()["type"] == "a check-up"
    unknown = client.post("/api/appointments", headers=ann, json=body("12:00", type="unknown"))
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "no such appointment type")


def test_without_the_usual_type_the_first_one_is_meant(
    client: TestClient[Litestar], ann: dict[str, str], scheduler: Scheduler
) -> None:
    """A host who has no type `appointment` is booked for the first there is, and refused for its reasons."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    for name in ("visit", "check-up"):
        scheduler.add_type(host, AppointmentType(AppointmentTypeId(name), name))
    assert client.delete("/api/appointment-types/appointment", headers=ann).status_code == 204
    assert client.post("/api/appointments", headers=ann, json=body()).json()["type"] == "check-up"
    refused = client.post("/api/appointments", headers=ann, json=body())
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["overlap"]


def test_the_list_is_in_order_and_comes_in_pages(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """Each appointment comes once, by start, however long the pages are; the last one has no cursor."""
    starts = ["13:00", "09:15", "16:30", "10:00", "11:45"]
    book(client, ann, *starts)
    for limit in (1, 2, 4, 5, 200):
        found: list[str] = []
        query: dict[str, Any] = {"limit": limit}
        while True:
            page = client.get("/api/appointments", headers=ann, params=query).json()
            assert page.keys() == {"items", "next_cursor"}
            assert len(page["items"]) <= limit
            found += (item["start_time"][11:16] for item in page["items"])
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert found == sorted(starts)


def test_what_is_booked_behind_a_cursor_does_not_disturb_it(
    client: TestClient[Litestar], ann: dict[str, str]
) -> None:
    """A page goes on after the last appointment seen, whatever was booked before it in the meantime."""
    book(client, ann, "10:00", "12:00")
    first = client.get("/api/appointments?limit=1", headers=ann).json()
    book(client, ann, "09:00", "11:00")
    query = {"cursor": first["next_cursor"]}
    rest = client.get("/api/appointments", headers=ann, params=query).json()["items"]
    assert [item["start_time"][11:16] for item in rest] == ["11:00", "12:00"]


def test_the_list_is_cut_by_time(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """What overlaps the range is listed, and what only touches it is not."""
    book(client, ann, "09:00", "10:00", "11:00")

    def listed(**query: str) -> list[str]:
        items = client.get("/api/appointments", headers=ann, params=query).json()["items"]
        return [item["start_time"][11:16] for item in items]

    assert listed(**{"from": "2030-01-07T09:30:00+01:00"}) == ["10:00", "11:00"]
    assert listed(**{"from": "2030-01-07T09:29:59.999999+01:00"}) == ["09:00", "10:00", "11:00"]
    assert listed(to="2030-01-07T11:00:00+01:00") == ["09:00", "10:00"]
    assert listed(**{"from": "2030-01-07T10:15:00+01:00", "to": "2030-01-07T10:16:00+01:00"}) == ["10:00"]
    assert listed(**{"from": "2030-01-08T00:00:00+01:00"}) == []


def test_the_list_is_cut_by_status(
    client: TestClient[Litestar], ann: dict[str, str], scheduler: Scheduler
) -> None:
    """One status or several can be asked for; without one all are listed."""
    cancelled, _ = book(client, ann, "09:00", "10:00")
    scheduler.cancel(AppointmentId(cancelled))

    def listed(query: str) -> list[str]:
        items = client.get(f"/api/appointments{query}", headers=ann).json()["items"]
        return [item["status"] for item in items]

    assert listed("") == ["cancelled", "confirmed"]
    assert listed("?status=confirmed") == ["confirmed"]
    assert listed("?status=cancelled&status=pending") == ["cancelled"]
    assert listed("?status=no_show") == []


def test_a_host_sees_their_own_appointments_only(
    client: TestClient[Litestar], ann: dict[str, str], sign_up: SignUp
) -> None:
    """Another host's appointment is not listed, does not stand in the way, and cannot be told from none."""
    bob = sign_up("bob")
    (anns,) = book(client, ann, "10:00")
    (bobs,) = book(client, bob, "10:00")
    listed = client.get("/api/appointments", headers=ann).json()["items"]
    assert [item["id"] for item in listed] == [anns]
    foreign = client.get(f"/api/appointments/{bobs}", headers=ann)
    assert foreign.status_code == 404
    random_id = "01930000-0000-7000-8000-000000000000"
    for guess in (random_id, "x", "x" * 300, "%00", "%F0%9F%93%85", "..%2F..", "null", "'--"):
        unknown = client.get(f"/api/appointments/{guess}", headers=ann)
        assert unknown.status_code == 404
        if "2F" not in guess:  # That is a path of its own, at which there is nothing.
            assert unknown.content == foreign.content


def test_of_many_who_book_one_time_one_gets_it(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """Twenty requests at once make one appointment and nineteen refusals."""

    def ask(_: int) -> int:
        return client.post("/api/appointments", headers=ann, json=body()).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(ask, range(20)))
    assert codes == [201] + [409] * 19
    assert len(client.get("/api/appointments", headers=ann).json()["items"]) == 1

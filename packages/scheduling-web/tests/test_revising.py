"""Changing, moving and cancelling appointments over HTTP, on every storage."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import attrs
import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import (
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    HostId,
    Scheduler,
    StorageUnavailable,
)
from scheduling_core.ports import Storage, UnitOfWork

pytestmark = pytest.mark.parametrize(
    "storage_kind", ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)

T = TypeVar("T")
Client = TestClient[Litestar]
Headers = dict[str, str]

NO_MATCH = ('"0"', '"x"', 'W/"1"', '""', '"01"', '"' + "9" * 50 + '"', '"2", "3"', 'W/"1", "x"', '"2,1"')
"""Entity tags of which none is that of the first version."""


def at(time: str) -> str:
    """Return a local time of the first day as it is written."""
    return f"2030-01-07T{time}:00+01:00"


def book(client: Client, headers: Headers, start: str = "10:00", **more: str) -> dict[str, Any]:
    """Book half an hour and return the appointment."""
    asked = {"customer_name": "Bob", "start_time": at(start), "duration_minutes": 30, **more}
    answer = client.post("/api/appointments", headers=headers, json=asked)
    assert answer.status_code == 201, answer.text
    appointment: dict[str, Any] = answer.json()
    return appointment


def change(
    client: Client, headers: Headers, id: str, *, match: str = "*", **fields: object
) -> httpx.Response:
    """Ask for a change of an appointment."""
    return client.put(f"/api/appointments/{id}", headers={**headers, "If-Match": match}, json=fields)


def cancel(client: Client, headers: Headers, id: str, *, match: str = "*", query: str = "") -> httpx.Response:
    """Ask for an appointment to be cancelled."""
    return client.delete(f"/api/appointments/{id}{query}", headers={**headers, "If-Match": match})


def read(client: Client, headers: Headers, id: str) -> dict[str, Any]:
    """Return an appointment as it is."""
    appointment: dict[str, Any] = client.get(f"/api/appointments/{id}", headers=headers).json()
    return appointment


@attrs.define
class FailingAfterwards:
    """A storage that keeps what is written, and cannot be read from then on."""

    kept: Storage
    has_written: bool = False

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Write."""
        result = self.kept.transact(work)
        self.has_written = True
        return result

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Read, while nothing is written yet."""
        if self.has_written:
            raise StorageUnavailable(dt.timedelta(seconds=1))
        return self.kept.read(work)

    def close(self) -> None:
        """Leave it open for others."""


@pytest.mark.parametrize("step", ["complete", "no-show", "change", "availability"])
def test_what_was_written_is_never_answered_as_if_it_was_not(
    client: Client, ann: Headers, kept: Storage, another_app: Callable[..., Litestar], step: str
) -> None:
    """Whatever fails after the commit, the answer says what was done."""
    booked = book(client, ann)
    path = f"/api/appointments/{booked['id']}"
    with TestClient(another_app(FailingAfterwards(kept))) as failing:
        if step == "change":
            answer = change(failing, ann, booked["id"], start_time=at("11:00"))
        elif step == "availability":
            answer = failing.put("/api/availability", headers=ann, json={"weekly_hours": []})
        else:
            answer = failing.post(f"{path}/{step}", headers=ann)
    assert answer.status_code == 200, answer.text
    if step == "availability":
        assert [each["id"] for each in answer.json()["affected"]] == [booked["id"]]
    else:
        assert answer.json() == read(client, ann, booked["id"])


def test_a_move_is_answered_with_what_is_kept(client: Client, ann: Headers) -> None:
    """Start and length are the new ones, the rest is as it was, and the version is in the entity tag."""
    booked = book(client, ann, notes="brings a dog")
    answer = change(client, ann, booked["id"], match='"1"', start_time=at("11:00"), duration_minutes=60)
    assert answer.status_code == 200, answer.text
    times = {"start_time": at("11:00"), "end_time": at("12:00"), "duration_minutes": 60}
    assert answer.json() == booked | times | {"version": 2}
    assert answer.headers["ETag"] == '"2"'
    assert read(client, ann, booked["id"]) == answer.json()


def test_a_whole_appointment_can_be_sent_back(client: Client, ann: Headers) -> None:
    """The fields of a booking are those of a change, the type among them as long as it is the same."""
    booked = book(client, ann)
    body: dict[str, Any] = {
        "customer_name": "Carla",
        "start_time": at("10:00"),
        "duration_minutes": 30,
        "type": "appointment",
        "notes": "new",
    }
    answer = change(client, ann, booked["id"], **body)
    assert answer.json() == booked | {"customer_name": "Carla", "notes": "new", "version": 2}
    other = change(client, ann, booked["id"], type="another", notes="newer")
    assert other.status_code == 400
    assert other.json()["errors"] == [{"message": "cannot be changed", "pointer": "/type"}]
    assert read(client, ann, booked["id"]) == answer.json()


def test_what_is_as_it_was_is_no_change(client: Client, ann: Headers) -> None:
    """Sending what is there already leaves even the version as it is."""
    booked = book(client, ann)
    answer = change(client, ann, booked["id"], start_time="2030-01-07T09:00:00Z", customer_name="Bob")
    assert (answer.status_code, answer.json()) == (200, booked)


def test_a_move_into_a_conflict_is_refused_with_what_to_do_instead(client: Client, ann: Headers) -> None:
    """The reasons and starts are told, each can be moved to, and the name that came along is not kept."""
    booked, other = book(client, ann), book(client, ann, "11:00")
    answer = change(client, ann, booked["id"], start_time=at("11:00"), customer_name="Eve")
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "/problems/booking-refused"
    assert [reason["code"] for reason in problem["reasons"]] == ["overlap"]
    assert problem["reasons"][0]["appointment"] == other["id"]
    assert read(client, ann, booked["id"]) == booked
    offered = [slot["start_time"][11:16] for slot in problem["suggestions"]]
    assert offered == ["10:30", "11:30", "10:15", "11:45", "10:00"]
    moved = change(client, ann, booked["id"], start_time=problem["suggestions"][0]["start_time"])
    assert moved.json()["start_time"] == at("10:30")


def test_words_meet_no_rule(client: Client, ann: Headers, scheduler: Scheduler) -> None:
    """Where the host does not work any more, the name can be changed and the time cannot."""
    booked = book(client, ann)
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    hours = scheduler.schedule(host)
    scheduler.set_schedule(host, type(hours)(hours.timezone))
    named = change(client, ann, booked["id"], start_time=at("10:00"), customer_name="Carla")
    assert (named.status_code, named.json()["customer_name"]) == (200, "Carla")
    assert change(client, ann, booked["id"], start_time=at("10:15")).status_code == 409


def test_a_change_needs_to_know_the_version(client: Client, ann: Headers) -> None:
    """Without If-Match it is 428, with a stale one 412, with what is no entity tag 400: nothing changes."""
    booked = book(client, ann)
    path = f"/api/appointments/{booked['id']}"
    for answer in (client.put(path, headers=ann, json={"notes": "x"}), client.delete(path, headers=ann)):
        assert answer.status_code == 428
        assert answer.json()["type"] == "/problems/precondition-required"
    none_matches = 'no entity tag in If-Match is that of the appointment, which is "1"'
    told = {'"2"': "expected version 2, found 1"} | dict.fromkeys(NO_MATCH, none_matches)
    for stale, words in told.items():
        for answer in (
            change(client, ann, booked["id"], match=stale, notes="x"),
            cancel(client, ann, booked["id"], match=stale),
        ):
            assert (answer.status_code, answer.json()["type"]) == (412, "/problems/version-mismatch")
            assert answer.json()["detail"] == words
    for wrong in ("1", "", ",", '"1', '"1" "2"', '"1", 2', '*, "1"', "**", "W/1"):
        for answer in (
            change(client, ann, booked["id"], match=wrong, notes="x"),
            cancel(client, ann, booked["id"], match=wrong),
        ):
            assert answer.status_code == 400
            assert [error["header"] for error in answer.json()["errors"]] == ["If-Match"]
    assert read(client, ann, booked["id"]) == booked


@pytest.mark.parametrize("match", ['"7", "1"', '"1","2"', '"x", W/"1" , "1"', '"a,b",, "1",', '"1", "1"'])
def test_one_of_several_versions_is_enough(client: Client, ann: Headers, match: str) -> None:
    """A client may know several versions, and name them all: the change is made if one is the present one."""
    booked = book(client, ann)
    assert change(client, ann, booked["id"], match=match, notes="x").json()["version"] == 2
    assert change(client, ann, booked["id"], match='"1", "3"', notes="y").status_code == 412
    assert cancel(client, ann, booked["id"], match='"1", "2"').status_code == 204
    assert change(client, ann, "another", match=match, notes="y").status_code == 404


def test_of_two_who_knew_the_same_version_one_wins(client: Client, ann: Headers) -> None:
    """Eight changes at once with one entity tag: one is made, and the others learn of it."""
    booked = book(client, ann)

    def ask(number: int) -> int:
        return change(client, ann, booked["id"], match='"1"', notes=f"note {number}").status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, range(8))) == [200] + [412] * 7


def test_cancelling_frees_the_time(client: Client, ann: Headers) -> None:
    """The answer is empty, the appointment is kept as cancelled, and its time can be booked."""
    booked = book(client, ann)
    answer = cancel(client, ann, booked["id"], match='"1"', query="?reason=ill")
    assert (answer.status_code, answer.content) == (204, b"")
    assert read(client, ann, booked["id"])["status"] == "cancelled"
    book(client, ann)
    told = client.get(f"/api/appointments/{booked['id']}/history", headers=ann).json()["items"][-1]
    assert (told["change"], told["reason"], told["by"]) == ("cancelled", "ill", "host")


def test_cancelling_again_changes_nothing(client: Client, ann: Headers) -> None:
    """A repeated request is answered as the first, with the version from before it as well."""
    booked = book(client, ann)
    assert cancel(client, ann, booked["id"], match='"1"').status_code == 204
    cancelled = read(client, ann, booked["id"])
    for match in ('"1"', '"2"', "*"):
        assert cancel(client, ann, booked["id"], match=match).status_code == 204
    assert read(client, ann, booked["id"]) == cancelled


def test_a_reason_that_cannot_be_kept_is_refused(client: Client, ann: Headers) -> None:
    """A reason is printable text of at most 500 characters."""
    booked = book(client, ann)
    for reason in ("x" * 501, "%00", "%1b"):
        answer = cancel(client, ann, booked["id"], query=f"?reason={reason}")
        assert answer.status_code == 400
        assert [error["parameter"] for error in answer.json()["errors"]] == ["reason"]
    assert read(client, ann, booked["id"]) == booked


@pytest.fixture
def pending(client: Client, ann: Headers, scheduler: Scheduler) -> dict[str, Any]:
    """An appointment that waits for confirmation."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    scheduler.add_type(host, AppointmentType(AppointmentTypeId("asked"), "Asked", requires_confirmation=True))
    return book(client, ann, type="asked")


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (["confirm"], "confirmed"),
        (["decline?reason=full"], "declined"),
        (["confirm", "complete"], "completed"),
        (["confirm", "no-show"], "no_show"),
    ],
)
def test_a_step_of_the_lifecycle_is_taken(
    client: Client, ann: Headers, pending: dict[str, Any], steps: list[str], status: str
) -> None:
    """Each answers with the appointment in its new status and with the new entity tag."""
    assert pending["status"] == "pending"
    path = f"/api/appointments/{pending['id']}"
    for step in steps:
        answer = client.post(f"{path}/{step}", headers=ann)
        assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == status
    assert answer.headers["ETag"] == f'"{1 + len(steps)}"'
    assert read(client, ann, pending["id"]) == answer.json()


def test_a_step_that_there_is_not_is_refused(client: Client, ann: Headers, pending: dict[str, Any]) -> None:
    """From where it stands only the listed steps can be taken; what was declined stays so."""
    path = f"/api/appointments/{pending['id']}"
    for step in ("complete", "no-show"):
        assert client.post(f"{path}/{step}", headers=ann).status_code == 409
    assert client.post(f"{path}/confirm", headers={**ann, "If-Match": '"7"'}).status_code == 412
    assert client.post(f"{path}/decline", headers={**ann, "If-Match": '"1"'}).status_code == 200
    declined = read(client, ann, pending["id"])
    refused = [client.post(f"{path}/{step}", headers=ann) for step in ("confirm", "decline", "complete")]
    refused += [
        cancel(client, ann, pending["id"]),
        change(client, ann, pending["id"], start_time=at("12:00")),
    ]
    for answer in refused:
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/illegal-transition")
    assert read(client, ann, pending["id"]) == declined


def test_the_history_tells_every_change(client: Client, ann: Headers) -> None:
    """Oldest first, each with the appointment as it then was, and with where it was before a move."""
    booked = book(client, ann)
    change(client, ann, booked["id"], start_time=at("11:00"), notes="late")
    cancel(client, ann, booked["id"])
    answer = client.get(f"/api/appointments/{booked['id']}/history", headers=ann)
    assert answer.status_code == 200
    assert answer.json().keys() == {"items", "next_cursor"}
    entries = answer.json()["items"]
    assert [entry["change"] for entry in entries] == ["booked", "rescheduled", "amended", "cancelled"]
    assert [entry["appointment"]["version"] for entry in entries] == [1, 2, 3, 4]
    assert entries[0] == {"change": "booked", "at": at("09:00"), "appointment": booked}
    assert entries[1]["before"] == {"start_time": at("10:00"), "end_time": at("10:30")}
    assert entries[2]["appointment"]["notes"] == "late"
    assert entries[3]["appointment"] == read(client, ann, booked["id"])


def test_upcoming_is_what_has_not_ended(client: Client, ann: Headers, scheduler: Scheduler) -> None:
    """Pending and confirmed appointments are listed in order of start, and others are not."""
    late, early, gone = book(client, ann, "12:00"), book(client, ann, "09:00"), book(client, ann, "10:00")
    scheduler.cancel(AppointmentId(gone["id"]))
    answer = client.get("/api/appointments/upcoming", headers=ann)
    assert answer.json() == {"items": [early, late], "next_cursor": None}

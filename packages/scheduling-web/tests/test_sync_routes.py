"""The state of a host's links over HTTP, and the calls of webhooks."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_calcom import PROVIDER
from scheduling_core import AppointmentId, HostId, Link, Scheduler, SyncRow, deliveries
from scheduling_core.ports import Storage
from scheduling_core.sync import Hint, RemoteBooking
from scheduling_web.api.appointment_answers import CALCOM

CALL = json.dumps({"triggerEvent": "BOOKING_CANCELLED", "payload": {"uid": "abc"}}).encode()
BOOKING = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 60}
HOOK = "/api/webhooks/calcom"


@pytest.fixture
def linked(client: TestClient[Litestar], scheduler: Scheduler, ann: dict[str, str]) -> HostId:
    """The host of the user, tied to Cal.com."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    scheduler.link(host, Link("cal.com", {"event_type.1": "7"}))
    return host


def give_up(kept: Storage, scheduler: Scheduler, host: HostId) -> SyncRow:
    """Let the only delivery of a host fail for good."""
    [row] = scheduler.sync_rows(host)
    dead = deliveries.give_up(row, "no_event_type", scheduler.get(row.appointment).updated_at)
    kept.transact(lambda work: work.outbox.put(dead))
    return dead


def test_without_a_link_there_is_nothing_to_tell(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """A host who is linked to nothing has no calendars and no deliveries."""
    client.post("/api/appointments", headers=ann, json=BOOKING)
    answer = client.get("/api/sync", headers=ann)
    assert answer.json() == {"calendars": [], "counts": {}, "items": []}


def test_a_delivery_that_stopped_says_why(
    client: TestClient[Litestar],
    ann: dict[str, str],
    linked: HostId,
    scheduler: Scheduler,
    kept: Storage,
) -> None:
    """It is listed with a word for the reason, and delivered again when the host wishes."""
    booked = client.post("/api/appointments", headers=ann, json=BOOKING).json()["id"]
    give_up(kept, scheduler, linked)
    answer = client.get("/api/sync", headers=ann).json()
    assert [calendar["provider"] for calendar in answer["calendars"]] == ["cal.com"]
    assert answer["counts"] == {"dead": 1}
    [item] = answer["items"]
    assert (item["appointment_id"], item["state"], item["last_error"]) == (booked, "dead", "no_event_type")
    again = client.post(f"/api/sync/{booked}/requeue", headers=ann)
    assert again.status_code == 200
    assert [item["state"] for item in again.json()["items"]] == ["pending"]
    assert client.get("/api/sync", headers=ann).json()["counts"] == {"pending": 1}


def test_what_is_in_step_is_only_counted(
    client: TestClient[Litestar],
    ann: dict[str, str],
    linked: HostId,
    scheduler: Scheduler,
    kept: Storage,
) -> None:
    """A list of what needs attention is short, however many appointments there are."""
    client.post("/api/appointments", headers=ann, json=BOOKING)
    [row] = scheduler.sync_rows(linked)
    arrived = deliveries.arrive(row, 1, None, scheduler.get(row.appointment).updated_at)
    kept.transact(lambda work: work.outbox.put(arrived))
    answer = client.get("/api/sync", headers=ann).json()
    assert (answer["counts"], answer["items"]) == ({"synced": 1}, [])


def test_nobody_requeues_for_another(
    client: TestClient[Litestar],
    linked: HostId,
    service: Any,  # noqa: ANN401  Its class is the fixtures' own.
    ann: dict[str, str],
) -> None:
    """Another's delivery and one that does not exist are the same to whoever asks, and nothing changes."""
    booked = client.post("/api/appointments", headers=ann, json=BOOKING).json()["id"]
    dead = give_up(service.storage, service.scheduler, linked)
    bob = service.sign_up("bob")
    theirs, none = (client.post(f"/api/sync/{one}/requeue", headers=bob) for one in (booked, "nothing"))
    assert (theirs.status_code, theirs.content) == (none.status_code, none.content)
    assert theirs.status_code == 404
    assert service.scheduler.sync_rows(linked) == (dead,)
    assert client.get("/api/sync", headers=bob).json()["items"] == []


@pytest.mark.parametrize(
    "storage_kind", ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_a_booking_at_cal_com_is_told_to_its_host_alone(
    *,
    client: TestClient[Litestar],
    ann: dict[str, str],
    sign_up: Callable[[str], dict[str, str]],
    linked: HostId,
    scheduler: Scheduler,
    kept: Storage,
) -> None:
    """Wherever an appointment is answered its booking there is named, once there is one."""
    booked = client.post("/api/appointments", headers=ann, json=BOOKING).json()
    waiting = {**BOOKING, "start_time": "2030-01-07T12:00:00+01:00"}
    client.post("/api/appointments", headers=ann, json=waiting)
    path = f"/api/appointments/{booked['id']}"
    assert booked["calcom_booking_id"] is client.get(path, headers=ann).json()["calcom_booking_id"] is None
    appointment = scheduler.get(AppointmentId(booked["id"]))
    [row] = [row for row in scheduler.sync_rows(linked) if row.appointment == booked["id"]]
    remote = RemoteBooking("uid-of-it", appointment.during, is_active=True, appointment=appointment.id)
    arrived = deliveries.arrive(row, 1, remote, appointment.updated_at)
    kept.transact(lambda work: work.outbox.put(arrived))

    told = {**booked, "calcom_booking_id": "uid-of-it"}
    assert client.get(path, headers=ann).json() == told
    for address in ("/api/appointments", "/api/appointments/upcoming"):
        items = client.get(address, headers=ann).json()["items"]
        assert [item["calcom_booking_id"] for item in items] == ["uid-of-it", None]
    [entry] = client.get(f"{path}/history", headers=ann).json()["items"]
    assert entry["appointment"] == told
    closed = {"weekly_hours": [{"day": "monday", "start": "12:00", "end": "17:00"}]}
    changed = client.put("/api/availability", headers=ann, params={"dry_run": "true"}, json=closed)
    assert changed.json()["affected"] == [told]
    same = client.put(path, headers={**ann, "If-Match": "*"}, json={})
    assert same.json() == told
    bob = sign_up("bob")
    for address in (path, f"{path}/history", "/api/appointments", "/api/sync"):
        assert "uid-of-it" not in client.get(address, headers=bob).text


def test_the_calendar_that_is_told_of_is_the_one_that_hosts_are_linked_to() -> None:
    """The routes know its name without knowing the adapter."""
    assert CALCOM == PROVIDER


def sign(secret: str, body: bytes = CALL) -> dict[str, str]:
    """Return the headers of a call."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-cal-signature-256": signature, "content-type": "application/json"}


def hints(kept: Storage) -> tuple[Hint, ...]:
    """Return the hints that nobody has followed yet."""
    return kept.read(lambda work: work.outbox.open_hints("cal.com", 10))


def test_s33_a_call_is_kept_once_for_later(
    client: TestClient[Litestar], kept: Storage, webhook_secret: str
) -> None:
    """The same call twice is one hint, and what it says of the booking is not kept."""
    for is_new in (True, False):
        answer = client.post(HOOK, content=CALL, headers=sign(webhook_secret))
        assert (answer.status_code, answer.json()) == (202, {"kept": is_new})
    [hint] = hints(kept)
    assert (hint.uid, hint.trigger) == ("abc", "BOOKING_CANCELLED")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-cal-signature-256": "no-secret-provided"},
        {"x-cal-signature-256": "0" * 64},
        sign("another secret, as long as the right"),
        sign("", b"another body"),
    ],
    ids=["none", "no secret", "zeros", "another secret", "another body"],
)
def test_s33_a_forged_call_changes_nothing(
    client: TestClient[Litestar], kept: Storage, headers: dict[str, str]
) -> None:
    """It is refused without a word on what is wrong, and nothing is kept."""
    answer = client.post(HOOK, content=CALL, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unverified-call")
    assert hints(kept) == ()


def test_a_call_that_is_no_call_is_refused(
    client: TestClient[Litestar], kept: Storage, webhook_secret: str
) -> None:
    """What is signed and cannot be read is an error, a test call about nothing is none; neither is kept."""
    broken, ping, long = b"{", b'{"triggerEvent": "PING"}', b" " * (256 * 1024 + 1)
    statuses = [
        client.post(HOOK, content=body, headers=sign(webhook_secret, body)).status_code
        for body in (broken, ping, long)
    ]
    assert statuses == [400, 202, 413]
    assert hints(kept) == ()


def test_s33_without_a_secret_no_call_is_right(another_app: Callable[..., Litestar]) -> None:
    """A service that was given no secret believes nobody, not even who signs with nothing."""
    with TestClient(another_app()) as client:
        for headers in ({"x-cal-signature-256": "no-secret-provided"}, sign("")):
            assert client.post(HOOK, content=CALL, headers=headers).status_code == 401


def test_the_uid_of_a_booking_is_told_to_nobody(
    client: TestClient[Litestar], ann: dict[str, str], linked: HostId, scheduler: Scheduler
) -> None:
    """Whoever has it can move the booking, so it stands in no answer about deliveries."""
    booked = AppointmentId(client.post("/api/appointments", headers=ann, json=BOOKING).json()["id"])
    assert scheduler.sync_rows(linked)[0].appointment == booked
    assert "uid" not in client.get("/api/sync", headers=ann).text

"""Requests and answers against the OpenAPI document, and the oracle against itself."""

import datetime as dt
import json
from typing import Any

import pytest

from scheduling_calcom import Attendee, Availability, CalComClient, Versions
from scheduling_calcom.http import Call, build_request, httpx
from scheduling_calcom.testing import Answer, Asked, FakeCalCom
from scheduling_core import Interval

Oracle = Any  # That of conftest.py, which cannot be imported.
TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ADAM = Attendee("Adam", "Europe/Berlin", "adam@customers.example")

OPERATIONS = {
    "DELETE /v2/webhooks/{webhookId}",
    "GET /v2/bookings",
    "GET /v2/bookings/{bookingUid}",
    "GET /v2/calendars",
    "GET /v2/calendars/busy-times",
    "GET /v2/event-types",
    "GET /v2/event-types/{eventTypeId}",
    "GET /v2/me",
    "GET /v2/schedules",
    "GET /v2/schedules/default",
    "GET /v2/schedules/{scheduleId}",
    "GET /v2/slots",
    "GET /v2/webhooks",
    "PATCH /v2/schedules/{scheduleId}",
    "POST /v2/bookings",
    "POST /v2/bookings/{bookingUid}/cancel",
    "POST /v2/bookings/{bookingUid}/confirm",
    "POST /v2/bookings/{bookingUid}/decline",
    "POST /v2/bookings/{bookingUid}/reschedule",
    "POST /v2/schedules",
    "POST /v2/webhooks",
}


def test_every_operation_is_held_against_the_document(
    oracle: Oracle,
    calcom: CalComClient,
    fake: FakeCalCom,
) -> None:
    """No call is left out of the validation that all tests are under."""
    oracle.used.clear()
    fake.world.busy[1, "private"] = [Interval.of(TEN, HOUR)]
    asked = fake.world.add_event_type("asked", needs_confirmation=True)
    window = Interval.of(TEN, HOUR)
    calcom.probe()
    first = calcom.create_booking(event_type_id=2, start=TEN + HOUR, attendee=ADAM, metadata={"ref": "a"})
    calcom.update_booking(first.uid, start=TEN + 2 * HOUR, reason="rain")
    calcom.delete_booking(first.uid, reason="ill")
    for start, decide in ((TEN + HOUR, calcom.confirm_booking), (TEN + 2 * HOUR, calcom.decline_booking)):
        decide(calcom.create_booking(event_type_id=asked.id, start=start, attendee=ADAM).uid)
        calcom.list_bookings(after_start=TEN, attendee_email=ADAM.email, event_type_ids=[2, asked.id])
    calcom.get_busy_times(window, calcom.list_calendars())
    schedule = calcom.create_schedule(
        name="x", time_zone="UTC", availability=[Availability((0,), dt.time(9), dt.time(10))]
    )
    calcom.get_schedule(schedule.id)
    calcom.update_availability(overrides=[])
    hook = calcom.create_webhook(subscriber_url="https://here.example", secret="s" * 32)
    calcom.list_webhooks()
    calcom.delete_webhook(hook.id)
    assert oracle.used == OPERATIONS


def test_the_default_versions_are_those_of_the_document(oracle: Oracle) -> None:
    """What is spoken without a choice is what the document describes."""
    found = {}
    for path, operations in oracle.document["paths"].items():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if parameter["name"] == "cal-api-version":
                    found[path.split("/")[2].replace("-", "_")] = parameter["schema"]["enum"][0]
    assert found == {name: Versions().of(name) for name in found}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"method": "PUT"}, "knows no PUT"),
        ({"url": "https://cal.example/v2/nothing"}, "knows no POST"),
        ({"params": {"colour": "red"}}, "has no parameter colour"),
        ({"body": {"start": "2026-03-02T10:00:00Z"}}, "not valid"),
        ({"body": {"start": "soon", "attendee": {"name": "A", "timeZone": "UTC"}}}, "not valid"),
        (
            {"body": {"start": "2026-03-02T10:00:00", "attendee": {"name": "A", "timeZone": "UTC"}}},
            "not valid",
        ),
    ],
    ids=str,
)
def test_the_oracle_notices_a_bad_request(oracle: Oracle, change: dict[str, Any], complaint: str) -> None:
    """A request that the document does not allow fails the test that sends it."""
    good: dict[str, Any] = {
        "method": "POST",
        "url": "https://cal.example/v2/bookings",
        "params": {},
        "body": {"start": "2026-03-02T10:00:00Z", "attendee": {"name": "A", "timeZone": "UTC"}},
    }
    headers = {"cal-api-version": "2024-08-13"}
    call = Call("test", "bookings", writes=True)

    def build(given: dict[str, Any]) -> httpx.Request:
        return build_request(
            call, given["method"], given["url"], headers=headers, params=given["params"], body=given["body"]
        )

    oracle.check_request(build(good))
    with pytest.raises(AssertionError, match=complaint):
        oracle.check_request(build({**good, **change}))


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (200, {"status": "success", "data": {}}),
        (202, {"status": "success", "data": {}}),
        (400, {"message": "no"}),
    ],
)
def test_the_oracle_notices_a_bad_answer(oracle: Oracle, status: int, document: object) -> None:
    """An answer of the fake that the document does not allow fails the test that receives it."""
    answer = Answer(status, json.dumps(document).encode())
    with pytest.raises(AssertionError):
        oracle.check_answer(Asked("GET", "/v2/me"), answer)

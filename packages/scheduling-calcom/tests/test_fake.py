"""The fake behaves as the documented server does, where that is odd."""

import json
from typing import Any

import pytest

from scheduling_calcom.testing import KEY, Answer, Asked, FakeCalCom, ManualTime

Json = Any  # Whatever JSON holds.
TEN = "2026-03-02T10:00:00.000Z"
ADAM = {"name": "Adam", "email": "adam@customers.example", "timeZone": "Europe/Berlin"}
BOOKINGS = {"cal-api-version": "2024-08-13"}
SLOTS = {"cal-api-version": "2024-09-04"}
SCHEDULES = {"cal-api-version": "2024-06-11"}
CREDENTIALS = {"authorization": f"Bearer {KEY}"}


def ask(
    fake: FakeCalCom,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: Json = None,
    *,
    query: dict[str, str] | None = None,
    **more: str,
) -> Answer:
    """Ask the fake with good credentials, unless *headers* has others, and return its answer."""
    content = b"" if body is None else json.dumps(body).encode()
    outcome = fake.respond(
        Asked(method, f"/v2/{path}", {**(query or {}), **more}, {**CREDENTIALS, **(headers or {})}, content)
    )
    assert isinstance(outcome, Answer)
    return outcome


def said(answer: Answer) -> Json:
    """Return what an answer says."""
    document = json.loads(answer.body)
    return document.get("data") or document.get("message") or document["error"]["message"]


def create(fake: FakeCalCom, **changes: Json) -> Answer:
    """Ask for a booking of half an hour at ten, or something else."""
    body = {"start": TEN, "eventTypeId": 2, "attendee": ADAM, **changes}
    return ask(fake, "POST", "bookings", BOOKINGS, {k: v for k, v in body.items() if v is not ...})


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"start": "tomorrow"},
        {"start": ...},
        {"attendee": ...},
        {"attendee": {**ADAM, "name": ""}},
        {"attendee": {**ADAM, "timeZone": "Berlin"}},
        {"attendee": {"name": "Adam", "timeZone": "Europe/Berlin"}},
        {"lengthInMinutes": 30},
        {"eventTypeId": 4, "lengthInMinutes": 45},
        {"metadata": {"nested": {}}},
        {"metadata": {"nothing": None}},
        {"metadata": {"k" * 41: ""}},
        {"metadata": {"k": "v" * 501}},
        {"metadata": dict.fromkeys(map(str, range(51)), "")},
        {"metadata": []},
    ],
    ids=str,
)
def test_a_booking_is_refused_for_what_is_wrong_or_unknown(fake: FakeCalCom, changes: dict[str, Any]) -> None:
    """Bodies of bookings are read strictly: one word too many, and nothing is booked."""
    assert create(fake, **changes).status == 400
    assert not fake.world.bookings


def test_a_start_without_an_offset_is_utc(fake: FakeCalCom) -> None:
    """A local time that forgot its zone is not that of the attendee."""
    assert said(create(fake, start="2026-03-02T10:00:00"))["start"] == TEN


@pytest.mark.parametrize(
    ("path", "body"),
    [("bookings", None), ("bookings/uid1/cancel", None), ("bookings/uid1/cancel", []), ("schedules", "x")],
)
def test_a_body_is_an_object(fake: FakeCalCom, path: str, body: object) -> None:
    """A cancellation without a body is refused, although nothing need stand in it."""
    headers = SCHEDULES if path == "schedules" else BOOKINGS
    assert ask(fake, "POST", path, headers, body).status == 400


def test_unknown_filters_are_dropped(fake: FakeCalCom) -> None:
    """A misspelt filter of the list returns everything, and no error."""
    create(fake)
    misspelt = ask(fake, "GET", "bookings", BOOKINGS, atendeeEmail="nobody@example.com")
    assert len(said(misspelt)) == 1
    assert not said_list(ask(fake, "GET", "bookings", BOOKINGS, attendeeEmail="nobody@example.com"))


def said_list(answer: Answer) -> list[Any]:
    """Return the list in an answer."""
    data: list[Any] = json.loads(answer.body)["data"]
    return data


@pytest.mark.parametrize(
    "query",
    [{"take": "0"}, {"take": "251"}, {"take": "x"}, {"skip": "-1"}, {"afterStart": "soon"}],
    ids=str,
)
def test_known_filters_are_checked(fake: FakeCalCom, query: dict[str, str]) -> None:
    """What is known and wrong is refused."""
    assert ask(fake, "GET", "bookings", BOOKINGS, query=query).status == 400


def test_the_list_knows_kinds_and_orders(fake: FakeCalCom, time: ManualTime) -> None:
    """Status names are kinds of bookings, several are a union, and the order can be turned round."""
    fake.world.add_event_type("asked", needs_confirmation=True)
    for hour, event_type in ((10, 2), (11, 5), (12, 2)):
        create(fake, start=f"2026-03-02T{hour}:00:00Z", eventTypeId=event_type)
    fake.world.cancel("uid3")
    time.advance(4 * 3600)

    def kinds(status: str, **more: str) -> list[str]:
        answer = ask(fake, "GET", "bookings", BOOKINGS, query={"status": status, **more})
        return [item["uid"] for item in said_list(answer)]

    assert kinds("upcoming") == ["uid2"]
    assert kinds("unconfirmed") == ["uid2"]
    assert kinds("past") == ["uid1"]
    assert kinds("cancelled") == ["uid3"]
    assert kinds("recurring") == []
    assert kinds("past,upcoming", sortStart="desc") == ["uid2", "uid1"]
    assert kinds("past,cancelled", sortCreated="asc", bookingUid="uid3") == ["uid3"]
    assert kinds("past", beforeCreatedAt="2026-03-02T06:00:00Z") == []
    assert kinds("past", afterCreatedAt="2026-03-02T06:00:00Z", eventTypeId="2") == ["uid1"]


def test_the_total_ignores_the_filters_by_time(fake: FakeCalCom) -> None:
    """An empty page says that there are more."""
    create(fake)
    answer = ask(fake, "GET", "bookings", BOOKINGS, afterUpdatedAt="2027-01-01T00:00:00Z")
    document = json.loads(answer.body)
    assert document["data"] == []
    assert document["pagination"]["totalItems"] == 1


@pytest.mark.parametrize("version", ["2024-04-15", "2024-06-11", "2024-06-14", "2030-01-01", None])
def test_a_version_that_is_not_known_runs_old_code(fake: FakeCalCom, version: str | None) -> None:
    """The list of another version has another shape, no pages, and the status of success."""
    headers = {"cal-api-version": version} if version else {}
    answer = ask(fake, "GET", "bookings", headers, take="1")
    assert answer.status == 200
    assert said(answer) == {"bookings": [], "totalCount": 0, "nextCursor": None}
    assert ask(fake, "POST", "bookings", headers, {"start": TEN}).status == 400
    assert ask(fake, "POST", "bookings", headers, {"responses": {}}).status == 501
    assert ask(fake, "GET", "bookings/uid1", headers).status == 400


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("bookings", "2024-09-04"),
        ("slots", "2024-08-13"),
        ("slots", "2030-01-01"),
        ("schedules", "2024-09-04"),
        ("event-types", "2024-08-13"),
        ("nothing", "2024-08-13"),
    ],
)
def test_a_version_may_lead_nowhere(fake: FakeCalCom, path: str, version: str) -> None:
    """Some versions of some resources do not exist at all."""
    answer = ask(fake, "GET", path, {"cal-api-version": version})
    assert (answer.status, said(answer)) == (404, f"Cannot GET /v2/{path}")


@pytest.mark.parametrize(
    ("credentials", "status"),
    [({}, 401), ({"authorization": KEY}, 500), ({"authorization": "Bearer wrong"}, 401)],
    ids=["none", "without Bearer", "wrong"],
)
def test_credentials_are_needed(fake: FakeCalCom, credentials: dict[str, str], status: int) -> None:
    """Without a key the list is closed; without the word Bearer the server falls over."""
    outcome = fake.respond(Asked("GET", "/v2/bookings", {}, {**BOOKINGS, **credentials}))
    assert isinstance(outcome, Answer)
    assert outcome.status == status


def test_a_uid_opens_a_booking_for_anybody(fake: FakeCalCom) -> None:
    """Whoever knows a uid can read and cancel the booking, without any credentials."""
    create(fake)
    asked = Asked("POST", "/v2/bookings/uid1/cancel", {}, BOOKINGS, b"{}")
    assert isinstance(outcome := fake.respond(asked), Answer)
    assert outcome.status == 200


def test_too_many_requests_are_blocked_for_a_minute(fake: FakeCalCom, time: ManualTime) -> None:
    """The 121st request within a minute is refused, and so is everything for 60 seconds after it."""
    for left in range(119, -1, -1):
        headers = ask(fake, "GET", "me").headers
        assert headers["X-RateLimit-Remaining-Default"] == str(left)
    assert headers["X-RateLimit-Limit-Default"] == "120"
    time.advance(59)
    blocked = ask(fake, "GET", "me")
    assert (blocked.status, blocked.headers["X-RateLimit-Reset-Default"]) == (429, "60")
    assert "Retry-After" not in blocked.headers
    time.advance(59)
    assert ask(fake, "GET", "me").headers["X-RateLimit-Reset-Default"] == "1"
    time.advance(1)
    assert ask(fake, "GET", "me").status == 200


def test_callers_are_counted_apart(fake: FakeCalCom) -> None:
    """The limit is for each key, and strangers share one."""
    for _ in range(121):
        ask(fake, "GET", "me", {"authorization": "Bearer other"})
    assert ask(fake, "GET", "me").status == 200


def test_slots_are_asked_for_strictly(fake: FakeCalCom) -> None:
    """Unknown words, odd spans and lengths that are not offered are refused."""
    span = {"start": "2026-03-02", "end": "2026-03-02"}
    assert ask(fake, "GET", "slots", SLOTS, query=span, eventTypeId="2").status == 200
    assert ask(fake, "GET", "slots", SLOTS, query=span, eventTypeId="2", startTime="x").status == 400
    assert ask(fake, "GET", "slots", SLOTS, query=span, eventTypeId="2", duration="60").status == 400
    assert (
        ask(fake, "GET", "slots", SLOTS, start="2026-03-03", end="2026-03-01", eventTypeId="2").status == 400
    )
    assert ask(fake, "GET", "slots", SLOTS, query=span, eventTypeId="x").status == 404


def test_slots_come_in_the_zone_that_is_asked_for(fake: FakeCalCom) -> None:
    """With a zone, days and times are local; without one they are UTC, and the end is left out."""
    query = {"start": "2026-03-02T22:00:00Z", "end": "2026-03-03T08:31:00Z", "eventTypeId": "2"}
    plain = said(ask(fake, "GET", "slots", SLOTS, query=query))
    assert plain == {
        "2026-03-03": [{"start": "2026-03-03T08:00:00.000Z"}, {"start": "2026-03-03T08:30:00.000Z"}]
    }
    local = said(ask(fake, "GET", "slots", SLOTS, query=query, timeZone="Pacific/Auckland", format="range"))
    assert local["2026-03-03"][0]["end"] == "2026-03-03T21:30:00.000+13:00"


@pytest.mark.parametrize(
    "body",
    [
        {"timeZone": "Berlin"},
        {"availability": [{"days": ["Monday"], "startTime": "09:00", "endTime": "24:00"}]},
        {"availability": [{"days": ["Montag"], "startTime": "09:00", "endTime": "10:00"}]},
        {"overrides": [{"date": "2026-12-24", "startTime": "9", "endTime": "10:00"}]},
    ],
    ids=str,
)
def test_schedules_are_checked_word_by_word(fake: FakeCalCom, body: dict[str, Any]) -> None:
    """Zones, days and times are looked at; a day has no 24:00."""
    assert ask(fake, "PATCH", "schedules/1", SCHEDULES, body).status == 400


def test_schedules_need_not_make_sense(fake: FakeCalCom) -> None:
    """Hours that end before they start are taken, and mean nothing."""
    odd = {"availability": [{"days": ["Monday"], "startTime": "17:00", "endTime": "09:00"}]}
    assert ask(fake, "PATCH", "schedules/1", SCHEDULES, odd).status == 200
    assert create(fake).status == 400


def test_closed_dates_are_closed_and_the_last_override_counts(fake: FakeCalCom) -> None:
    """Of two overrides of a date one is lost; 00:00 to 00:00 closes."""
    day = {"date": "2026-03-02"}
    hours = {**day, "startTime": "08:00", "endTime": "12:00"}
    closed = {**day, "startTime": "00:00", "endTime": "00:00"}
    ask(fake, "PATCH", "schedules/1", SCHEDULES, {"overrides": [hours, closed]})
    assert create(fake).status == 400
    ask(fake, "PATCH", "schedules/1", SCHEDULES, {"overrides": [closed, hours]})
    assert create(fake).status == 201


def test_a_schedule_has_usual_hours_where_none_are_given(fake: FakeCalCom) -> None:
    """Name, zone and whether it is the default one must be said, the hours need not."""
    body: dict[str, Any] = {"name": "Usual", "timeZone": "Europe/Berlin", "isDefault": False}
    assert said(ask(fake, "POST", "schedules", SCHEDULES, body))["availability"][0]["startTime"] == "09:00"
    body.pop("isDefault")
    assert ask(fake, "POST", "schedules", SCHEDULES, body).status == 400


@pytest.mark.parametrize(("query", "status"), [({}, 400), ({"loggedInUsersTz": "UTC"}, 200)])
def test_busy_times_need_a_zone(fake: FakeCalCom, query: dict[str, str], status: int) -> None:
    """Without a zone nobody knows which days are meant; the old name of the parameter still works."""
    days = {"dateFrom": "2026-03-02", "dateTo": "2026-03-02"}
    assert ask(fake, "GET", "calendars/busy-times", query={**days, **query}).status == status


def test_webhooks_listen_to_known_triggers(fake: FakeCalCom) -> None:
    """A trigger that does not exist is refused."""
    body = {"active": True, "subscriberUrl": "https://here.example", "triggers": ["BOOKING_CONFIRMED"]}
    assert ask(fake, "POST", "webhooks", body=body).status == 400

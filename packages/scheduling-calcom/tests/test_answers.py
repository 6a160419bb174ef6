"""What answers mean, in each of their shapes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from scheduling_calcom import (
    CalComClient,
    Gone,
    InvalidRequest,
    LimitReached,
    ServerFailed,
    StateConflict,
    Unauthorised,
    UnexpectedAnswer,
    WrongApiVersion,
)
from scheduling_calcom.testing import Answer, FakeCalCom, faults
from scheduling_core import ExternalCalendarError

Error = Any  # One of the errors, and what it has.
JSON = {"content-type": "application/json; charset=utf-8"}
HTML = {"content-type": "text/html"}


def enveloped(status: int, message: object, **headers: str) -> Answer:
    """An error in the shape of the API."""
    document = {"status": "error", "error": {"code": "SomeException", "message": message}}
    return Answer(status, json.dumps(document).encode(), {**JSON, **headers})


def bare(status: int, message: object) -> Answer:
    """An error in the shape of the inner booking code."""
    return Answer(status, json.dumps({"statusCode": status, "message": message}).encode(), JSON)


def page(status: int) -> Answer:
    """The page of a proxy."""
    return Answer(status, b"<html>no</html>", HTML)


def outcome(calcom: CalComClient, fake: FakeCalCom, answer: Answer, *, writes: bool) -> Error:
    """Return the error that an answer becomes, of a call that writes or one that reads."""
    fake.faults.append(faults.answer_instead(answer=answer, times=9))
    call = calcom.cancel_booking if writes else calcom.get_booking
    with pytest.raises(ExternalCalendarError) as caught:
        call("uid1")
    return caught.value


@pytest.mark.parametrize("answer", [enveloped, bare])
@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, InvalidRequest, "invalid_request"),
        (401, Unauthorised, "unauthorised"),
        (402, Unauthorised, "unauthorised"),
        (405, InvalidRequest, "invalid_request"),
        (410, Gone, "not_found"),
        (404, Gone, "not_found"),
        (413, InvalidRequest, "invalid_request"),
        (422, InvalidRequest, "invalid_request"),
        (498, Unauthorised, "unauthorised"),
    ],
)
@pytest.mark.parametrize("writes", [False, True], ids=["read", "write"])
def test_a_refusal_surely_had_no_effect(
    calcom: CalComClient,
    fake: FakeCalCom,
    *,
    answer: Callable[[int, object], Answer],
    status: int,
    kind: type,
    code: str,
    writes: bool,
) -> None:
    """A refusal has a class and a code by its status, in either shape of the API."""
    error = outcome(calcom, fake, answer(status, "no"), writes=writes)
    assert (type(error), error.code, error.status) == (kind, code, status)
    assert not error.ambiguous


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (400, "User either already has booking at this time or is not available", "slot_taken"),
        (400, "One of the hosts is not available", "slot_taken"),
        (400, "no_available_users_found_error", "slot_taken"),
        (409, "booking_conflict_error", "slot_taken"),
        (409, "whatever", "conflict"),
        (409, "", "conflict"),
        (400, 'The event type can\'t be booked at the "start" time provided', "not_bookable"),
        (400, "Attempting to book a meeting in the past.", "not_bookable"),
        (400, "Can't cancel booking because it has been cancelled already", "already_cancelled"),
        (400, "it has been rescheduled already to booking with uid=secret", "already_rescheduled"),
        (400, "Booking already rejected", "already_decided"),
        (400, ["something is not available", "else"], "slot_taken"),
    ],
)
def test_a_conflict_is_ambiguous(
    calcom: CalComClient, fake: FakeCalCom, status: int, message: object, code: str
) -> None:
    """What looks like a conflict may be our own earlier attempt, so only a look can tell."""
    error = outcome(calcom, fake, enveloped(status, message), writes=True)
    assert (type(error), error.code, error.ambiguous) == (StateConflict, code, True)
    assert "secret" not in f"{error}{error!r}"


@pytest.mark.parametrize("status", [400, 409])
def test_a_read_has_no_conflicts(calcom: CalComClient, fake: FakeCalCom, status: int) -> None:
    """Words that mean a conflict in the answer to a write mean nothing in that to a read."""
    error = outcome(calcom, fake, enveloped(status, "already has booking"), writes=False)
    assert type(error) is InvalidRequest


def test_403_is_two_things(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Enveloped it is about the key, bare it is about the number of bookings."""
    assert type(outcome(calcom, fake, enveloped(403, "no"), writes=True)) is Unauthorised
    fake.faults.clear()
    assert type(outcome(calcom, fake, bare(403, "no"), writes=True)) is LimitReached
    fake.faults.clear()
    fake.faults.append(faults.answer_instead(answer=bare(403, "no")))
    with pytest.raises(Unauthorised):
        calcom.get_me()


def test_too_many_active_bookings_are_a_limit(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A 400 that speaks of a maximum is no mistake in the request."""
    message = "Attendee with this email has reached the maximum number of active bookings"
    assert type(outcome(calcom, fake, enveloped(400, message), writes=True)) is LimitReached


@pytest.mark.parametrize("status", [200, 201, 204, 301, 302, 400, 404, 409, 410, 422])
@pytest.mark.parametrize("writes", [False, True], ids=["read", "write"])
def test_a_page_is_no_answer(calcom: CalComClient, fake: FakeCalCom, status: int, *, writes: bool) -> None:
    """What a proxy says about a booking is not believed: not that it is gone, and not that it was done."""
    error = outcome(calcom, fake, page(status), writes=writes)
    assert (type(error), error.ambiguous) == (UnexpectedAnswer, writes)


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorised), (403, Unauthorised), (502, ServerFailed)])
def test_some_statuses_speak_for_themselves(
    calcom: CalComClient, fake: FakeCalCom, status: int, kind: type
) -> None:
    """Whoever refuses the key or fails need not do it in the shape of the API."""
    assert type(outcome(calcom, fake, page(status), writes=False)) is kind


def test_an_unknown_address_is_a_wrong_version(calcom: CalComClient, fake: FakeCalCom) -> None:
    """The server says that it cannot be asked that, because the version leads to other code."""
    error = outcome(calcom, fake, enveloped(404, "Cannot POST /v2/bookings/uid1/cancel"), writes=True)
    assert type(error) is WrongApiVersion
    assert (error.resource, error.version) == ("bookings", "2024-08-13")
    assert "uid1" not in str(error)


def test_an_unknown_address_without_a_version_tells_what_to_look_at(
    calcom: CalComClient, fake: FakeCalCom
) -> None:
    """Where no version was asked for, none is spoken of, and the URL of the server may be what is wrong."""
    fake.faults.append(faults.answer_instead(answer=enveloped(404, "Cannot GET /me")))
    with pytest.raises(WrongApiVersion) as caught:
        calcom.get_me()
    told = str(caught.value)
    assert "None" not in told
    assert "the URL of the server must go up to and with /v2" in told


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"no"',
        b"{}",
        b'{"status": "error"}',
        b'{"status": "error", "error": "no"}',
        b'{"statusCode": "400"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_an_error_in_no_known_shape_is_unexpected(
    calcom: CalComClient, fake: FakeCalCom, body: bytes
) -> None:
    """JSON alone does not make an answer the API's."""
    assert type(outcome(calcom, fake, Answer(404, body, JSON), writes=False)) is UnexpectedAnswer


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"{}",
        b'{"status": "error"}',
        b'{"status": "success"}',
        b'{"status":"success","data":[]}',
    ],
)
def test_a_success_in_no_known_shape_is_unexpected(
    calcom: CalComClient, fake: FakeCalCom, body: bytes
) -> None:
    """An answer without what was asked for is ambiguous where something was to be done."""
    error = outcome(calcom, fake, Answer(200, body, JSON), writes=True)
    assert (type(error), error.ambiguous) == (UnexpectedAnswer, True)


@pytest.mark.parametrize(
    ("header", "shown"),
    [("req-1_a", "req-1_a"), ("", None), ("a b", None), ("x" * 65, None), ("a@b.example", None)],
)
def test_the_servers_name_for_a_request_is_kept(
    calcom: CalComClient, fake: FakeCalCom, header: str, shown: str | None
) -> None:
    """The request id helps to ask the operator, and is kept where it is nothing else."""
    error = outcome(calcom, fake, enveloped(400, "no", **{"X-Request-Id": header}), writes=False)
    assert error.request_id == shown
    assert (", request " in str(error)) is bool(shown)

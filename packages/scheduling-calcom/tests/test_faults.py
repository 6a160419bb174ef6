"""The fake goes wrong when it is told to, and is served as an application."""

import asyncio
import datetime as dt
import json
from typing import Any

import attrs
import pytest

from scheduling_calcom.http import httpx
from scheduling_calcom.testing import KEY, Answer, Asked, FakeCalCom, ManualTime, create_app, faults
from scheduling_calcom.testing.messages import Drop, NoConnection, Silence

Json = Any  # Whatever JSON holds.
TEN = "2026-03-02T10:00:00.000Z"
ADAM = {"name": "Adam", "email": "adam@customers.example", "timeZone": "Europe/Berlin"}
BOOKINGS = {"cal-api-version": "2024-08-13"}
CREDENTIALS = {"authorization": f"Bearer {KEY}"}


def ask(fake: FakeCalCom, path: str) -> Answer:
    """Ask the fake for something and return its answer."""
    outcome = fake.respond(Asked("GET", f"/v2/{path}", {}, {**CREDENTIALS, **BOOKINGS}))
    assert isinstance(outcome, Answer)
    return outcome


def test_every_request_is_remembered(fake: FakeCalCom) -> None:
    """A test can look at what was asked, in order."""
    ask(fake, "me")
    assert [(asked.method, asked.path) for asked in fake.asked] == [("GET", "/v2/me")]


def test_a_fault_befalls_what_it_is_for(fake: FakeCalCom) -> None:
    """A script is worked off fault by fault, each for its own requests, as often as it says."""
    fake.faults += [
        faults.fail_before("GET /v2/me", times=2),
        faults.fail_before("GET /v2/bookings", status=503),
    ]
    assert [ask(fake, "me").status for _ in range(3)] == [500, 500, 200]
    assert ask(fake, "bookings").status == 503
    assert fake.faults == []


def test_a_late_write_comes_late(fake: FakeCalCom, time: ManualTime) -> None:
    """What was given up takes effect when its time has come, whether somebody asks then or not."""
    fake.faults.append(faults.write_late(delay=dt.timedelta(seconds=20)))
    body = json.dumps({"start": TEN, "eventTypeId": 2, "attendee": ADAM}).encode()
    asked = Asked("POST", "/v2/bookings", {}, {**CREDENTIALS, **BOOKINGS}, body)
    assert fake.respond(asked) == Silence()
    fake.settle(time.clock() + dt.timedelta(seconds=19))
    assert not fake.world.bookings
    fake.settle(time.clock() + dt.timedelta(seconds=20))
    assert len(fake.world.bookings) == 1


def test_no_answer_has_three_forms(fake: FakeCalCom) -> None:
    """The connection is not made, is broken, or stays silent."""
    fake.faults += [faults.refuse(), faults.drop_after(), faults.hang()]
    me = Asked("GET", "/v2/me")
    assert [fake.respond(me) for _ in range(3)] == [NoConnection(), Drop(), Silence()]


def over_asgi(fake: FakeCalCom, path: str, *, patience: float = 5, **more: Json) -> httpx.Response:
    """Send a request to the application that the fake makes."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app(fake))
        async with httpx.AsyncClient(transport=transport, base_url="http://cal.example") as client:
            async with asyncio.timeout(patience):
                return await client.request(more.pop("method", "GET"), path, **more)

    return asyncio.run(go())


def test_the_fake_is_an_asgi_application(fake: FakeCalCom) -> None:
    """Any ASGI server can serve it, with bodies, queries and headers."""
    headers = {**CREDENTIALS, **BOOKINGS}
    body = {"start": TEN, "eventTypeId": 2, "attendee": ADAM}
    made = over_asgi(fake, "/v2/bookings", method="POST", json=body, headers=headers)
    assert made.status_code == 201
    found = over_asgi(fake, "/v2/bookings", params={"attendeeEmail": ADAM["email"]}, headers=headers)
    assert [booking["uid"] for booking in found.json()["data"]] == ["uid1"]
    assert found.headers["x-ratelimit-remaining-default"] == "118"


def test_the_application_goes_wrong_as_well(fake: FakeCalCom) -> None:
    """No answer is an error of the application; silence lasts as long as the client."""
    for fault in (faults.refuse(), faults.drop_before(), faults.truncate()):
        fake.faults.append(fault)
        with pytest.raises(ConnectionResetError):
            over_asgi(fake, "/v2/me", headers=CREDENTIALS)
    fake.faults.append(faults.hang())
    with pytest.raises(TimeoutError):
        over_asgi(fake, "/v2/me", headers=CREDENTIALS, patience=0.05)


@pytest.mark.parametrize("leaves", ["before the end of the request", "while waiting"])
def test_the_application_ends_when_the_client_has_left(fake: FakeCalCom, leaves: str) -> None:
    """A body comes in pieces, and whoever waits for nothing may go at any time."""
    fake.faults.append(faults.hang())
    piece = {"type": "http.request", "body": b"{", "more_body": True}
    last = {"type": "http.request", "body": b"}"}
    left = {"type": "http.disconnect"}
    messages = iter(
        [piece, left, left] if leaves == "before the end of the request" else [piece, last, last, left]
    )
    scope = {"type": "http", "method": "POST", "path": "/v2/bookings", "query_string": b"", "headers": []}

    async def receive() -> Json:
        return next(messages)

    async def send(_: Json) -> None:
        raise AssertionError

    async def go() -> None:
        await create_app(fake)(scope, receive, send)

    asyncio.run(go())
    assert fake.asked[0].body == (b"{}" if leaves == "while waiting" else b"{")


def test_the_application_speaks_http_only(fake: FakeCalCom) -> None:
    """What is no request of HTTP is left to others."""

    async def nothing(*_: object) -> Json:
        return {}

    async def go() -> None:
        await create_app(fake)({"type": "lifespan"}, nothing, nothing)

    with pytest.raises(NotImplementedError):
        asyncio.run(go())


def test_a_cut_answer_promises_more_than_it_sends(fake: FakeCalCom) -> None:
    """Half of the answer is sent, under the length of the whole."""
    whole = ask(fake, "me")
    fake.faults.append(faults.truncate())
    cut = ask(fake, "me")
    assert cut.cut
    assert cut.body == whole.body[: len(whole.body) // 2]
    assert attrs.evolve(cut, cut=False, body=whole.body).status == 200

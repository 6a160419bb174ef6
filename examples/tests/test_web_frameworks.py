"""Four web frameworks, one idea: what can be asked of the applications, and what they answer, is the same."""

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as DjangoClient
from django.test import override_settings
from fastapi.testclient import TestClient as FastApiClient
from litestar.testing import TestClient as LitestarClient

import django_app
import fastapi_app
import flask_app
import litestar_app
from scheduling_core import Schedule, Scheduler, TimeRange, WeeklyHours, local_time, system
from scheduling_core.sql import SqlStorage

Ask = Callable[..., tuple[int, Any]]

TODAY = local_time.to_local(system.read_clock(), fastapi_app.BERLIN).date()
MONDAY = TODAY + dt.timedelta(days=7 - TODAY.weekday())
SUNDAY = MONDAY + dt.timedelta(days=6)
NINE = local_time.to_utc(MONDAY, dt.time(9), fastapi_app.BERLIN)
LENGTH = dt.timedelta(minutes=45)
JSON = "application/json"


def read(status: int, content: bytes) -> tuple[int, Any]:
    """Return the status of an answer, and what is in it where that is JSON."""
    return status, json.loads(content) if content[:1] in {b"{", b"["} else None


def ask_django(url: str) -> Iterator[Ask]:
    """Django's own client."""

    def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
        answer = DjangoClient().generic(method, path, json.dumps(body), content_type=JSON)
        return read(answer.status_code, answer.content)

    with override_settings(SCHEDULING_DATABASE_URL=url):
        django_app.open_shop()
        yield ask
        django_app.find_storage().close()
        django_app.find_storage.cache_clear()


def ask_flask(_: str) -> Iterator[Ask]:
    """Flask's own client, after the command that opens the shop."""
    app = flask_app.create_app()
    assert app.test_cli_runner().invoke(args=["open-shop"]).exit_code == 0

    def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
        answer = app.test_client().open(path, method=method, data=json.dumps(body), content_type=JSON)
        return read(answer.status_code, answer.data)

    yield ask
    app.extensions["scheduling"].close()


def ask_fastapi(_: str) -> Iterator[Ask]:
    """FastAPI's client, which runs the lifespan."""
    with FastApiClient(fastapi_app.app) as client:

        def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
            answer = client.request(method, path, content=json.dumps(body), headers={"Content-Type": JSON})
            return read(answer.status_code, answer.content)

        yield ask


def ask_litestar(_: str) -> Iterator[Ask]:
    """Litestar's client, which runs the lifespan."""
    with LitestarClient(litestar_app.app) as client:

        def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
            answer = client.request(method, path, content=json.dumps(body), headers={"Content-Type": JSON})
            return read(answer.status_code, answer.content)

        yield ask


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'barber.db'}"


@pytest.fixture(params=[ask_django, ask_flask, ask_fastapi, ask_litestar])
def ask(request: pytest.FixtureRequest, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """What asks an application, which keeps its appointments in the file."""
    monkeypatch.setenv("DATABASE_URL", url)
    yield from request.param(url)


@pytest.fixture
def edited_hours(url: str) -> None:
    """What is left where a shop was not opened to the end: there are hours, edited since, and no type."""
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        storage.migrate()
        hours = WeeklyHours.on("sun", TimeRange(dt.time(9), dt.time(10)))
        Scheduler(storage).set_schedule(fastapi_app.ANNA, Schedule(fastapi_app.BERLIN, hours))


def book(ask: Ask, start: dt.datetime = NINE, name: str = "Kim") -> tuple[int, Any]:
    """Ask for an appointment."""
    return ask("POST", "/appointments", {"start": start.isoformat(), "customer_name": name})


def slots(ask: Ask, day: dt.date = MONDAY) -> list[dt.datetime]:
    """Ask for the free starts of a day."""
    status, starts = ask("GET", f"/slots?day={day}")
    assert status == 200
    return [dt.datetime.fromisoformat(start) for start in starts]


def test_slots_are_those_of_the_day_in_the_shop(ask: Ask) -> None:
    """A day has a start every quarter of an hour for as long as a cut fits in; a Sunday has none."""
    starts = slots(ask)
    assert (starts[0], starts[-1], len(starts)) == (NINE, NINE + dt.timedelta(hours=7, minutes=15), 30)
    assert slots(ask, SUNDAY) == []


def test_to_open_a_shop_makes_only_what_is_missing(edited_hours: None, ask: Ask) -> None:
    """Hours stay as they are, and the type is added where an earlier start did not come to that."""
    assert slots(ask) == []
    assert len(slots(ask, SUNDAY)) == 2


def test_what_is_booked_is_taken_until_it_is_cancelled(ask: Ask) -> None:
    """The second customer is refused and told for which starts; cancelled, the time is free again."""
    before = slots(ask)
    status, booked = book(ask)
    assert status == 201
    assert dt.datetime.fromisoformat(booked["start"]) == NINE
    assert dt.datetime.fromisoformat(booked["end"]) == NINE + LENGTH
    assert slots(ask) == [start for start in before if start >= NINE + LENGTH]
    status, refused = book(ask, NINE + dt.timedelta(minutes=15), "Lee")
    assert status == 409
    first = NINE - LENGTH + dt.timedelta(microseconds=1)
    ruled_out = [first.isoformat(), (NINE + LENGTH).isoformat()]
    assert refused["reasons"] == [{"code": "overlap", "starts": ruled_out}]
    assert ask("DELETE", f"/appointments/{booked['id']}") == (204, None)
    assert slots(ask) == before


def test_a_refusal_has_all_its_reasons(ask: Ask) -> None:
    """What is wrong in three ways is told in one answer."""
    status, refused = book(ask, NINE - dt.timedelta(days=8, minutes=5))
    assert status == 409
    assert [reason["code"] for reason in refused["reasons"]] == ["outside_hours", "too_soon"]


def test_the_starts_of_a_reason_are_told_as_far_as_a_day(ask: Ask) -> None:
    """Where nobody works for a whole weekend, a start in the middle of it is not told until when."""
    wanted = NINE + dt.timedelta(days=5)
    _, refused = book(ask, wanted)
    [reason] = refused["reasons"]
    assert reason["starts"][1] == (wanted + dt.timedelta(days=1)).isoformat()


def test_what_cannot_be_cancelled_is_told_apart(ask: Ask) -> None:
    """What is not there is not found, and what was cancelled already is a conflict."""
    _, booked = book(ask)
    assert ask("DELETE", f"/appointments/{booked['id']}")[0] == 204
    assert ask("DELETE", f"/appointments/{booked['id']}")[0] == 409
    assert ask("DELETE", "/appointments/nobody-knows-it")[0] == 404


BODIES: list[object] = [
    None,
    [],
    {},
    {"start": "2027-03-01T09:00:00", "customer_name": "Kim"},
    {"start": "9999-12-31T23:59:59-12:00", "customer_name": "Kim"},
    {"start": "next Monday", "customer_name": "Kim"},
    {"start": "2027-03-01T09:00:00Z", "customer_name": ""},
    {"start": "2027-03-01T09:00:00Z", "customer_name": 7},
]


def test_what_cannot_be_meant_is_the_fault_of_the_asker(ask: Ask) -> None:
    """What has no time or name or day is answered with 400, or with 422 where the framework says so."""
    for body in BODIES:
        assert ask("POST", "/appointments", body)[0] in {400, 422}, body
    for query in ("", "?day=", "?day=today", "?day=9999-12-31"):
        assert ask("GET", f"/slots{query}")[0] in {400, 422}, query


def test_of_many_who_want_one_time_one_gets_it(ask: Ask) -> None:
    """Eight ask at once: one is booked, and seven are refused because of that one."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: book(ask, name=f"customer {number}"), range(8)))
    assert sorted(status for status, _ in answers) == [201, *[409] * 7]
    assert {why["code"] for status, body in answers if status == 409 for why in body["reasons"]} == {
        "overlap"
    }

"""The feed of a host: a secret link, made, replaced and ended, and what is under it."""

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import attrs
import httpx
import icalendar
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import (
    AppointmentTypeId,
    BookingRequest,
    HostId,
    PolicyOverride,
    Scheduler,
)
from scheduling_core.ports import Storage, UnitOfWork
from scheduling_web.accounts.schema import feeds, users
from scheduling_web.app import create_app
from scheduling_web.settings import read_settings

T = TypeVar("T")
Client = TestClient[Litestar]
Headers = dict[str, str]
PutClock = Callable[[dt.datetime], None]

NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LINK = re.compile(r"http://127\.0\.0\.1:8000(?P<path>/feeds/[A-Za-z0-9_-]{43}\.ics)")
NONE = {"exists": False, "created_at": None}
TYPE = AppointmentTypeId("appointment")

on_every_database = pytest.mark.parametrize(
    "storage_kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)


def make(client: Client, headers: Headers) -> str:
    """Make a link and return its path."""
    answer = client.post("/api/feed", headers=headers)
    assert answer.status_code == 201, answer.text
    link = LINK.fullmatch(answer.json()["url"])
    assert link is not None
    return link["path"]


def book(client: Client, headers: Headers, day: int = 7, notes: str = "") -> str:
    """Book at ten o'clock and return the id."""
    start = f"2030-01-{day:02}T10:00:00+01:00"
    asked = {"customer_name": "Bob", "start_time": start, "duration_minutes": 30, "notes": notes}
    answer = client.post("/api/appointments", headers=headers, json=asked)
    assert answer.status_code == 201, answer.text
    booked: str = answer.json()["id"]
    return booked


def events(answer: httpx.Response) -> list[tuple[str, str]]:
    """Return the id and the status of each event of a feed."""
    assert answer.status_code == 200, answer.text
    calendar: Any = icalendar.Calendar.from_ical(answer.content)
    return [(str(event["UID"]).partition("@")[0], str(event["STATUS"])) for event in calendar.walk("VEVENT")]


@on_every_database
def test_a_link_is_told_once(client: Client, ann: Headers) -> None:
    """Afterwards one can see that there is a link, and since when, but not the link."""
    assert client.get("/api/feed", headers=ann).json() == NONE
    made = client.post("/api/feed", headers=ann)
    state = {"exists": True, "created_at": "2030-01-07T09:00:00+01:00"}
    assert made.json() == {"url": made.json()["url"], "created_at": state["created_at"]}
    assert LINK.fullmatch(made.json()["url"])
    assert client.get("/api/feed", headers=ann).json() == state


@on_every_database
def test_whoever_has_the_link_sees_the_appointments(
    client: Client, ann: Headers, sign_up: Callable[[str], Headers]
) -> None:
    """Without a token: all those of its host, in order, and nobody else's."""
    second, first = book(client, ann, 9), book(client, ann, 8)
    bob = sign_up("bob")
    book(client, bob)
    feed = client.get(make(client, ann))
    assert feed.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert feed.headers["Cache-Control"] == "private, no-cache"
    assert events(feed) == [(first, "CONFIRMED"), (second, "CONFIRMED")]
    calendar: Any = icalendar.Calendar.from_ical(feed.content)
    assert str(calendar["NAME"]) == "ann"
    assert events(client.get(make(client, bob)))[0][0] not in {first, second}


@on_every_database
def test_s32_a_link_that_was_replaced_or_ended_leads_nowhere(client: Client, ann: Headers) -> None:
    """It is answered as one that never was, to the last byte, and so is whatever else stands there."""
    first = make(client, ann)
    second = make(client, ann)
    assert client.get(second).status_code == 200
    for _ in range(2):
        ended = client.delete("/api/feed", headers=ann)
        assert (ended.status_code, ended.content) == (204, b"")
    assert client.get("/api/feed", headers=ann).json() == NONE
    never = client.get(f"/feeds/{'x' * 43}.ics")
    assert never.status_code == 404
    others = [
        first,
        second,
        second.removesuffix(".ics"),
        "/feeds/.ics",
        "/feeds/%00.ics",
        f"/feeds/{'é' * 999}.ics",
    ]
    assert {client.get(path).content for path in others} == {never.content}


def test_a_link_ends_with_its_user(client: Client, ann: Headers, kept_accounts: sa.Engine) -> None:
    """Who may not sign in any more shows no appointments either."""
    path = make(client, ann)
    with kept_accounts.begin() as connection:
        connection.execute(sa.update(users).values(disabled_at=NOW))
    assert client.get(path).status_code == 404


@on_every_database
def test_of_links_that_are_made_at_once_one_counts(client: Client, ann: Headers) -> None:
    """However many ask at the same time, none fails, and afterwards there is one way in."""
    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(lambda _: make(client, ann), range(8)))
    assert sum(client.get(path).status_code == 200 for path in paths) == 1


def test_s16_s32_only_a_digest_of_the_link_is_kept(
    client: Client, ann: Headers, kept_accounts: sa.Engine
) -> None:
    """Who reads the table, or the log, finds no way in."""
    path = make(client, ann)
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    with kept_accounts.connect() as connection:
        [row] = connection.execute(sa.select(feeds)).all()
    assert secret not in str(tuple(row))
    assert client.get(f"/feeds/{row.digest}.ics").status_code == 404


def test_the_log_does_not_tell_the_link(
    client: Client, ann: Headers, capsys: pytest.CaptureFixture[str]
) -> None:
    """A feed that is read stands in the log as the route that it is."""
    path = make(client, ann)
    client.get(path)
    client.get(f"{path}x")
    logged = "".join(capsys.readouterr())
    assert "/feeds/{name}" in logged
    assert path.removesuffix(".ics") not in logged


@on_every_database
def test_what_has_not_changed_is_not_sent_again(client: Client, ann: Headers, put_clock: PutClock) -> None:
    """A calendar that has the newest feed is told so; a change of the agenda makes another, and each day."""
    path = make(client, ann)
    booked = book(client, ann)
    first = client.get(path)
    tag = first.headers["ETag"]
    for known in (tag, f'"x", W/{tag}'):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert again.headers["Cache-Control"] == "private, no-cache"
    for unknown in ('"x"', "*x", tag.strip('"'), ""):
        assert client.get(path, headers={"If-None-Match": unknown}).content == first.content
    client.delete(f"/api/appointments/{booked}", headers={**ann, "If-Match": "*"})
    changed = client.get(path, headers={"If-None-Match": tag})
    assert events(changed) == [(booked, "CANCELLED")]
    put_clock(NOW + DAY)
    assert client.get(path, headers={"If-None-Match": changed.headers["ETag"]}).status_code == 200


def test_a_feed_that_has_not_changed_is_not_written_again(
    service: Any,  # noqa: ANN401  Its class is the fixtures' own.
    ann: Headers,
    sign_up: Callable[[str], Headers],
) -> None:
    """Whoever asks again without saying what they have costs little, and is answered the same."""
    counted = Counted(service.storage)
    settings = read_settings({"SCHEDULING_SECRET": "a key of the tests, long enough!"})
    app = create_app(settings, storage=counted, accounts=service.accounts, clock=service.clock)
    with TestClient(app) as client:
        book(client, ann)
        path, bobs = make(client, ann), make(client, sign_up("bob"))
        first, looks = read_counting(client, path, counted)
        assert looks > 1
        assert client.get(bobs).content != first
        assert read_counting(client, path, counted) == (first, 1), (
            "the version is asked for, and nothing else"
        )
        book(client, ann, 8)
        assert len(events(client.get(path))) == 2


@attrs.define
class Counted:
    """A storage that counts how often it is looked into."""

    storage: Storage
    looks: int = 0

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do as the storage does."""
        return self.storage.transact(work)

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do as the storage does, and count it."""
        self.looks += 1
        return self.storage.read(work)

    def close(self) -> None:
        """Do as the storage does."""
        self.storage.close()


def read_counting(client: Client, path: str, counted: Counted) -> tuple[bytes, int]:
    """Return a feed, and how often it was looked into the storage for it."""
    before = counted.looks
    return client.get(path).content, counted.looks - before


def test_a_feed_tells_the_beginning_of_long_notes(client: Client, ann: Headers) -> None:
    """500 characters, the last of which says that there is more; the appointment by itself tells all."""
    path = make(client, ann)
    texts = ["n" * 500, "é" * 501, "n" * 10_000]
    booked = [book(client, ann, 8 + number, notes=text) for number, text in enumerate(texts)]
    assert notes(client.get(path)) == ["n" * 500, "é" * 499 + "…", "n" * 499 + "…"]
    files = [client.get(f"/api/appointments/{each}/calendar.ics", headers=ann) for each in booked]
    assert [notes(file) for file in files] == [[text] for text in texts]


def notes(answer: httpx.Response) -> list[str]:
    """Return the notes of each event of a calendar."""
    return [
        str(event["DESCRIPTION"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    ]


def test_a_cancelled_appointment_is_told_of_for_thirty_days(
    client: Client, ann: Headers, put_clock: PutClock
) -> None:
    """So every calendar takes it out; what took place stays for ninety."""
    path = make(client, ann)
    cancelled, kept = book(client, ann, 8), book(client, ann, 9)
    client.delete(f"/api/appointments/{cancelled}", headers={**ann, "If-Match": "*"})
    shown = [(kept, "CONFIRMED")]
    for days, expected in (
        (0, [(cancelled, "CANCELLED"), *shown]),
        (30, [(cancelled, "CANCELLED"), *shown]),
        (31, shown),
        (92, shown),
        (93, []),
    ):
        put_clock(NOW + days * DAY)
        assert events(client.get(path)) == expected, days


def test_a_feed_reaches_as_far_as_can_be_booked(client: Client, ann: Headers, scheduler: Scheduler) -> None:
    """What the host has booked for themselves beyond the horizon comes when it is near enough."""
    path = make(client, ann)
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    wish = PolicyOverride("ann", "a wedding", ["beyond_horizon", "outside_hours", "off_grid"])
    starts = (NOW + 365 * DAY, NOW + 368 * DAY)
    near, _ = (
        scheduler.book(BookingRequest(host, TYPE, start, "Bob", dt.timedelta(minutes=30)), override=wish)
        for start in starts
    )
    assert [booked for booked, _ in events(client.get(path))] == [near.id]


def test_a_link_leads_to_where_the_service_is_reached(service: Any, ann: Headers) -> None:  # noqa: ANN401  Its class is the fixtures' own.
    """The address from outside is a setting; without it, the one is told at which the service listens."""
    for told, address in (
        ({"SCHEDULING_PUBLIC_URL": "https://book.example.org"}, "https://book.example.org"),
        ({}, "http://[::1]:8001"),
    ):
        settings = read_settings({"SCHEDULING_SECRET": "a key of the tests, long enough!", **told})
        app = create_app(
            settings,
            storage=service.storage,
            accounts=service.accounts,
            clock=service.clock,
            address="http://[::1]:8001",
        )
        with TestClient(app) as client:
            assert client.post("/api/feed", headers=ann).json()["url"].startswith(f"{address}/feeds/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Forwarded-Proto": "https", "Host": "evil.example:1"},
    ],
    ids=str,
)
def test_s29_a_link_is_made_from_the_settings_alone(client: Client, ann: Headers, headers: Headers) -> None:
    """Whatever a request says of the address that it was sent to makes no difference."""
    made = client.post("/api/feed", headers={**ann, **headers}).json()
    assert LINK.fullmatch(made["url"])

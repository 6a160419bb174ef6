"""Several processes behind one database, over real HTTP: no double booking, and one delivery of each."""

import contextlib
import datetime as dt
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator

import attrs
import httpx
import pytest

from reliability.tables import find_disagreements, find_overlaps
from scheduling_calcom import EventTypeChoice, calcom_link
from scheduling_calcom.testing import KEY, FakeCalCom
from scheduling_calcom.testing import Server as CalComServer
from scheduling_core import HostId, Scheduler, SyncState
from served import LENGTHS, PATIENCE, STEP, Practice, serving, sign_in

HOSTS = ("ann", "ben", "cem")
STARTS = 96
"""A day of them, which is too short for what everybody wants."""

KINDS = ("book", "book", "book", "book", "move", "move", "cancel", "cancel", "cancel", "list")
EXPECTED = {
    "book": {201, 409},
    "move": {200, 404, 409},
    "cancel": {204, 404, 409},
    "list": {200},
}
AN_HOUR = 3600
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def practice(postgres_url: str) -> Iterator[Practice]:
    """A database on PostgreSQL with three hosts."""
    with Practice.opened(postgres_url, *HOSTS) as practice:
        yield practice


@attrs.define
class Customer:
    """A client who asks all processes in turn for something at random, and remembers what it has seen."""

    practice: Practice
    ways: list[httpx.Client]
    """One to each host at each process."""

    seen: list[str] = attrs.field(factory=list)

    def call(self) -> tuple[str, httpx.Response]:
        """Do something, and return what it was and what came of it."""
        way, kind = secrets.choice(self.ways), secrets.choice(KINDS)
        target = f"/api/appointments/{secrets.choice(self.seen)}" if self.seen else ""
        condition = {"If-Match": "*"}
        if kind == "list":
            answer = way.get("/api/appointments/upcoming")
            self.seen = [item["id"] for item in answer.json()["items"]]
        elif kind == "book" or not target:
            kind, length = "book", secrets.choice(LENGTHS) // MINUTE
            body = {"customer_name": "Ann", "start_time": self.some_start(), "duration_minutes": length}
            answer = way.post("/api/appointments", json=body)
            if answer.status_code == 201:
                self.seen.append(answer.json()["id"])
        elif kind == "move":
            answer = way.put(target, json={"start_time": self.some_start()}, headers=condition)
        else:
            answer = way.delete(target, headers=condition)
        return kind, answer

    def some_start(self) -> str:
        """Return one of the starts of the one day."""
        return (self.practice.first + secrets.randbelow(STARTS) * STEP).isoformat()


@pytest.mark.parametrize(
    ("clients", "calls"), [(8, 25), pytest.param(64, 200, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_two_processes_never_book_one_time_twice(practice: Practice, clients: int, calls: int) -> None:
    """Whatever many clients do at both at once: nothing overlaps, and nothing is a 5xx."""
    seen: list[tuple[str, int]] = []
    wrong: list[str] = []
    with contextlib.ExitStack() as stack:
        # Three users with dozens of clients each write more than anybody is usually allowed to.
        settings = {"SCHEDULING_WRITES_PER_MINUTE": "1000000"}
        servers = [stack.enter_context(serving(practice.url, patience=AN_HOUR, **settings)) for _ in range(2)]
        signed_in = [stack.enter_context(sign_in(server.url, host)) for server in servers for host in HOSTS]

        def work() -> None:
            with contextlib.ExitStack() as own:
                ways = [
                    own.enter_context(
                        httpx.Client(base_url=way.base_url, headers=way.headers, timeout=PATIENCE)
                    )
                    for way in signed_in
                ]
                customer = Customer(practice, ways)
                for _ in range(calls):
                    kind, answer = customer.call()
                    seen.append((kind, answer.status_code))
                    if answer.status_code not in EXPECTED[kind]:
                        wrong.append(f"{kind}: {answer.status_code} {answer.text}")

        crowd = [threading.Thread(target=work) for _ in range(clients)]
        for each in crowd:
            each.start()
        for each in crowd:
            each.join()
        for server in servers:
            server.process.popen.terminate()
        assert [server.process.wait() for server in servers] == [0, 0]
    assert wrong == []
    counted = Counter(seen)
    assert sum(counted.values()) == clients * calls
    # Where nobody is ever refused, nobody ever met.
    assert counted["book", 201] > 0
    assert counted["book", 409] > 0
    assert find_overlaps(practice.storage.snapshots) == []
    assert find_disagreements(practice.storage.snapshots, with_keys=False) == []


def test_two_processes_deliver_each_appointment_once(practice: Practice) -> None:
    """What is booked at either arrives at Cal.com without anybody's doing, once, and both stop in time."""
    fake = FakeCalCom().furnish()
    scheduler = Scheduler(practice.storage)
    ann = HostId("ann")
    with CalComServer(fake).running() as url, contextlib.ExitStack() as stack:
        settings = {
            "SCHEDULING_CALCOM_API_KEY": KEY,
            "SCHEDULING_CALCOM_EMAIL_DOMAIN": "appointments.example.org",
            "SCHEDULING_CALCOM_URL": url,
        }
        scheduler.link(ann, calcom_link(EventTypeChoice(2)))
        servers = [
            stack.enter_context(serving(practice.url, patience=PATIENCE, **settings)) for _ in range(2)
        ]
        clients = [stack.enter_context(sign_in(server.url, "ann")) for server in servers]
        first = practice.first + dt.timedelta(days=7 - practice.first.weekday(), hours=10)  # A Monday.
        for number in range(6):
            start = (first + 2 * number * STEP).isoformat()
            body = {"customer_name": "Kim", "start_time": start, "duration_minutes": 30}
            assert clients[number % 2].post("/api/appointments", json=body).status_code == 201
        until = time.monotonic() + PATIENCE
        while any(
            row.state is not SyncState.SYNCED
            for row in scheduler.sync_rows(ann)
            if row.provider != "calendar"
        ):
            assert time.monotonic() < until, scheduler.sync_rows(ann)
            time.sleep(0.1)
        for server in servers:
            server.process.popen.terminate()
        assert [server.process.wait() for server in servers] == [0, 0]
    starts = sorted(booking.interval.start for booking in fake.world.bookings.values())
    assert starts == [first + 2 * number * STEP for number in range(6)]


def test_a_session_that_ends_at_one_process_has_ended_at_all(practice: Practice) -> None:
    """Who signs out at one process is signed out at the other with its next request, and nobody else is."""
    with (
        serving(practice.url) as one,
        serving(practice.url) as other,
        sign_in(one.url, "ann") as ann,
        sign_in(other.url, "ben") as ben,
    ):
        there = httpx.Client(base_url=other.url, headers=ann.headers, timeout=PATIENCE)
        with there:
            assert there.get("/api/auth/me").json()["username"] == "ann"
            assert ann.post("/api/auth/logout").is_success
            answers = [there.get("/api/auth/me"), ann.get("/api/auth/me")]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert ben.get("/api/auth/me").json()["username"] == "ben"

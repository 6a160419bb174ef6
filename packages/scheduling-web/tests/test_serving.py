"""The service as a process: how it stops, what it leaves when it is killed, and what a restart keeps."""

import contextlib
import itertools
import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from private_postgres import mortal_server
from reliability.tables import booked_ids, find_disagreements, find_overlaps
from served import PATIENCE, Practice, Process, Server, serving, sign_in

JSON = {"Content-Type": "application/json"}
CLIENTS = 8


@pytest.fixture
def practice_in_file(tmp_path: Path) -> Iterator[Practice]:
    """A database with a host called ann, for what has nothing to do with the database."""
    with Practice.opened(f"sqlite:///{tmp_path / 'served.sqlite3'}", "ann") as practice:
        yield practice


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def practice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Practice]:
    """A database with a host called ann."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'served.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_url")
    with Practice.opened(url, "ann") as practice:
        yield practice


@attrs.define
class Crowd:
    """Clients who book one visit after the other, each under its key, until the service is gone.

    *told* is what they were told, by number; of what they *asked* for, the rest is unresolved.
    """

    practice: Practice
    asked: set[int] = attrs.field(factory=set)
    told: dict[int, str] = attrs.field(factory=dict)
    wrong: list[httpx.Response] = attrs.field(factory=list)
    _numbers: Iterator[int] = attrs.field(factory=itertools.count)

    @property
    def unresolved(self) -> set[int]:
        """What was asked for without an answer."""
        return self.asked - self.told.keys()

    def book_until(self, server: Server, enough: int, end: Callable[[Process], Any]) -> None:
        """Have all of them book; when so many more were told, *end* the process, and wait for them all."""
        begun = len(self.told)
        reached = threading.Event()
        with sign_in(server.url, "ann") as signed_in:
            headers = signed_in.headers
        unresolved = iter(sorted(self.unresolved))

        def book_on() -> None:
            with httpx.Client(base_url=server.url, headers=headers, timeout=PATIENCE) as client:
                for number in itertools.chain(unresolved, self._numbers):
                    if not self._book(client, number):
                        return
                    if len(self.told) >= begun + enough:
                        reached.set()

        threads = [threading.Thread(target=book_on) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        assert reached.wait(PATIENCE)
        end(server.process)
        for thread in threads:
            thread.join()

    def _book(self, client: httpx.Client, number: int) -> bool:
        """Book a visit, and return whether there was an answer."""
        key = f"key {number}"
        self.asked.add(number)
        try:
            answer = client.post(
                "/api/appointments",
                json=self.practice.body(number, name=key),
                headers={"Idempotency-Key": key},
            )
        except httpx.TransportError:
            return False
        if answer.status_code == 201:
            self.told[number] = answer.json()["id"]
        else:
            self.wrong.append(answer)
        return answer.status_code == 201


def check_tables(practice: Practice, told: dict[int, str]) -> None:
    """Hold the database against what clients were told, and its tables against each other."""
    kept = booked_ids(practice.storage.snapshots)
    assert {number: kept.get(f"key {number}") for number in told} == told
    assert find_overlaps(practice.storage.snapshots) == []
    assert find_disagreements(practice.storage.snapshots) == []


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_a_service_that_is_stopped_under_load_finishes_what_it_began(practice: Practice, rounds: int) -> None:
    """After SIGTERM each request was either answered or never begun: what is stored is what was told."""
    crowd = Crowd(practice)
    for _ in range(rounds):
        with serving(practice.url) as server:
            crowd.book_until(server, 3 * CLIENTS, lambda process: process.popen.terminate())
            assert server.process.wait() == 0
        assert crowd.wrong == []
        assert len(booked_ids(practice.storage.snapshots)) == len(crowd.told)
        check_tables(practice, crowd.told)


@pytest.mark.crash
@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_a_service_that_is_killed_loses_nothing_that_it_acknowledged(practice: Practice, rounds: int) -> None:
    """Whenever it is killed, what was answered is there, and retrying what was not gives one appointment."""
    crowd = Crowd(practice)
    for _ in range(rounds):
        with serving(practice.url) as server:
            enough = CLIENTS + secrets.randbelow(3 * CLIENTS)
            crowd.book_until(server, enough, lambda process: process.popen.kill())
            assert server.process.wait() == -signal.SIGKILL
        check_tables(practice, crowd.told)
    with serving(practice.url) as server:
        crowd.book_until(server, len(crowd.unresolved) + 1, lambda process: process.popen.terminate())
        assert server.process.wait() == 0
    assert crowd.wrong == []
    check_tables(practice, crowd.told)


@pytest.mark.crash
@pytest.mark.postgres
def test_a_service_outlives_its_database() -> None:
    """While the database is gone the service lives and says that it cannot work; then it works again."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(mortal_server())
        practice = stack.enter_context(Practice.opened(database.server.create_database(), "ann"))
        server = stack.enter_context(serving(practice.url))
        client = stack.enter_context(sign_in(server.url, "ann"))
        bodies = [practice.body(number, name="Kim") for number in range(2)]
        first = client.post("/api/appointments", json=bodies[0])
        database.kill()
        refused = [client.get("/health/ready"), client.post("/api/appointments", json=bodies[1])]
        assert [answer.status_code for answer in refused] == [503, 503]
        assert {answer.json()["type"] for answer in refused} == {"/problems/storage-unavailable"}
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
        assert client.get("/health/live").status_code == 200
        database.start()
        while client.get("/health/ready").status_code != 200:
            pass
        assert client.post("/api/appointments", json=bodies[1]).status_code == 201
        known = client.get(first.headers["Location"])
        assert known.json() == first.json()


def test_a_request_under_way_is_answered_before_the_service_stops(practice_in_file: Practice) -> None:
    """The signal that ends the service does not end what it is working on."""
    with serving(practice_in_file.url) as server:

        def send_slowly() -> Iterator[bytes]:
            yield b'{"username": "nobody", '
            server.process.popen.terminate()
            yield b'"password": "anything"}'

        with httpx.stream(
            "POST", f"{server.url}/api/auth/login", content=send_slowly(), headers=JSON, timeout=PATIENCE
        ) as answer:
            assert answer.status_code == 401
        assert server.process.wait() == 0


def test_a_service_that_will_stop_says_so_first_and_serves_on(practice_in_file: Practice) -> None:
    """For the time of notice it is not ready, and everything else is as ever; SIGINT cuts that short."""
    with (
        serving(practice_in_file.url, SCHEDULING_STOP_NOTICE="600") as server,
        sign_in(server.url, "ann") as client,
    ):
        assert client.get("/health/ready").json() == {"status": "ok"}
        server.process.popen.terminate()
        while (ready := client.get("/health/ready")).status_code == 200:
            pass
        assert ready.status_code == 503
        assert ready.json()["type"] == "/problems/stopping"
        assert ready.headers["Retry-After"] == "1"
        assert client.get("/health/live").status_code == 200
        booked = client.post("/api/appointments", json=practice_in_file.body(0, name="key 0"))
        assert booked.status_code == 201
        assert server.process.stop(signal.SIGINT)[0] == 0


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_property_18_data_survive_a_restart_of_the_service(practice: Practice, rounds: int) -> None:
    """Whatever was booked, changed, cancelled and opened reads the same after the process has ended."""
    numbers = iter(range(10**9))
    lengths = st.sampled_from([30, 45])
    visits = st.lists(
        st.tuples(lengths, st.sampled_from(["book", "rename", "lengthen", "cancel"])),
        min_size=30,
        max_size=40,
    )
    hours = st.sampled_from([[], [{"day": "monday", "start": "00:00", "end": "24:00"}]])
    ends = st.sampled_from([signal.SIGTERM, signal.SIGKILL])

    @settings(max_examples=rounds)
    @given(visits, hours, ends)
    def check(visits: list[tuple[int, str]], hours: list[dict[str, str]], end: signal.Signals) -> None:
        with serving(practice.url) as server, sign_in(server.url, "ann") as client:
            for length, kind in visits:
                _visit(client, practice, next(numbers), length, kind)
            overrides = [{"date": "2030-01-01", "hours": [{"start": "09:00", "end": "10:00"}]}]
            opened = {"date_overrides": overrides, "time_off": [], "weekly_hours": hours or _ALL_DAY}
            assert client.put("/api/availability", json=opened).status_code == 200
            before = _read_all(client)
            server.process.stop(end)
        with serving(practice.url) as server, sign_in(server.url, "ann") as client:
            assert _read_all(client) == before
            assert client.put("/api/availability", json={"weekly_hours": _ALL_DAY}).status_code == 200

    check()


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ALL_DAY = [{"day": day, "start": "00:00", "end": "24:00"} for day in _DAYS]


def _visit(client: httpx.Client, practice: Practice, number: int, length: int, kind: str) -> None:
    """Book a visit, and do something more with it."""
    body = {**practice.body(number, name=f"key {number}"), "duration_minutes": length}
    booked = client.post("/api/appointments", json=body)
    assert booked.status_code == 201, booked.text
    address, condition = booked.headers["Location"], {"If-Match": booked.headers["ETag"]}
    answer = {
        "book": lambda: booked,
        "rename": lambda: client.put(address, json={"customer_name": "Kim"}, headers=condition),
        "lengthen": lambda: client.put(address, json={"duration_minutes": 45}, headers=condition),
        "cancel": lambda: client.delete(address, headers=condition),
    }[kind]()
    assert answer.is_success, answer.text


def _read_all(client: httpx.Client) -> list[Any]:
    """Return everything that the host can read."""
    found: list[Any] = [client.get("/api/availability").json(), client.get("/api/appointment-types").json()]
    cursor: dict[str, str] = {}
    while True:
        page = client.get("/api/appointments", params=cursor).json()
        found += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    return found + [client.get(f"/api/appointments/{each['id']}/history").json() for each in found[2:10]]

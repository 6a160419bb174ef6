"""Processes that are killed without a last word, the database's own too; and what is left then."""

import itertools
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from private_postgres import MortalServer, mortal_server
from reliability import programs
from reliability.booking import book_numbered, key_of
from reliability.crowds import run_at_once
from reliability.hosts import open_hosts, scheduler_over
from reliability.tables import booked_ids, find_disagreements, find_overlaps
from scheduling_core import HostId, Scheduler, StorageUnavailable
from scheduling_core.sql import SqlStorage, diagnose

pytestmark = pytest.mark.crash

CLIENTS = 8


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStorage]:
    """A storage in a database that programs can be started at."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'scheduling.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    storage = SqlStorage.from_url(url)
    storage.migrate()
    yield storage
    storage.close()


def a_while(least: float, most: float) -> None:
    """Wait for a random time, in seconds."""
    time.sleep(least + (most - least) * secrets.randbelow(1000) / 1000)


@attrs.define
class Clients:
    """What those know who had a program book for them: what they asked for, and what they were told."""

    asked: set[int] = attrs.field(factory=set)
    told: dict[int, str] = attrs.field(factory=dict)

    @property
    def unresolved(self) -> set[int]:
        """What they asked for without being told anything."""
        return self.asked - self.told.keys()

    def have_booked_until_killed(self, url: str, host: HostId) -> None:
        """Let a program retry what is unresolved and book on, kill it, and hear what it had said."""
        first = max(self.asked, default=-1) + 1
        again = sorted(self.unresolved)
        with programs.start("booking", url, host, CLIENTS, first, *again) as program:
            try:
                while not self.hear(programs.read_line(program)):
                    pass
                a_while(0, 0.3)
            finally:
                program.kill()
            while line := programs.read_line(program):
                self.hear(line)
        assert program.returncode == -signal.SIGKILL

    def hear(self, line: str) -> bool:
        """Remember a line of the program, and return whether something was told."""
        word, number, *booked = line.split()
        if word == "asked":
            self.asked.add(int(number))
        else:
            self.told[int(number)] = booked[0]
        return bool(booked)


@pytest.mark.parametrize("cycles", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_a_killed_program_loses_nothing_that_it_acknowledged(storage: SqlStorage, cycles: int) -> None:
    """However often a booking process is killed: what it said is there, and every key has one appointment."""
    [host] = open_hosts(storage, 1)
    url = storage.engine.url.render_as_string(hide_password=False)
    clients = Clients()
    interrupted = 0
    for _ in range(cycles):
        clients.have_booked_until_killed(url, host)
        interrupted += bool(clients.unresolved)
        kept = booked_ids(storage.snapshots)
        assert {number: kept.get(key_of(number)) for number in clients.told} == clients.told
    # Kills that never met a call would prove nothing.
    assert interrupted >= cycles * 0.3
    assert len(clients.told) > cycles
    scheduler = scheduler_over(storage)
    answers = {number: book_numbered(scheduler, host, number).id for number in clients.asked}
    assert answers == clients.told | {number: answers[number] for number in clients.unresolved}
    assert booked_ids(storage.snapshots) == {key_of(number): booked for number, booked in answers.items()}
    assert find_disagreements(storage.snapshots) == []
    assert find_overlaps(storage.snapshots) == []
    assert diagnose(storage.engine).is_healthy


@attrs.define
class PatientClients:
    """Those who book one visit after the other, and retry for as long as the storage is unavailable."""

    scheduler: Scheduler
    host: HostId
    told: dict[int, str] = attrs.field(factory=dict)
    refused: list[int] = attrs.field(factory=list)
    over: threading.Event = attrs.field(factory=threading.Event)
    failed: threading.Event = attrs.field(factory=threading.Event)
    _numbers: Iterator[int] = attrs.field(factory=itertools.count)

    def book_on(self) -> None:
        """Book until it is over; what was begun is finished, unless the server never came back."""
        while not self.over.is_set():
            number = next(self._numbers)
            while number not in self.told and not self.failed.is_set():
                try:
                    self.told[number] = book_numbered(self.scheduler, self.host, number).id
                except StorageUnavailable:
                    self.refused.append(number)
                    time.sleep(0.05)

    def see_killed(self, server: MortalServer) -> None:
        """Kill the server under the clients, start it again, and wait until one of them was answered."""
        a_while(0.3, 1)
        before = len(self.refused)
        server.kill()
        a_while(0, 0.5)
        server.start()
        known, recovered = len(self.told), time.monotonic()
        while len(self.told) == known:
            assert time.monotonic() < recovered + 5
            time.sleep(0.01)
        assert len(self.refused) > before

    def see_killed_often(self, server: MortalServer, cycles: int) -> None:
        """Do so again and again, and then say that it is over."""
        try:
            for _ in range(cycles):
                self.see_killed(server)
        except BaseException:
            self.failed.set()
            raise
        finally:
            self.over.set()


@pytest.mark.postgres
@pytest.mark.parametrize("cycles", [1, pytest.param(5, marks=pytest.mark.soak)])
def test_a_killed_database_loses_nothing_that_was_acknowledged(cycles: int) -> None:
    """However often the server is killed: clients who retry find nothing lost or doubled, and go on."""
    with mortal_server() as mortal:
        storage = SqlStorage.from_url(mortal.server.create_database(), pool_size=CLIENTS)
        storage.migrate()
        [host] = open_hosts(storage, 1)
        clients = PatientClients(scheduler_over(storage), host)
        outcomes = run_at_once(
            lambda number: clients.book_on() if number else clients.see_killed_often(mortal, cycles),
            CLIENTS + 1,
        )
        assert outcomes == [None] * (CLIENTS + 1)
        assert booked_ids(storage.snapshots) == {
            key_of(number): booked for number, booked in clients.told.items()
        }
        assert find_disagreements(storage.snapshots) == []
        assert find_overlaps(storage.snapshots) == []
        assert diagnose(storage.engine).is_healthy
        storage.close()

"""Processes that are killed without a last word: who booked, or the database itself; and what is left then."""

import itertools
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from private_postgres import mortal_server
from reliability import programs
from reliability.booking import book_numbered, key_of
from reliability.crowds import run_at_once
from reliability.hosts import open_hosts, scheduler_over
from reliability.tables import booked_ids, find_disagreements, find_overlaps
from scheduling_core import HostId, StorageUnavailable
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
        """Let a program retry what is unresolved and book on, kill it, and hear what it had said until then."""
        first = max(self.asked, default=-1) + 1
        again = sorted(self.unresolved)
        with programs.start("booking", url, host, CLIENTS, first, *again) as program:
            self.hear(programs.read_line(program))
            a_while(0.1, 0.5)
            program.kill()
            while line := programs.read_line(program):
                self.hear(line)
        assert program.returncode == -signal.SIGKILL

    def hear(self, line: str) -> None:
        """Remember a line of the program."""
        word, number, *id = line.split()
        if word == "asked":
            self.asked.add(int(number))
        else:
            self.told[int(number)] = id[0]


@pytest.mark.parametrize("cycles", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_a_killed_program_loses_nothing_that_it_acknowledged(storage: SqlStorage, cycles: int) -> None:
    """However often a booking process is killed: what it said is there, and every key has one appointment."""
    [host] = open_hosts(storage, 1)
    url = storage.engine.url.render_as_string(hide_password=False)
    clients = Clients()
    interrupted = 0
    for _ in range(cycles):
        clients.have_booked_until_killed(url, host)
        interrupted += bool(clients.unresolved)
        kept = booked_ids(storage.engine)
        assert {number: kept.get(key_of(number)) for number in clients.told} == clients.told
    # Kills that never met a call would prove nothing.
    assert interrupted >= cycles * 0.3
    assert len(clients.told) > cycles
    scheduler = scheduler_over(storage)
    answers = {number: book_numbered(scheduler, host, number).id for number in clients.asked}
    assert answers == clients.told | {number: answers[number] for number in clients.unresolved}
    assert booked_ids(storage.engine) == {key_of(number): id for number, id in answers.items()}
    assert find_disagreements(storage.engine) == []
    assert find_overlaps(storage.engine) == []
    assert diagnose(storage.engine).is_healthy


@pytest.mark.postgres
@pytest.mark.parametrize("cycles", [1, pytest.param(5, marks=pytest.mark.soak)])
def test_a_killed_database_loses_nothing_that_was_acknowledged(cycles: int) -> None:
    """However often the server is killed under clients who retry: nothing is lost or doubled, and it goes on."""
    with mortal_server() as mortal:
        storage = SqlStorage.from_url(mortal.server.create_database(), pool_size=CLIENTS)
        storage.migrate()
        [host] = open_hosts(storage, 1)
        scheduler = scheduler_over(storage)
        told: dict[int, str] = {}
        numbers = itertools.count()
        refused: list[int] = []
        over = threading.Event()

        def book_on() -> None:
            while not over.is_set():
                number = next(numbers)
                while number not in told:
                    try:
                        told[number] = book_numbered(scheduler, host, number).id
                    except StorageUnavailable:
                        refused.append(number)
                        time.sleep(0.05)

        def kill_and_start() -> None:
            for _ in range(cycles):
                a_while(0.3, 1)
                before = len(refused)
                mortal.kill()
                a_while(0, 0.5)
                mortal.start()
                known, recovered = len(told), time.monotonic()
                while len(told) == known:
                    assert time.monotonic() < recovered + 5
                    time.sleep(0.01)
                assert len(refused) > before

        def work(client: int) -> None:
            if client:
                return book_on()
            try:
                kill_and_start()
            finally:
                over.set()

        assert run_at_once(work, CLIENTS + 1) == [None] * (CLIENTS + 1)
        assert booked_ids(storage.engine) == {key_of(number): id for number, id in told.items()}
        assert find_disagreements(storage.engine) == []
        assert find_overlaps(storage.engine) == []
        assert diagnose(storage.engine).is_healthy
        storage.close()

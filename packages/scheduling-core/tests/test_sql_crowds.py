"""Crowds of clients and processes on real databases, and a control: these tests would notice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from reliability import calls, programs
from reliability.calls import Call
from reliability.crowds import run_at_once
from reliability.history import find_complaints
from reliability.hosts import numbered, open_hosts, scheduler_over
from reliability.tables import find_disagreements, find_overlaps
from reliability.unguarded import take_down
from scheduling_core import Appointment
from scheduling_core.sql import SqlStorage, diagnose

CLIENTS = 64
HOSTS = 3
PROCESSES = 2
MOST_TRIES = 10
"""Of the control: whether two meet is chance, and one meeting shows enough."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStorage]:
    """A storage with some hosts."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'scheduling.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    storage = SqlStorage.from_url(url, pool_size=CLIENTS if request.param == "postgresql" else 10)
    storage.migrate()
    open_hosts(storage, HOSTS)
    yield storage
    storage.close()


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_a_stampede_has_one_winner(storage: SqlStorage, rounds: int) -> None:
    """Of 64 clients who want one slot at the same moment one gets it, and all others are refused."""
    scheduler = scheduler_over(storage)
    [host, *_] = open_hosts(storage, 1)
    for number in range(rounds):

        def book(client: int, number: int = number) -> Appointment:
            return scheduler.book(numbered(host, number, name=f"client {client}"))

        outcomes = Counter(type(outcome).__name__ for outcome in run_at_once(book, CLIENTS))
        assert outcomes == {"Appointment": 1, "BookingRefused": CLIENTS - 1}
    assert len(scheduler.upcoming(host)) == rounds
    assert find_overlaps(storage.snapshots) == []


@pytest.fixture(params=["short", pytest.param("long", marks=pytest.mark.soak)])
def size(request: pytest.FixtureRequest, storage: SqlStorage) -> tuple[int, int]:
    """How many threads each process has, and how many calls each thread makes."""
    threads, short, long = {"postgresql": (16, 10, 750), "sqlite": (4, 40, 3000)}[storage.engine.dialect.name]
    return threads, short if request.param == "short" else long


def run_mix(
    kind: str, storage: SqlStorage, size: tuple[int, int], folder: Path
) -> tuple[list[Call], set[tuple[str, str]]]:
    """Let two processes with many threads do what they like.

    Returns all that they saw, and the pairs of appointments that overlapped while they ran or at the end: a
    pair that is cancelled again was a double booking all the same.
    """
    threads, each = size
    url = storage.engine.url.render_as_string(hide_password=False)
    files = [folder / f"calls-{number}" for number in range(PROCESSES)]
    overlaps: set[tuple[str, str]] = set()

    def look() -> None:
        overlaps.update(find_overlaps(storage.snapshots))

    crowd = [programs.start("mix", kind, url, HOSTS, threads, each, file) for file in files]
    programs.run_together(crowd, look)
    look()
    seen = [call for file in files for call in calls.load(file)]
    assert len(seen) == PROCESSES * threads * each
    return seen, overlaps


def complaints_of(storage: SqlStorage, seen: list[Call]) -> list[str]:
    """Return what the histories of all hosts do not explain."""
    scheduler = scheduler_over(storage)
    return [
        complaint
        for host in {call.host for call in seen}
        for complaint in find_complaints(
            scheduler.changes(host, after=0), [call for call in seen if call.host == host]
        )
    ]


def test_a_random_mix_leaves_a_history_that_can_have_happened(
    storage: SqlStorage, size: tuple[int, int], tmp_path: Path
) -> None:
    """Whatever many do at once: nothing ever overlaps, and the versions explain all that they saw."""
    seen, overlaps = run_mix("guarded", storage, size, tmp_path)
    assert overlaps == set()
    assert diagnose(storage.engine).is_healthy
    assert complaints_of(storage, seen) == []
    assert find_disagreements(storage.snapshots, with_keys=False) == []
    # A mix in which nothing met would prove nothing.
    outcomes = Counter((call.kind, call.outcome) for call in seen)
    assert outcomes["book", "done"] > 0
    assert outcomes["reschedule", "done"] > 0
    assert outcomes["cancel", "done"] > 0
    assert outcomes["book", "BookingRefused"] > 0


def test_the_mix_without_a_guard_overlaps(storage: SqlStorage, tmp_path: Path) -> None:
    """The same mix over a storage without lock and constraint makes overlaps, and all who look find them."""
    take_down(storage.engine)
    threads = 16 if storage.engine.dialect.name == "postgresql" else 4
    for _ in range(MOST_TRIES):
        seen, overlaps = run_mix("unguarded", storage, (threads, 30), tmp_path)
        if overlaps:
            break
    assert overlaps
    # The calls of earlier tries are missing, but the log is replayed from its start.
    assert any(complaint.endswith("overlaps") for complaint in complaints_of(storage, seen))

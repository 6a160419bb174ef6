"""A SQLite file that may not grow: typed errors, nothing lost or half-written, and on it goes."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from reliability.crowds import run_at_once
from reliability.hosts import numbered, open_hosts, scheduler_over
from reliability.tables import booked_ids, find_disagreements, find_overlaps
from scheduling_core import StorageUnavailable
from scheduling_core.sql import SqlStorage

CLIENTS = 4
MOST = 200
"""Bookings of one client in one round, with which it never gets through."""

# SQLite's own limit, as it is without ours.
UNLIMITED = 4294967294


class Disk:
    """The disk under a storage: every connection is told how many pages its file may have."""

    def __init__(self, engine: sa.Engine) -> None:
        self.limit = UNLIMITED
        self._engine = engine
        sa.event.listen(engine, "checkout", self._tell)

    def _tell(self, connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self.limit}")  # type: ignore[attr-defined]  # The driver's.

    def fill_up(self, left: int) -> None:
        """Leave so many pages."""
        with self._engine.connect() as connection:
            pages: int = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        self.limit = pages + left

    def clear(self) -> None:
        """Make room."""
        self.limit = UNLIMITED


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SqlStorage]:
    """A storage in a file."""
    storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'scheduling.db'}", pool_size=CLIENTS)
    storage.migrate()
    yield storage
    storage.close()


@pytest.mark.parametrize("rounds", [4, pytest.param(40, marks=pytest.mark.soak)])
def test_a_full_disk_keeps_what_was_acknowledged_and_nothing_else(storage: SqlStorage, rounds: int) -> None:
    """On a full disk clients get a typed error, and what they were told is there; with room, on they go.

    Each round leaves another number of pages, so that they end in other statements of the booking.
    """
    [host] = open_hosts(storage, 1)
    scheduler = scheduler_over(storage)
    disk = Disk(storage.engine)
    numbers = itertools.count()
    told: dict[str, str] = {}

    def book(number: int) -> None:
        key = f"key {number}"
        request = numbered(host, number, name=key)
        told[key] = scheduler.book(request, idempotency_key=key).id

    def book_until_full(_: int) -> int:
        for number in itertools.islice(numbers, MOST):
            try:
                book(number)
            except StorageUnavailable:
                return number
        raise AssertionError("the disk has no end")

    for left in range(rounds):
        disk.fill_up(left)
        failed = run_at_once(book_until_full, CLIENTS)
        assert [type(number) for number in failed] == [int] * CLIENTS
        assert booked_ids(storage.snapshots) == told
        assert find_disagreements(storage.snapshots) == []
        assert {appointment.id for appointment in scheduler.upcoming(host)} == set(told.values())
        disk.clear()
        for number in failed:
            assert isinstance(number, int)
            book(number)
    assert booked_ids(storage.snapshots) == told
    assert find_overlaps(storage.snapshots) == []
    assert find_disagreements(storage.snapshots) == []

"""Many bookings at once: from threads, from the tasks of an event loop, and without the library.

The yardstick is a booking's own statements, sent by the driver alone: the library books on a copy of the
database and is listened to, and then the same texts with the same values go to another copy, in the same
transactions. Every answer is read, and none is looked at.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from private_postgres.cluster import plain
from scheduling_core import AsyncScheduler, BookingRequest, Scheduler
from scheduling_core.sql import AsyncSqlStorage, SqlStorage
from scheduling_core.testing import ManualClock
from stored import NOW, Sent, listen

Requests = Sequence[BookingRequest]
Recorded = Sequence[Sequence[Sent]]
"""What was sent for each booking."""


def record(url: str, blocks: Sequence[Requests]) -> list[Recorded]:
    """Make all bookings through the library, and return what it sent."""
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        sent = listen(storage.engine)
        scheduler = Scheduler(storage, clock=ManualClock(NOW))
        scheduler.schedule(blocks[0][0].host)  # Hours are read once, and connections are greeted once.

        def book(request: BookingRequest) -> list[Sent]:
            sent.clear()
            scheduler.book(request)
            return list(sent)

        return [[book(request) for request in requests] for requests in blocks]


class RawBookings:
    """Threads with a connection each, which send what was recorded."""

    def __init__(self, url: str, count: int) -> None:
        self._connections = [psycopg.connect(plain(url)) for _ in range(count)]
        for connection in self._connections:
            connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED

    def book(self, bookings: Recorded) -> float:
        """Return the seconds of one booking."""

        def work(number: int) -> None:
            for booking in bookings[number :: len(self._connections)]:
                _send(self._connections[number], booking)

        return _in_threads(work, len(self._connections)) / len(bookings)

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()


class Threads:
    """Threads that share a storage."""

    def __init__(self, url: str, count: int) -> None:
        self._count = count
        self._storage = SqlStorage.from_url(url)
        self._scheduler = Scheduler(self._storage, clock=ManualClock(NOW))

    def book(self, requests: Requests) -> float:
        """Return the seconds of one booking."""

        def work(number: int) -> None:
            for request in requests[number :: self._count]:
                self._scheduler.book(request)

        return _in_threads(work, self._count) / len(requests)

    def close(self) -> None:
        """Close the storage."""
        self._storage.close()


class Tasks:
    """Tasks of one event loop that share a storage."""

    def __init__(self, url: str, count: int) -> None:
        self._count = count
        self._loop = asyncio.Runner()
        self._storage = AsyncSqlStorage.from_url(url)
        self._scheduler = AsyncScheduler(self._storage, clock=ManualClock(NOW))

    def book(self, requests: Requests) -> float:
        """Return the seconds of one booking."""

        async def work(number: int) -> None:
            for request in requests[number :: self._count]:
                await self._scheduler.book(request)

        async def block() -> float:
            start = time.perf_counter()
            await asyncio.gather(*map(work, range(self._count)))
            return time.perf_counter() - start

        return self._loop.run(block()) / len(requests)

    def close(self) -> None:
        """Close the storage and the loop."""
        self._loop.run(self._storage.close())
        self._loop.close()


def _send(connection: psycopg.Connection[Any], booking: Sequence[Sent]) -> None:
    with connection.transaction():
        for sent in booking:
            with connection.cursor() as cursor:
                cursor.execute(sent.query, sent.values)
                if cursor.description:
                    cursor.fetchall()


def _in_threads(work: Callable[[int], None], count: int) -> float:
    """Call *work* with 0 to *count* - 1, each in a thread, and return the seconds until all are done."""
    with ThreadPoolExecutor(count) as pool:
        start = time.perf_counter()
        for future in [pool.submit(work, number) for number in range(count)]:
            future.result()
        return time.perf_counter() - start

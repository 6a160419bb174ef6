"""A program that books with several threads until it is killed, and says what it does and did.

    python -m reliability.booking URL HOST THREADS FIRST [NUMBER ...]

It books the visits of these numbers under their keys, and then all from FIRST on. It writes `asked NUMBER`
before a call and `told NUMBER ID` after it, each in one piece.
"""

import itertools
import os
import sys
import threading
from collections.abc import Iterator

from reliability.hosts import numbered, scheduler_over
from scheduling_core import Appointment, HostId, Scheduler
from scheduling_core.sql import SqlStorage


def key_of(number: int) -> str:
    """Return the idempotency key of the visit of that number, which is its customer's name as well."""
    return f"key {number}"


def book_numbered(scheduler: Scheduler, host: HostId, number: int) -> Appointment:
    """Book the visit of that number under its key."""
    key = key_of(number)
    return scheduler.book(numbered(host, number, name=key), idempotency_key=key)


def main(url: str, host: str, threads: str, first: str, *again: str) -> None:
    """Run the program."""
    scheduler = scheduler_over(SqlStorage.from_url(url, pool_size=int(threads)))
    numbers = itertools.chain(map(int, again), itertools.count(int(first)))
    taking = threading.Lock()

    def book_on() -> None:
        for number in _taken(numbers, taking):
            say(f"asked {number}")
            say(f"told {number} {book_numbered(scheduler, HostId(host), number).id}")

    for _ in range(int(threads)):
        threading.Thread(target=book_on).start()


def say(line: str) -> None:
    """Write the line at once and in one piece, so that nothing that was said dies with the process."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _taken(numbers: Iterator[int], taking: threading.Lock) -> Iterator[int]:
    while True:
        with taking:
            number = next(numbers)
        yield number


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Bookings and lists over HTTP, beside two other services, with two processes of each on one PostgreSQL.

One does as little as can be with the same framework and the same sign-in (`bare.py`). The other is what is
usually written by hand (`usual.py`). Ours also reads the body strictly, asks every rule, and keeps the
history and what a calendar is to be told. The database is as PostgreSQL comes: what is answered to a client
is on the disk.
"""

import contextlib
import datetime as dt
import functools
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
from load import Sent, send_all, write
from rich.progress import Progress

from private_postgres import USUAL, obtain_server
from scheduling_core import AppointmentTypeId, BookingRequest, HostId, Scheduler
from served import STEP, Practice, serving, sign_in
from yardstick import Result, take_turns

CLIENTS, PROCESSES, BLOCKS = 16, 2, 5
AN_HOUR = 3600
BOOKINGS, LISTS = 30, 50
"""How many each client asks the slowest service for in a block."""

UPCOMING = 20
"""How many appointments a host has who lists them."""

BOOKERS = tuple(f"booker {number}" for number in range(CLIENTS))
READERS = tuple(f"reader {number}" for number in range(4))
LENGTH = 2 * STEP


@attrs.frozen
class Service:
    """Two processes with the tokens of all users.

    *pace* is how many times as much as the slowest it is asked for in a block, so that the blocks of all
    take about as long: the shorter one is, the likelier it is that nothing on the machine disturbs it.
    """

    urls: Sequence[str]
    tokens: dict[str, str]
    pace: int

    def book(self, practice: Practice, block: int) -> float:
        """Return the seconds of one booking, each client for a host of its own."""
        each = self.pace * BOOKINGS
        numbers = range(block * each, (block + 1) * each)
        return self._send([[self._booking(practice, name, number) for number in numbers] for name in BOOKERS])

    def list_upcoming(self, _: int) -> float:
        """Return the seconds of one list."""
        path, each = "/api/appointments/upcoming", self.pace * LISTS
        return self._send(
            [
                [write("GET", path, self.tokens[READERS[number % len(READERS)]], status=200)] * each
                for number in range(CLIENTS)
            ]
        )

    def _booking(self, practice: Practice, name: str, number: int) -> Sent:
        body = json.dumps(practice.body(number, name="Ann Other")).encode()
        return write("POST", "/api/appointments", self.tokens[name], body, status=201)

    def _send(self, requests: Sequence[Sequence[Sent]]) -> float:
        return send_all(self.urls, requests) / sum(map(len, requests))


def measure() -> list[Result]:
    """Return both ratios."""
    with (
        obtain_server(settings=USUAL) as server,
        Progress(transient=True) as progress,
        contextlib.ExitStack() as stack,
    ):
        progress.add_task("over HTTP", total=None)
        practice = stack.enter_context(Practice.opened(server.create_database(), *BOOKERS, *READERS))
        _fill(practice)
        urls = [stack.enter_context(serving(practice.url, patience=AN_HOUR)).url for _ in range(PROCESSES)]
        tokens = _sign_in_all(urls[0])
        ours = Service(urls, tokens, 2)

        def beside(program: str, pace: int) -> Service:
            served = [stack.enter_context(_serving(program, practice.url)) for _ in range(PROCESSES)]
            return Service(served, tokens, pace)

        bare, usual = beside("bare.py", 4), beside("usual.py", 1)
        _fill_bare(practice)
        booking, inserting, usually_booking = take_turns(
            *(functools.partial(service.book, practice) for service in (ours, bare, usual)), blocks=BLOCKS
        )
        listing, selecting, usually_listing = take_turns(
            *(service.list_upcoming for service in (ours, bare, usual)), blocks=BLOCKS
        )
    post = f"POST /api/appointments, {CLIENTS} clients, {PROCESSES} processes"
    get = f"GET .../upcoming, {UPCOMING} of them, {CLIENTS} clients, {PROCESSES} processes"
    return [
        Result(f"{post}, beside a raw INSERT", booking, inserting, 2),
        Result(f"{post}, beside FastAPI with an ORM", booking, usually_booking, 1 / 4),
        Result(f"{get}, beside a raw SELECT", listing, selecting, 2),
        Result(f"{get}, beside FastAPI with an ORM", listing, usually_listing, 1 / 4),
    ]


def _sign_in_all(url: str) -> dict[str, str]:
    """Return the tokens of all users, which hold at every process of the same database."""
    tokens = {}
    for name in (*BOOKERS, *READERS):
        with sign_in(url, name) as client:
            tokens[name] = client.headers["Authorization"].removeprefix("Bearer ")
    return tokens


@contextlib.contextmanager
def _serving(program: str, url: str) -> Iterator[str]:
    """Serve a database with one of the programs beside this file, and tell where."""
    settings = {
        "PATH": "",
        "PYTHONPATH": str(Path(__file__).parents[3] / "testbed"),
        "SCHEDULING_DATABASE_URL": url,
        "SCHEDULING_SECRET": "a key of the tests, long enough!",
        "SCHEDULING_STOP_NOTICE": "0",
        "SCHEDULING_WRITES_PER_MINUTE": "1000000",  # Machines write here, as fast as they can.
    }
    command = [sys.executable, str(Path(__file__).with_name(program))]
    with subprocess.Popen(command, env=settings, stderr=subprocess.PIPE, text=True) as popen:
        line = popen.stderr.readline() if popen.stderr else ""
        try:
            yield line.removeprefix("serving on ").strip()
        finally:
            popen.terminate()


def _fill(practice: Practice) -> None:
    scheduler, usual = Scheduler(practice.storage), AppointmentTypeId("appointment")
    for name in READERS:
        for number in range(UPCOMING):
            start = practice.first + number * dt.timedelta(hours=1)
            scheduler.book(BookingRequest(HostId(name), usual, start, "Ann Other", duration=LENGTH))


def _fill_bare(practice: Practice) -> None:
    copied = """
        INSERT INTO bare_appointment (id, host, customer_name, start, minutes, notes)
        SELECT one.id, host.id, one.customer_name, one.start, 30, one.notes
        FROM scheduling_appointment AS one JOIN scheduling_host AS host ON host.key = one.host
    """
    with practice.storage.engine.begin() as connection:
        connection.exec_driver_sql(copied)

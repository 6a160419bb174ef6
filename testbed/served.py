"""The service as processes of its own, over real HTTP, and a host who is booked there by many."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO

import attrs
import httpx

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    HostId,
    Link,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
    system,
)
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import Accounts, PasswordHasher, migrations
from scheduling_web.accounts.passwords import Cost

PATIENCE = 300
"""Seconds that a process may take for anything; a loaded machine is no failure."""

PASSWORD = "correct horse battery staple"  # noqa: S105  Of users who exist for a test.
CHEAP = Cost(memory=8, passes=1, lanes=1, bcrypt_rounds=4)
STEP = dt.timedelta(minutes=15)
LENGTHS = (2 * STEP, 3 * STEP, 4 * STEP)


@attrs.define
class Process:
    """A running command."""

    popen: subprocess.Popen[str]

    def read_line(self) -> str:
        """Return the next line on standard output; there is none if it ends."""
        return _line_of(self.popen.stdout)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Stop it and return its code and what was on standard error."""
        self.popen.send_signal(number)
        code = self.popen.wait(PATIENCE)
        return code, self.popen.stderr.read() if self.popen.stderr else ""

    def wait(self) -> int:
        """Wait for its end and return its code."""
        return self.popen.wait(PATIENCE)


@contextlib.contextmanager
def started(*words: str, patience: float = PATIENCE, **environment: str) -> Iterator[Process]:
    """Start a command; whatever happens, it does not outlive the test or its *patience*, in seconds."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SCHEDULING_")}
    with subprocess.Popen(
        [sys.executable, "-c", "from scheduling_web.cli import main; main()", *words],
        env={**clean, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as popen:
        watch = threading.Timer(patience, popen.kill)
        watch.start()
        try:
            yield Process(popen)
        finally:
            watch.cancel()
            popen.kill()


@attrs.define
class Server:
    """A process that serves at *url*."""

    process: Process
    url: str


@contextlib.contextmanager
def serving(database: str, *, patience: float = PATIENCE, **environment: str) -> Iterator[Server]:
    """Serve a database on a port that is free, and go on when requests are answered."""
    settings = {
        "SCHEDULING_ACCESS_LOG": "off",  # Nobody reads its pipe, which would be full some day.
        "SCHEDULING_DATABASE_URL": database,
        "SCHEDULING_SECRET": "a key of the tests, long enough!",
        "SCHEDULING_STOP_NOTICE": "0",
        "SCHEDULING_WRITES_PER_MINUTE": "1000000",  # Machines write here, as fast as they can.
    }
    words = ("serve", "--port", "0")
    with started(*words, patience=patience, **{**settings, **environment}) as process:
        line = _line_of(process.popen.stderr)
        if not line.startswith("serving on "):
            raise RuntimeError(line)
        yield Server(process, line.removeprefix("serving on ").strip())


@attrs.frozen
class Practice:
    """A database with hosts who are open day and night, each with a user of the same name."""

    url: str
    storage: SqlStorage
    first: dt.datetime
    """The start of tomorrow, before which nothing is booked."""

    @classmethod
    @contextlib.contextmanager
    def opened(cls, url: str, *names: str) -> "Iterator[Practice]":
        """Make the tables and the hosts, who are linked to a calendar that nobody delivers to."""
        with contextlib.closing(SqlStorage.from_url(url)) as storage:
            storage.migrate()
            migrations.upgrade(storage.engine)
            for name in names:
                _open_host(storage, name)
            tomorrow = system.read_clock() + dt.timedelta(days=1)
            yield cls(url, storage, tomorrow.replace(hour=0, minute=0, second=0, microsecond=0))

    def body(self, number: int, *, name: str) -> dict[str, object]:
        """Return what books the visit of that number: no two of them touch each other."""
        start = self.first + 3 * number * STEP
        return {"customer_name": name, "start_time": start.isoformat(), "duration_minutes": 30}


def sign_in(url: str, name: str) -> httpx.Client:
    """Return a client of the service at *url* with the token of a user."""
    credentials = {"username": name, "password": PASSWORD}
    answer = httpx.post(f"{url}/api/auth/login", json=credentials, timeout=PATIENCE)
    answer.raise_for_status()
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    return httpx.Client(base_url=url, headers=headers, timeout=PATIENCE)


def _line_of(pipe: IO[str] | None) -> str:
    return pipe.readline() if pipe else ""


def _open_host(storage: SqlStorage, name: str) -> None:
    scheduler = Scheduler(storage)
    host = HostId(name)
    all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
    policy = BookingPolicy(slot_interval=STEP, horizon_days=1000)
    scheduler.set_schedule(host, Schedule("UTC", all_day))
    scheduler.add_type(
        host, AppointmentType(AppointmentTypeId("appointment"), "Visit", LENGTHS, policy=policy)
    )
    scheduler.link(host, Link("calendar"))
    accounts = Accounts(storage.engine, PasswordHasher(cost=CHEAP), new_id=lambda: name)
    accounts.add(accounts.new_user(name, PASSWORD))

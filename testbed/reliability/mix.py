"""A program that books, moves, cancels and lists at random, with many threads, and writes down what it saw.

    python -m reliability.mix STORAGE URL HOSTS THREADS CALLS FILE

Several of them, started at the same database, begin together when a line comes in.
"""

import datetime as dt
import secrets
import sys
import threading
from pathlib import Path

from reliability.calls import Call, observe, save
from reliability.hosts import LENGTHS, STEP, TOMORROW, VISIT, scheduler_over
from reliability.unguarded import UnguardedStorage
from scheduling_core import Appointment, BookingRequest, HostId, Scheduler
from scheduling_core.intervals import Interval
from scheduling_core.sql import SqlStorage, Timeouts

STORAGES = {"guarded": SqlStorage, "unguarded": UnguardedStorage}
STARTS = 96
"""A day of them, which is too short for what everybody wants."""

PATIENT = Timeouts(lock=dt.timedelta(seconds=60))
"""SQLite keeps no queue: of many who never pause, one may be out of luck for longer than the usual wait.

That it is then told so, in time, is another proof's subject.
"""

KINDS = ("book", "book", "book", "book", "reschedule", "reschedule", "cancel", "cancel", "cancel", "list")


class Client:
    """One client, which remembers the appointments that it has seen."""

    def __init__(self, scheduler: Scheduler, hosts: tuple[HostId, ...]) -> None:
        self._scheduler = scheduler
        self._seen: dict[HostId, dict[str, Appointment]] = {host: {} for host in hosts}

    def call(self) -> Call:
        """Do something at random."""
        host = secrets.choice(list(self._seen))
        seen = self._seen[host]
        kind = secrets.choice(KINDS)
        if kind == "list":
            call, outcome = observe(host, "list", lambda: self._scheduler.upcoming(host))
            if isinstance(outcome, tuple):
                self._seen[host] = {appointment.id: appointment for appointment in outcome}
            return call
        if kind == "book" or not seen:
            return self._book(host)
        target = secrets.choice(list(seen.values()))
        if kind == "reschedule":
            return self._reschedule(target)
        del seen[target.id]
        return observe(host, "cancel", lambda: self._scheduler.cancel(target.id), target=target.id)[0]

    def _book(self, host: HostId) -> Call:
        start, length = TOMORROW + secrets.randbelow(STARTS) * STEP, secrets.choice(LENGTHS)
        request = BookingRequest(host, VISIT, start, "Ann", duration=length)
        asked = Interval.of(start, length + STEP)
        return self._remember(*observe(host, "book", lambda: self._scheduler.book(request), asked=asked))

    def _reschedule(self, target: Appointment) -> Call:
        start = TOMORROW + secrets.randbelow(STARTS) * STEP
        call, outcome = observe(
            target.host,
            "reschedule",
            lambda: self._scheduler.reschedule(target.id, start),
            target=target.id,
            asked=Interval.of(start, target.during.duration + STEP),
        )
        return self._remember(call, outcome)

    def _remember(self, call: Call, outcome: object) -> Call:
        if isinstance(outcome, Appointment):
            self._seen[outcome.host][outcome.id] = outcome
        return call


def main(words: list[str]) -> None:
    """Run the program."""
    kind, url, hosts, threads, calls, file = words
    storage = STORAGES[kind].from_url(url, pool_size=int(threads), timeouts=PATIENT)
    scheduler = scheduler_over(storage)
    every = tuple(HostId(f"host {index}") for index in range(int(hosts)))
    seen: list[Call] = []

    def work() -> None:
        client = Client(scheduler, every)
        seen.extend([client.call() for _ in range(int(calls))])

    crowd = [threading.Thread(target=work) for _ in range(int(threads))]
    print("ready", flush=True)  # noqa: T201  Whoever started it waits for this line.
    sys.stdin.readline()
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    storage.close()
    save(seen, Path(file))


if __name__ == "__main__":
    main(sys.argv[1:])

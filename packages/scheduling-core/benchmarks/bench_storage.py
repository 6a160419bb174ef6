"""Bookings on PostgreSQL beside their bare statements, on an event loop, and as the tables grow.

The server is the tests' own, which does not wait for the disk: what is measured is the work, and the part
of it that is the library's looks as large as it can.
"""

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator

from at_once import RawBookings, Tasks, Threads, record
from rich.progress import Progress
from sqlalchemy.engine import make_url

from private_postgres import Server, obtain_server
from scheduling_core import BookingRequest, HostId, Interval, Scheduler
from scheduling_core.sql import SqlStorage
from scheduling_core.testing import ManualClock
from stored import NOW, TYPE, fill, host_named
from yardstick import Result, take_turns

AT_ONCE, BLOCKS = 8, 7
HOSTS = [host_named(number) for number in range(1, 1_001)]
BUSY = HOSTS[0]
DAY = dt.timedelta(days=1)
MONTH = Interval.of(NOW, 30 * DAY)
# One booking a day: each finds that of the day before in its agenda, whatever else is stored.
BUSY_DAYS, ASKED = 100, 200


def measure() -> list[Result]:
    """Return every ratio of the storages that has a goal."""
    with obtain_server() as server, Progress(transient=True) as progress:
        small, large = server.create_database(), server.create_database()
        _fill(small, progress, each=1, busy=1)
        results = measure_at_once(server, small, progress)
        _fill(large, progress, each=1_000, busy=20_000)
        return results + measure_growth(small, large, progress)


def measure_at_once(server: Server, pattern: str, progress: Progress) -> list[Result]:
    """Book from threads, from tasks and with bare statements, each on its own copy of a database."""
    blocks = [_bookings(HOSTS, [block]) for block in range(BLOCKS + 1)]
    urls = [server.create_database(make_url(pattern).database or "") for _ in range(4)]
    with _shown(progress, f"{AT_ONCE} at once"), contextlib.ExitStack() as stack:
        recorded = record(urls[0], blocks)
        raw = stack.enter_context(contextlib.closing(RawBookings(urls[1], AT_ONCE)))
        threads = stack.enter_context(contextlib.closing(Threads(urls[2], AT_ONCE)))
        tasks = stack.enter_context(contextlib.closing(Tasks(urls[3], AT_ONCE)))
        in_thread, bare, in_task = take_turns(
            lambda block: threads.book(blocks[block]),
            lambda block: raw.book(recorded[block]),
            lambda block: tasks.book(blocks[block]),
            blocks=BLOCKS,
        )
    return [
        Result(f"a booking, {AT_ONCE} threads, beside its bare statements", in_thread, bare, 2),
        Result(f"a booking, {AT_ONCE} tasks beside {AT_ONCE} threads", in_task, in_thread, 2),
    ]


def measure_growth(small: str, large: str, progress: Progress) -> list[Result]:
    """Book and look for slots among a million appointments and among a thousand."""
    with _opened(small) as in_small, _opened(large) as in_large:
        few, many = (Scheduler(storage, clock=ManualClock(NOW)) for storage in (in_small, in_large))

        def beside(name: str, work: Callable[[Scheduler, int], float]) -> Result:
            with _shown(progress, name):
                ours, yardstick = take_turns(
                    lambda block: work(many, block), lambda block: work(few, block), blocks=BLOCKS
                )
            return Result(f"{name}, 1,000,000 stored beside 1,000", ours, yardstick, 1.3)

        return [
            beside("a booking", lambda it, block: _book(it, HOSTS[1:], [block])),
            beside(
                "a booking of a host with 20,000",
                lambda it, block: _book(it, [BUSY], range(block * BUSY_DAYS, (block + 1) * BUSY_DAYS)),
            ),
            beside("slots of 30 days", lambda it, _: _ask(it, HOSTS[1 : ASKED + 1])),
            beside("slots of 30 days of a host with 20,000", lambda it, _: _ask(it, [BUSY] * ASKED)),
        ]


def _bookings(hosts: Iterable[HostId], days: Iterable[int]) -> list[BookingRequest]:
    nine = NOW + dt.timedelta(hours=9)
    return [BookingRequest(host, TYPE, nine + day * DAY, "Ann Other") for day in days for host in hosts]


def _book(scheduler: Scheduler, hosts: Iterable[HostId], days: Iterable[int]) -> float:
    requests = _bookings(hosts, days)
    start = time.perf_counter()
    for request in requests:
        scheduler.book(request)
    return (time.perf_counter() - start) / len(requests)


def _ask(scheduler: Scheduler, hosts: list[HostId]) -> float:
    start = time.perf_counter()
    for host in hosts:
        scheduler.find_slots(host, TYPE, MONTH)
    return (time.perf_counter() - start) / len(hosts)


def _fill(url: str, progress: Progress, *, each: int, busy: int) -> None:
    task = progress.add_task("filling")

    def report(what: str, done: int, total: int) -> None:
        progress.update(task, description=what, completed=done, total=total)

    with _opened(url) as storage:
        fill(storage, hosts=len(HOSTS), each=each, busy=busy, report=report)
    progress.remove_task(task)


@contextlib.contextmanager
def _opened(url: str) -> Iterator[SqlStorage]:
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        yield storage


@contextlib.contextmanager
def _shown(progress: Progress, description: str) -> Iterator[None]:
    task = progress.add_task(description, total=None)
    yield
    progress.remove_task(task)

"""`Scheduler` and `AsyncScheduler`: two shells with the same names, parameters and results."""

import asyncio
import datetime as dt
import inspect
import itertools
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    AsyncScheduler,
    BookingRequest,
    HostId,
    Interval,
    InvalidValue,
    Link,
    MemoryStorage,
    NotFound,
    Questions,
    Schedule,
    Scheduler,
    SchedulingError,
    TimeOff,
    TimeRange,
    WeeklyHours,
    hosting,
    linking,
    queries,
    usecases,
)
from scheduling_core.ports import UnitOfWork
from scheduling_core.sync import Hint

T = TypeVar("T")
HOST, TALK, FIRST = HostId("host"), AppointmentTypeId("talk"), AppointmentId("id-0002")
NOW, NINE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
HOURS = Schedule(ZoneInfo("UTC"), WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(17))))
WINDOW, AWAY = Interval.of(NINE, dt.timedelta(days=1)), TimeOff(Interval.of(NINE, dt.timedelta(days=9)))
PENDING = AppointmentType(TALK, "Talk", requires_confirmation=True)
NAMES = sorted(name for name in dir(Scheduler) if not name.startswith("_") and name != "snapshot")


class Awaited:
    """The storage in memory, for an event loop."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()

    async def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in a transaction."""
        return self._storage.transact(work)

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* on a snapshot."""
        return self._storage.read(work)

    async def close(self) -> None:
        """Do nothing."""


def request(name: str, start: dt.datetime = NINE) -> BookingRequest:
    """Return a request of a customer."""
    return BookingRequest(HOST, TALK, start, name)


SCRIPT: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("upcoming", (HOST,), {}),
    ("set_schedule", (HOST, HOURS), {}),
    ("add_type", (HOST, PENDING), {}),
    ("book", (request("Ann"),), {"idempotency_key": "k"}),
    ("book", (request("Ann"),), {"idempotency_key": "k"}),
    ("book", (request("Bob"),), {"idempotency_key": "k"}),
    ("book", (request("Bob"),), {}),
    ("get", (FIRST,), {}),
    ("confirm", (FIRST,), {"expected_version": 1}),
    ("confirm", (FIRST,), {"expected_version": 1}),
    ("decline", (FIRST,), {"reason": "full"}),
    ("amend", (FIRST,), {"notes": "allergic"}),
    ("revise", (FIRST,), {"notes": "allergic to cats", "duration": dt.timedelta(hours=1)}),
    ("get", (FIRST,), {"host": HostId("another")}),
    ("find_slots", (HOST, TALK, WINDOW), {}),
    ("next_slot", (HOST, TALK), {"moving": FIRST}),
    ("explain", (HOST, TALK, NINE), {}),
    ("suggest", (HOST, TALK, NINE), {"count": 2}),
    ("reschedule", (FIRST, NINE + dt.timedelta(hours=1)), {}),
    ("reschedule", (FIRST, dt.datetime(2026, 1, 5)), {}),
    ("affected", (HOST, Schedule(ZoneInfo("UTC"))), {}),
    ("add_time_off", (HOST, AWAY), {}),
    ("time_off", (HOST,), {}),
    ("remove_time_off", (HOST, AWAY), {}),
    ("preview_availability", (HOST,), {"time_off": [AWAY]}),
    ("set_availability", (HOST,), {"weekly": WeeklyHours(), "time_off": [AWAY]}),
    ("set_availability", (HOST,), {"weekly": HOURS.weekly, "time_off": []}),
    ("availability", (HOST,), {}),
    ("upcoming", (HOST,), {"limit": 1}),
    ("between", (HOST, WINDOW), {}),
    ("page", (HOST, WINDOW), {"limit": 1, "after": (NINE - dt.timedelta(hours=1), FIRST)}),
    ("complete", (FIRST,), {}),
    ("mark_no_show", (FIRST,), {}),
    ("cancel", (FIRST,), {"by": "customer"}),
    ("purge", (FIRST,), {}),
    ("history", (FIRST,), {}),
    ("changes", (HOST,), {"after": 3}),
    ("version", (HOST,), {}),
    ("schedule", (HOST,), {}),
    ("types", (HOST,), {}),
    ("remove_type", (HOST, TALK), {}),
    ("remove_type", (HOST, TALK), {}),
    ("link", (HOST, Link("calendar")), {}),
    ("links", (HOST,), {}),
    ("copy_busy", (HOST, "calendar", [WINDOW]), {}),
    ("busy", (HOST, WINDOW), {}),
    ("sync_rows", (HOST,), {}),
    ("references", (HOST, "calendar", WINDOW), {}),
    ("provider", ("calendar",), {}),
    ("keep_hint", (Hint("d" * 64, "calendar", "MOVED", "uid", NOW),), {}),
    ("requeue", (FIRST, "calendar"), {}),
    ("unlink", (HOST, "calendar"), {}),
    ("unlink", (HOST, "calendar"), {}),
]


def settings() -> dict[str, Any]:
    """Return a clock and ids that are the same in every run."""
    numbers = itertools.count(0)
    return {"clock": lambda: NOW, "new_id": lambda: f"id-{next(numbers):04}"}


def run_script() -> list[object]:
    """Run the script and return each answer or error."""
    scheduler, answers = Scheduler(MemoryStorage(), **settings()), list[object]()
    for name, arguments, named in SCRIPT:
        try:
            answers.append(getattr(scheduler, name)(*arguments, **named))
        except SchedulingError as error:
            answers.append((type(error), str(error)))
    return answers


async def run_script_awaited() -> list[object]:
    """Run the script in an event loop and return each answer or error."""
    scheduler, answers = AsyncScheduler(Awaited(), **settings()), list[object]()
    for name, arguments, named in SCRIPT:
        try:
            answers.append(await getattr(scheduler, name)(*arguments, **named))
        except SchedulingError as error:
            answers.append((type(error), str(error)))
    return answers


def test_both_give_the_same_answers() -> None:
    """A script with every method ends the same, errors included, whether it is awaited or not."""
    answers = run_script()
    assert {name for name, _, _ in SCRIPT} == set(NAMES)
    assert asyncio.run(run_script_awaited()) == answers
    assert sum(isinstance(answer, tuple) and answer[:1] == (InvalidValue,) for answer in answers) == 1


def test_both_have_the_same_methods() -> None:
    """What one can do, the other can do too."""
    assert sorted(name for name in dir(AsyncScheduler) if not name.startswith("_")) == sorted(
        [*NAMES, "snapshot"]
    )
    assert (
        inspect.signature(Scheduler).parameters.keys() == inspect.signature(AsyncScheduler).parameters.keys()
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_method_is_its_use_case(name: str) -> None:
    """It has the parameters, the result, the name and the description of the function behind it."""
    modules = (usecases, hosting, linking, queries)
    usecase = next(vars(module)[name] for module in modules if name in vars(module))
    waiting, awaited = getattr(Scheduler, name), getattr(AsyncScheduler, name)
    expected = inspect.signature(usecase)
    for method in (waiting, awaited):
        found = inspect.signature(method)
        assert list(found.parameters.values())[1:] == list(expected.parameters.values())[2:]
        assert found.return_annotation == expected.return_annotation
        assert (method.__name__, method.__doc__) == (name, usecase.__doc__)
    assert not inspect.iscoroutinefunction(waiting)
    assert inspect.iscoroutinefunction(awaited)


def test_a_snapshot_answers_as_of_one_instant() -> None:
    """All that is asked in it fits together: nothing that is written meanwhile, and no tick of the clock."""
    instants = itertools.count()
    storage = MemoryStorage()
    scheduler = Scheduler(storage, clock=lambda: NOW + next(instants) * dt.timedelta(days=1))
    scheduler.set_schedule(HOST, HOURS)
    scheduler.add_type(HOST, AppointmentType(TALK, "Talk"))
    booked = scheduler.book(request("Ann"))

    def ask(asked: Questions) -> tuple[object, ...]:
        before = asked.version(HOST), asked.upcoming(HOST), asked.next_slot(HOST, TALK)
        Scheduler(storage).cancel(booked.id)
        assert (asked.version(HOST), asked.upcoming(HOST), asked.next_slot(HOST, TALK)) == before
        return before

    version, upcoming, _ = scheduler.snapshot(ask)
    assert (version, upcoming) == (3, (booked,))
    assert scheduler.version(HOST) == 4
    waiting = AsyncScheduler(Awaited(), **settings())
    with pytest.raises(NotFound):
        asyncio.run(waiting.snapshot(lambda asked: asked.version(HOST)))


def test_beyond_two_arguments_everything_is_named() -> None:
    """A call can be read without looking up what its third or fourth argument is."""
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    for name in NAMES:
        parameters = list(inspect.signature(getattr(Scheduler, name)).parameters.values())[1:]
        optional = [item for item in parameters if item.default is not inspect.Parameter.empty]
        assert [item.name for item in optional if item.kind in kinds] in ([], ["window"]), name


def test_the_clock_and_the_ids_are_the_machine_s_unless_given() -> None:
    """Without a word, an appointment is made now and has a new id."""
    scheduler = Scheduler(MemoryStorage())
    scheduler.set_schedule(HOST, HOURS)
    (entry,) = scheduler.changes(HOST)
    assert entry.change.at.tzinfo is dt.UTC
    assert entry.change.at.year >= 2026


def test_a_naive_clock_is_refused() -> None:
    """A clock without a zone would book in the wrong hour."""
    scheduler = Scheduler(MemoryStorage(), clock=lambda: dt.datetime(2026, 1, 1))
    with pytest.raises(InvalidValue, match="must be a datetime with a time zone"):
        scheduler.upcoming(HOST)

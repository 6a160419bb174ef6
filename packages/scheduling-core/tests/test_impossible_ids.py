"""What could not be the id of anything, on every storage."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduling_core import (
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    HostId,
    Interval,
    InvalidValue,
    MemoryStorage,
    NotFound,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.sql import SqlStorage
from scheduling_core.testing import ManualClock

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
WEEK = Interval.of(NOW, dt.timedelta(days=7))
HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
HOURS = Schedule("UTC", WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(17))))


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def scheduler(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scheduler]:
    """A scheduler of one host, on each storage."""
    with contextlib.ExitStack() as stack:
        storage: MemoryStorage | SqlStorage = MemoryStorage()
        if request.param != "memory":
            url = f"sqlite:///{tmp_path / 'scheduling.db'}"
            if request.param == "postgresql":
                url = request.getfixturevalue("postgres_url")
            storage = stack.enter_context(contextlib.closing(SqlStorage.from_url(url)))
            storage.migrate()
        made = Scheduler(storage, clock=ManualClock(NOW))
        made.set_schedule(HOST, HOURS)
        made.add_type(HOST, AppointmentType(VISIT, "Visit"))
        yield made


@pytest.mark.parametrize("impossible", ["", " ", "a\0b", "\ud800", "x" * 201])
def test_what_cannot_be_an_id_names_nothing(scheduler: Scheduler, impossible: str) -> None:
    """No database is asked for it, and whoever gives it is told what they are told of any other."""
    host, appointment, type_id = HostId(impossible), AppointmentId(impossible), AppointmentTypeId(impossible)
    for ask in (scheduler.upcoming, scheduler.types, scheduler.changes, scheduler.version):
        with pytest.raises(NotFound):
            ask(host)
    for tell in (scheduler.get, scheduler.history, scheduler.cancel, scheduler.purge):
        with pytest.raises(NotFound):
            tell(appointment)
    for named in ((host, VISIT), (HOST, type_id)):
        with pytest.raises(NotFound):
            scheduler.find_slots(*named, WEEK)
        with pytest.raises(NotFound):
            scheduler.remove_type(*named)
    with pytest.raises(InvalidValue):
        scheduler.set_schedule(host, HOURS)
    with pytest.raises(InvalidValue):
        scheduler.page(HOST, WEEK, after=(NOW, appointment))


def test_what_is_no_text_is_no_id(scheduler: Scheduler) -> None:
    """Whoever gives a thing in place of its id is told so."""
    with pytest.raises(InvalidValue, match=r"^id must be text, not Schedule$"):
        scheduler.get(HOURS)  # type: ignore[arg-type]  # As a slip would have it.


def test_a_version_beyond_all_has_nothing_behind_it(scheduler: Scheduler) -> None:
    """However large a number is given."""
    assert scheduler.changes(HOST, after=2**70) == ()

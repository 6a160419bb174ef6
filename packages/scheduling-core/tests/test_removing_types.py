"""Taking an appointment type back: what is to come keeps it, what is over only names it."""

import datetime as dt

import pytest

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    MemoryStorage,
    NotFound,
    Schedule,
    Scheduler,
    TimeRange,
    TypeInUse,
    TypeRemoved,
    WeeklyHours,
)
from scheduling_core.testing import CountingIds, ManualClock

HOST, OTHER = HostId("host"), HostId("other")
VISIT, CALL = AppointmentTypeId("visit"), AppointmentTypeId("call")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WHOLE_DAY = Schedule("UTC", WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0))))


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until it is told."""
    return ManualClock(NOW)


@pytest.fixture
def scheduler(clock: ManualClock) -> Scheduler:
    """Two hosts with a visit, which waits for confirmation, and a call each."""
    made = Scheduler(MemoryStorage(), clock=clock, new_id=CountingIds())
    for host in (HOST, OTHER):
        made.set_schedule(host, WHOLE_DAY)
        made.add_type(host, AppointmentType(VISIT, "Visit", (HOUR,), requires_confirmation=True))
        made.add_type(host, AppointmentType(CALL, "Call", (HOUR,)))
    return made


def request(type: AppointmentTypeId = VISIT) -> BookingRequest:
    """Ask for the next hour."""
    return BookingRequest(HOST, type, NOW + HOUR, "Ann")


def test_a_type_that_nobody_has_booked_is_removed(scheduler: Scheduler) -> None:
    """It cannot be booked any more, the log says what it was, and another host's of that name stays."""
    [_, visit] = scheduler.types(HOST)
    scheduler.remove_type(HOST, VISIT)
    assert [each.id for each in scheduler.types(HOST)] == [CALL]
    assert scheduler.changes(HOST)[-1].change == TypeRemoved(HOST, NOW, visit)
    assert [each.id for each in scheduler.types(OTHER)] == [CALL, VISIT]
    with pytest.raises(NotFound, match="appointment type"):
        scheduler.book(request())


def test_a_type_of_what_is_to_come_stays(scheduler: Scheduler) -> None:
    """Pending or confirmed, an appointment can be moved until it has ended, for which it needs its type."""
    booked = scheduler.book(request())
    for step in (scheduler.get, scheduler.confirm):
        step(booked.id)
        before = scheduler.changes(HOST)
        with pytest.raises(TypeInUse) as refused:
            scheduler.remove_type(HOST, VISIT)
        assert (refused.value.type, refused.value.appointments) == (VISIT, (booked.id,))
        assert scheduler.changes(HOST) == before
    scheduler.remove_type(HOST, CALL)


def test_what_was_called_off_does_not_keep_a_type(scheduler: Scheduler) -> None:
    """A cancelled appointment stays readable, with the name of the type that is gone."""
    booked = scheduler.book(request())
    scheduler.cancel(booked.id)
    scheduler.remove_type(HOST, VISIT)
    assert scheduler.get(booked.id).type == VISIT


def test_what_is_over_does_not_keep_a_type(scheduler: Scheduler, clock: ManualClock) -> None:
    """An appointment that has ended can still be completed without its type."""
    booked = scheduler.book(request(CALL))
    clock.advance(2 * HOUR)
    scheduler.remove_type(HOST, CALL)
    assert scheduler.complete(booked.id).type == CALL


def test_what_is_not_there_is_not_removed(scheduler: Scheduler) -> None:
    """Neither twice, nor of a host that nobody knows."""
    scheduler.remove_type(HOST, VISIT)
    for host in (HOST, HostId("nobody")):
        with pytest.raises(NotFound):
            scheduler.remove_type(host, VISIT)

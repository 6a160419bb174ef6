"""A host who asks is told nothing of another host's appointment, and changes nothing of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    Link,
    MemoryStorage,
    NotFound,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)

ANN, BOB = HostId("ann"), HostId("bob")
VISIT = AppointmentTypeId("visit")
HOUR = dt.timedelta(hours=1)
NOW, NINE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
HOURS = Schedule(ZoneInfo("UTC"), WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(17))))

Ask = Callable[..., Any]
ASK: dict[str, Ask] = {
    "get": lambda scheduler, known, **who: scheduler.get(known, **who),
    "history": lambda scheduler, known, **who: scheduler.history(known, **who),
    "reschedule": lambda scheduler, known, **who: scheduler.reschedule(known, NINE + HOUR, **who),
    "amend": lambda scheduler, known, **who: scheduler.amend(known, notes="new", **who),
    "revise": lambda scheduler, known, **who: scheduler.revise(known, start=NINE + HOUR, **who),
    "confirm": lambda scheduler, known, **who: scheduler.confirm(known, **who),
    "decline": lambda scheduler, known, **who: scheduler.decline(known, **who),
    "cancel": lambda scheduler, known, **who: scheduler.cancel(known, **who),
    "complete": lambda scheduler, known, **who: scheduler.complete(known, **who),
    "no-show": lambda scheduler, known, **who: scheduler.mark_no_show(known, **who),
    "purge": lambda scheduler, known, **who: scheduler.purge(known, **who),
    "requeue": lambda scheduler, known, **who: scheduler.requeue(known, "calendar", **who),
}


@pytest.fixture
def scheduler() -> Scheduler:
    """Two hosts with the same hours and type."""
    made = Scheduler(MemoryStorage(), clock=lambda: NOW)
    for host in (ANN, BOB):
        made.set_schedule(host, HOURS)
        made.add_type(host, AppointmentType(VISIT, "Visit", [HOUR], requires_confirmation=True))
        made.link(host, Link("calendar"))
    return made


@pytest.fixture
def anns(scheduler: Scheduler) -> Appointment:
    """An appointment of Ann's."""
    return scheduler.book(BookingRequest(ANN, VISIT, NINE, "Carla"))


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_another_hosts_appointment_is_not_found(scheduler: Scheduler, anns: Appointment, ask: Ask) -> None:
    """Whatever is asked, the error is that of an id that does not exist, even with a stale version."""
    before = scheduler.changes(ANN)
    with pytest.raises(NotFound) as foreign:
        ask(scheduler, anns.id, host=BOB)
    with pytest.raises(NotFound) as unknown:
        ask(scheduler, AppointmentId("unknown"), host=BOB)
    assert (foreign.value.kind, str(foreign.value)) == (unknown.value.kind, str(unknown.value))
    assert foreign.value.kind == "appointment"
    assert scheduler.changes(ANN) == before


@pytest.mark.parametrize("name", ["revise", "amend", "confirm", "decline", "cancel"])
def test_another_host_learns_no_version(scheduler: Scheduler, anns: Appointment, name: str) -> None:
    """A version that is not the present one makes no difference to who may not see it."""
    with pytest.raises(NotFound):
        getattr(scheduler, name)(anns.id, expected_version=7, host=BOB)


@pytest.mark.parametrize(
    "name", ["get", "history", "revise", "amend", "confirm", "decline", "cancel", "purge"]
)
def test_to_its_own_host_it_is_there(scheduler: Scheduler, anns: Appointment, name: str) -> None:
    """The host whose it is may ask and change as if no host was named."""
    getattr(scheduler, name)(anns.id, host=ANN)
    assert scheduler.get(anns.id, host=ANN).id == anns.id

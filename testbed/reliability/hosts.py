"""The hosts that the proofs book at, at an instant that stands still."""

import datetime as dt

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    HostId,
    Link,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.ports import Storage

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
TOMORROW = NOW + dt.timedelta(days=1)
STEP = dt.timedelta(minutes=15)
"""The distance of two starts."""

VISIT = AppointmentTypeId("visit")
LENGTHS = (2 * STEP, 3 * STEP, 4 * STEP)


def scheduler_over(storage: Storage) -> Scheduler:
    """Return a scheduler over the storage, whose clock stands still."""
    return Scheduler(storage, clock=lambda: NOW)


def open_hosts(storage: Storage, number: int) -> tuple[HostId, ...]:
    """Make so many hosts, open day and night, and linked to a calendar.

    After each visit they want a quarter of an hour for themselves.
    """
    scheduler = scheduler_over(storage)
    hosts = tuple(HostId(f"host {index}") for index in range(number))
    all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
    policy = BookingPolicy(slot_interval=STEP, buffer_after=STEP, horizon_days=1000)
    for host in hosts:
        scheduler.set_schedule(host, Schedule("UTC", all_day))
        scheduler.add_type(host, AppointmentType(VISIT, "Visit", LENGTHS, policy=policy))
        scheduler.link(host, Link("calendar"))
    return hosts


def numbered(host: HostId, number: int, *, name: str) -> BookingRequest:
    """Return the request for the visit of that number: no two of them touch each other."""
    return BookingRequest(host, VISIT, TOMORROW + number * (LENGTHS[0] + STEP), name)

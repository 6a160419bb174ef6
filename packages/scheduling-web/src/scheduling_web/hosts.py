"""A new user's host: opening hours and one appointment type, so that booking can begin."""

import datetime as dt
from zoneinfo import ZoneInfo

from scheduling_core import (
    AppointmentType,
    BookingPolicy,
    HostId,
    NotFound,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)
from scheduling_web.accounts import Accounts, User
from scheduling_web.api.types import USUAL_TYPE

_MINUTE = dt.timedelta(minutes=1)

USUAL_ZONE = "Europe/Berlin"
USUAL_DAYS = "mon-sun"
USUAL_HOURS = TimeRange(dt.time(9), dt.time(17))

APPOINTMENT = AppointmentType(
    USUAL_TYPE,
    "Appointment",
    duration_range=(5 * _MINUTE, 480 * _MINUTE, 5 * _MINUTE),
    policy=BookingPolicy(slot_interval=15 * _MINUTE, horizon_days=365),
)
"""What can be booked with a new host: 5 to 480 minutes in steps of 5, every 15 minutes, a year ahead."""


def usual_schedule() -> Schedule:
    """Return the hours of a host who was given no others."""
    return Schedule(ZoneInfo(USUAL_ZONE), WeeklyHours.on(USUAL_DAYS, USUAL_HOURS))


def make_host(scheduler: Scheduler, host: HostId, schedule: Schedule) -> None:
    """Give a host hours and something to book, where they are missing; what is there stays as it is."""
    try:
        scheduler.schedule(host)
    except NotFound:
        scheduler.set_schedule(host, schedule)
    if not scheduler.types(host):
        scheduler.add_type(host, APPOINTMENT)


def add_user(
    accounts: Accounts, scheduler: Scheduler, username: str, password: str, schedule: Schedule
) -> User:
    """Add a user and their host.

    The host comes first: if this ends half-way, there is a host whom nobody knows and not a user who can do
    nothing.
    """
    user = accounts.new_user(username, password)
    make_host(scheduler, user.id, schedule)
    accounts.add(user)
    return user

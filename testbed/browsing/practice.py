"""A practice with a few busy weeks: what the pictures of the pages show."""

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from browsing import Site
from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    DateOverride,
    HostId,
    Interval,
    Limit,
    Period,
    Schedule,
    Scheduler,
    TimeOff,
    TimeRange,
    WeeklyHours,
    system,
)

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)

CHECK_UP = AppointmentType(
    AppointmentTypeId("check-up"),
    "Check-up",
    durations=(30 * MINUTE, 45 * MINUTE),
    policy=BookingPolicy(buffer_after=15 * MINUTE, minimum_notice=120 * MINUTE),
)
FIRST_VISIT = AppointmentType(
    AppointmentTypeId("first-visit"),
    "First visit",
    durations=(60 * MINUTE,),
    policy=BookingPolicy(
        slot_interval=30 * MINUTE, minimum_notice=1440 * MINUTE, limits=[Limit(Period.DAY, count=3)]
    ),
    requires_confirmation=True,
)


class Wanted(NamedTuple):
    """Who comes on which day of a week, when by the clock in Berlin, to what, and for how many minutes."""

    day: int
    clock: str
    kind: str
    minutes: int
    customer: str
    notes: str = ""

    def request(self, host: HostId, monday: dt.date) -> BookingRequest:
        """Return what is asked for in one week."""
        start = dt.datetime.combine(monday + self.day * DAY, dt.time.fromisoformat(self.clock), BERLIN)
        kind, duration = AppointmentTypeId(self.kind), self.minutes * MINUTE
        return BookingRequest(host, kind, start, self.customer, duration=duration, notes=self.notes)


WEEK = [
    Wanted(0, "08:30", "check-up", 30, "Marta Kowalski"),
    Wanted(0, "09:30", "first-visit", 60, "Jonas Weber", "Was sent by Dr. Lind. Brings his papers."),
    Wanted(0, "11:00", "check-up", 45, "Aylin Demir"),
    Wanted(0, "14:00", "check-up", 30, "Peter O'Neill"),
    Wanted(1, "09:00", "check-up", 45, "Claire Dubois", "Prefers to be called by phone if anything changes."),
    Wanted(1, "10:30", "check-up", 30, "Bartholomäus von Hohenstein-Wittgenau"),
    Wanted(1, "13:00", "first-visit", 60, "Sofia Rossi"),
    Wanted(2, "08:00", "check-up", 30, "Tom Baker"),
    Wanted(2, "10:00", "first-visit", 60, "Ngọc Anh Trần"),
    Wanted(2, "14:30", "check-up", 45, "Marta Kowalski", "Second part."),
    Wanted(3, "09:15", "check-up", 30, "Lena Fischer"),
    Wanted(3, "15:00", "check-up", 30, "Sam Okafor"),
    Wanted(4, "08:00", "first-visit", 60, "Emil Novák"),
    Wanted(4, "09:30", "check-up", 45, "Aylin Demir"),
]


def open_practice(site: Site, username: str) -> list[Appointment]:
    """Add a host with appointments from last week to the week after next; return them in order."""
    hours = (TimeRange(dt.time(8), dt.time(12)), TimeRange(dt.time(13), dt.time(17)))
    short = (TimeRange(dt.time(8), dt.time(13)),)
    now = system.read_clock()
    today = now.astimezone(BERLIN).date()
    monday = today - today.weekday() * DAY
    closed = DateOverride(monday + 10 * DAY)
    weekly = WeeklyHours(monday=hours, tuesday=hours, wednesday=hours, thursday=hours, friday=short)
    host = site.sign_up(username, Schedule(BERLIN, weekly, overrides=(closed,))).id
    for each in (CHECK_UP, FIRST_VISIT):
        site.scheduler.add_type(host, each)
    before = Scheduler(site.storage, clock=lambda: now - 14 * DAY)
    booked = [
        before.book(wanted.request(host, monday + 7 * week * DAY))
        for week in (-1, 0, 1)
        for wanted in WEEK
        if (week, wanted.day) != (1, 3)
    ]
    for appointment in booked:
        is_over = appointment.during.end < now
        if is_over and appointment.type == CHECK_UP.id:
            site.scheduler.complete(appointment.id)
        elif is_over or appointment.customer_name == "Emil Novák":
            site.scheduler.confirm(appointment.id)
    to_come = [each for each in booked if each.during.start > now]
    site.scheduler.cancel(to_come[-1].id, reason="Is ill")
    absence = dt.datetime.combine(monday + 9 * DAY, dt.time(16), BERLIN)
    site.scheduler.add_time_off(host, TimeOff(Interval.of(absence, 60 * MINUTE), "Dentist"))
    return to_come

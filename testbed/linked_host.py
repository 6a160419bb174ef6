"""A host that is linked to a calendar, in memory, with all that goes to and fro between the two."""

import datetime as dt

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    HostId,
    Link,
    MemoryStorage,
    Schedule,
    Scheduler,
    SyncRow,
    SyncState,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.inbound import Inbound
from scheduling_core.relay import Relay
from scheduling_core.sync import Hint, Provider, SyncPolicy
from scheduling_core.testing import CountingIds, FakeCalendar, ManualClock

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + dt.timedelta(days=1, hours=9)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
POLICY = SyncPolicy()


class LinkedHost:
    """A host that is open all day, linked to a fake calendar, with a relay and an inbound between the two."""

    def __init__(self, calendar: FakeCalendar | None = None) -> None:
        self.clock = ManualClock(NOW)
        self.storage = MemoryStorage()
        self._ids = CountingIds()
        self.scheduler = Scheduler(self.storage, clock=self.clock, new_id=self._ids)
        self.use(calendar or FakeCalendar())
        all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
        self.scheduler.set_schedule(HOST, Schedule("UTC", all_day))
        policy = BookingPolicy(any_start=True)
        self.scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HOUR, 2 * HOUR), policy))
        self.scheduler.link(HOST, Link("fake"))

    def use(self, calendar: FakeCalendar) -> None:
        """Put another calendar in place of the one that is there."""
        self.calendar = calendar
        self.relay = self.another_relay()
        self.inbound = Inbound(self.storage, calendar, clock=self.clock, new_id=self._ids)

    def another_relay(self) -> Relay:
        """Return a relay, as a second process would have it."""
        return Relay(self.storage, self.calendar, clock=self.clock, chance=lambda: 1.0)

    def book(self, start: dt.datetime = NINE) -> Appointment:
        """Book an hour."""
        return self.scheduler.book(BookingRequest(HOST, VISIT, start, "Ann"))

    def book_there(self, start: dt.datetime = NINE) -> Appointment:
        """Book an hour, and bring it to the calendar."""
        booked = self.book(start)
        self.deliver()
        return booked

    def deliver(self) -> int:
        """Take steps until nothing is due, and return how many."""
        for number in range(100):
            if not self.relay.step():
                return number
        raise AssertionError("the relay never comes to rest")

    def uid(self, appointment: Appointment) -> str:
        """Return the uid of the booking for an appointment."""
        [booking] = self.calendar.active(appointment.id)
        return booking.uid

    def row(self, appointment: Appointment | None = None) -> SyncRow:
        """Return how far an appointment has come, or the only one there is."""
        rows = self.scheduler.sync_rows(HOST)
        [row] = [row for row in rows if appointment is None or row.appointment == appointment.id]
        return row

    def states(self) -> set[SyncState]:
        """Return the states of all rows."""
        return {row.state for row in self.scheduler.sync_rows(HOST)}

    def provider(self) -> Provider:
        """Return what the relays share."""
        return self.storage.read(lambda work: work.outbox.provider("fake"))

    def agrees(self, appointment: Appointment) -> bool:
        """Return whether both sides say the same, and the row says so."""
        there = [booking.during for booking in self.calendar.active(appointment.id)]
        wanted = [appointment.during] if appointment.holds_time else []
        return there == wanted and self.row(appointment).state is SyncState.SYNCED

    def hint(self, uid: str, digest: str = "d" * 64) -> bool:
        """Keep a hint, and return whether it is new."""
        hint = Hint(digest, "fake", "BOOKING_SOMETHING", uid, self.clock())
        return self.storage.transact(lambda work: work.outbox.keep_hint(hint, self.clock() - HOUR))

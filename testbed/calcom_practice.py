"""A practice whose appointments are kept in step with a fake Cal.com, for tests from end to end."""

import datetime as dt
import itertools
from typing import Any

from scheduling_calcom import (
    NO_RETRIES,
    PROVIDER,
    Account,
    AttendeePolicy,
    CalComCalendar,
    CalComClient,
    EventTypeChoice,
    Quota,
    calcom_link,
    check_secrets,
    read_hint,
    verify,
)
from scheduling_calcom.testing import KEY, FakeCalCom, ManualTime, connect
from scheduling_calcom.testing.records import FakeBooking
from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    Interval,
    MemoryStorage,
    Schedule,
    Scheduler,
    Status,
    SyncRow,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.inbound import Inbound
from scheduling_core.relay import Relay
from scheduling_core.sync import Hint, Provider, RemoteBooking
from scheduling_core.testing import CountingIds

HOST, VISIT = HostId("ada"), AppointmentTypeId("visit")
SHORT, LONG, EITHER = 2, 3, 4
"""The event types that the fake is furnished with."""

TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HALF_HOUR = dt.timedelta(minutes=30)
HOUR = dt.timedelta(hours=1)
NOW = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)
ID = AppointmentId("00000000-0000-7000-8000-000000000001")
ADDRESS = f"appt-{ID}@appointments.example"
MARK = {"sched_id": str(ID), "sched_inst": "ours"}
EVE = {"name": "Eve", "email": "eve@elsewhere.example", "timeZone": "UTC"}
SECRET = "a secret of the webhook, long enough"  # noqa: S105  Of a fake.


def appointment(start: dt.datetime = TEN, length: dt.timedelta = HALF_HOUR, **further: Any) -> Appointment:  # noqa: ANN401  Any fields.
    """An appointment of Ann's."""
    during = Interval.of(start, length)
    fields: dict[str, Any] = {
        "id": ID,
        "host": HostId("ada"),
        "type": AppointmentTypeId("visit"),
        "customer_name": "Ann",
        "during": during,
        "occupied": during,
        "status": Status.CONFIRMED,
        "version": 3,
        "timezone": "Europe/Berlin",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Appointment(**{**fields, **further})


def book(
    fake: FakeCalCom,
    start: dt.datetime = TEN,
    metadata: dict[str, Any] | None = None,
    email: str = ADDRESS,
) -> FakeBooking:
    """Book there, as anybody can."""
    return fake.world.book(fake.world.event_types[SHORT], start, {**EVE, "email": email}, metadata=metadata)


def known(booking: FakeBooking) -> RemoteBooking:
    """A booking as it was seen last."""
    return RemoteBooking(booking.uid, booking.interval, is_active=True, appointment=ID)


def uids(found: tuple[RemoteBooking, ...]) -> list[str]:
    """Who was found, in order."""
    return [booking.uid for booking in found]


class Practice:
    """A host whose appointments are kept in step with a fake Cal.com."""

    def __init__(
        self,
        fake: FakeCalCom,
        time: ManualTime,
        calendar_kind: type[CalComCalendar] = CalComCalendar,
    ) -> None:
        self.fake, self.time = fake, time
        self.key = KEY
        account = Account(
            lambda: self.key,
            "https://cal.example/v2",
            retry=NO_RETRIES,
            quota=Quota(100_000, 90_000, time.stopwatch),
            clock=time.clock,
            stopwatch=time.stopwatch,
        )
        self.client = CalComClient(account, transport=connect(fake, wait=time.advance), sleep=time.sleep)
        self.storage = MemoryStorage()
        ids = CountingIds()
        self.scheduler = Scheduler(self.storage, clock=time.clock, new_id=ids)
        self.calendar = calendar = calendar_kind(
            self.client,
            installation="practice",
            attendees=AttendeePolicy("appointments.example"),
            clock=time.clock,
        )
        self.relay = Relay(self.storage, calendar, clock=time.clock, chance=lambda: 0.5)
        self.inbound = Inbound(self.storage, calendar, clock=time.clock, new_id=ids)
        hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
        self.scheduler.set_schedule(HOST, Schedule("Europe/Berlin", hours))
        self.scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HALF_HOUR, HOUR)))
        self.scheduler.link(HOST, calcom_link(EventTypeChoice(SHORT), EventTypeChoice(LONG, HOUR)))
        check_secrets([SECRET])
        self.client.create_webhook(subscriber_url="https://here.example/hook", secret=SECRET)

    def book(self, start: dt.datetime = TEN, duration: dt.timedelta | None = None) -> Appointment:
        """Book a visit."""
        return self.scheduler.book(BookingRequest(HOST, VISIT, start, "Ann", duration))

    def deliver(self) -> int:
        """Let the relay go on until nothing is due, and return how many steps that took."""
        return next(steps for steps in itertools.count() if not self.relay.step())

    def booked(self, start: dt.datetime = TEN) -> tuple[Appointment, FakeBooking]:
        """Book a visit, bring it to Cal.com, and return it on either side."""
        appointment = self.book(start)
        self.deliver()
        return appointment, next(booking for booking in self.there if booking.interval.start == start)

    @property
    def there(self) -> list[FakeBooking]:
        """The active bookings."""
        return [item for item in self.fake.world.bookings.values() if item.status in {"accepted", "pending"}]

    @property
    def times(self) -> list[tuple[dt.datetime, dt.timedelta]]:
        """The starts and lengths of the active bookings, in order."""
        return sorted((item.interval.start, item.interval.duration) for item in self.there)

    @property
    def row(self) -> SyncRow:
        """How far the only appointment has come."""
        [row] = self.scheduler.sync_rows(HOST)
        return row

    @property
    def state(self) -> str:
        """The state of that."""
        return self.row.state.value

    @property
    def provider(self) -> Provider:
        """What is known of Cal.com."""
        return self.storage.read(lambda work: work.outbox.provider(PROVIDER))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time.advance(seconds)

    def hear(self) -> int:
        """Take what the webhook was called with, and follow it."""
        for delivery in self.fake.deliveries:
            if verify(delivery.body, delivery.headers["x-cal-signature-256"], [SECRET]):
                self.keep(read_hint(delivery.body, self.time.clock()))
        self.fake.deliveries.clear()
        return self.inbound.follow_hints()

    def keep(self, hint: Hint | None) -> None:
        """Keep a hint to be followed."""
        if hint is not None:
            self.storage.transact(lambda work: work.outbox.keep_hint(hint, self.time.clock()))

    @property
    def writes(self) -> int:
        """How many requests were to change something."""
        return sum(asked.method != "GET" for asked in self.fake.asked)

"""Keeping Cal.com in step, tried out against the fake server of the test kit.

What is booked here is brought there by a relay, once; what is moved there comes back by a sweep; and while
Cal.com is down, booking goes on and nothing is lost. With a key of yours and without the transport, the
adapter talks to Cal.com itself. Run it with `python cal_com.py`; it needs `pip install scheduling-calcom`.
"""

import datetime as dt

from scheduling_calcom import (
    NO_RETRIES,
    Account,
    ApiKey,
    AttendeePolicy,
    CalComCalendar,
    CalComClient,
    EventTypeChoice,
    calcom_link,
)
from scheduling_calcom.retry import draw_chance
from scheduling_calcom.testing import KEY, FakeCalCom, ManualTime, connect, faults
from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    MemoryStorage,
    Schedule,
    Scheduler,
    SyncState,
    TimeRange,
    WeeklyHours,
    system,
)
from scheduling_core.inbound import Inbound
from scheduling_core.relay import Relay

ANNA, CUT = HostId("anna"), AppointmentTypeId("cut")
HOUR = dt.timedelta(hours=1)
MONDAY = dt.datetime(2027, 3, 1, 10, tzinfo=dt.UTC)


def main() -> None:
    """Book here, move there, and book once more while Cal.com is down."""
    time = ManualTime(MONDAY - HOUR)  # So that nobody has to wait; a program of yours leaves the clocks out.
    fake = FakeCalCom(clock=time.clock).furnish()  # With event types, and office hours in Berlin.

    storage = MemoryStorage()
    scheduler = Scheduler(storage, clock=time.clock)
    hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
    scheduler.set_schedule(ANNA, Schedule("Europe/Berlin", hours))
    scheduler.add_type(ANNA, AppointmentType(CUT, "Haircut", [dt.timedelta(minutes=30)]))

    # The relay tries again by itself, when it has looked.
    account = Account(ApiKey(KEY), retry=NO_RETRIES, clock=time.clock, stopwatch=time.stopwatch)
    with CalComClient(account, transport=connect(fake), sleep=time.sleep) as client:
        [short] = [offered for offered in client.list_event_types() if offered.slug == "short"]
        scheduler.link(ANNA, calcom_link(EventTypeChoice(short.id)))
        calendar = CalComCalendar(
            client,
            installation="barber-main-street",  # Stays the same for good: bookings are ours by this mark.
            attendees=AttendeePolicy("appointments.example.org"),  # Customers' own addresses stay here.
            clock=time.clock,
        )
        relay = Relay(storage, calendar, clock=time.clock, chance=draw_chance)
        inbound = Inbound(storage, calendar, clock=time.clock, new_id=system.new_id)

        kim = scheduler.book(BookingRequest(ANNA, CUT, MONDAY, "Kim"))
        while relay.step():
            pass
        [there] = fake.world.bookings.values()
        print("booked there for", there.interval.start)

        fake.world.reschedule(there.uid, MONDAY + HOUR)  # As a customer does, by the link in a mail.
        inbound.sweep()
        print("moved here to   ", scheduler.get(kim.id).during.start)

        fake.faults = [faults.refuse(times=3)]
        lee = scheduler.book(BookingRequest(ANNA, CUT, MONDAY, "Lee"))  # Does not even notice.
        while {row.state for row in scheduler.sync_rows(ANNA)} != {SyncState.SYNCED}:
            relay.step()
            time.advance(10)
        print("after a while   ", [booking.interval.start for booking in fake.world.bookings.values()][-1])
        assert scheduler.upcoming(ANNA) == (lee, scheduler.get(kim.id))


if __name__ == "__main__":
    main()

"""A barber shop on SQLite: types with rules of their own, a closed day, an absence, moving and cancelling.

Run it with `python barber_shop.py [FILE]`; it needs `pip install "scheduling-core[sql]"`. What was booked is
still there the next time, unless the shop is in memory, which it is without a file.
"""

import contextlib
import datetime as dt
import sys
from zoneinfo import ZoneInfo

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRefused,
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
    local_time,
    system,
)
from scheduling_core.sql import SqlStorage

BERLIN = ZoneInfo("Europe/Berlin")
FIGARO, CUT, DYE = HostId("figaro"), AppointmentTypeId("cut"), AppointmentTypeId("dye")
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def open_shop(scheduler: Scheduler, closed: dt.date) -> None:
    """Set hours with a lunch break, and two types: cuts follow each other, dyeing needs to be cleaned up."""
    hours = WeeklyHours.on("tue-sat", TimeRange(dt.time(9), dt.time(12)), TimeRange(dt.time(13), dt.time(18)))
    scheduler.set_schedule(FIGARO, Schedule(BERLIN, hours, [DateOverride(closed)]))
    scheduler.add_type(FIGARO, AppointmentType(CUT, "Cut", [30 * MINUTE, 45 * MINUTE]))
    once_a_day = BookingPolicy(buffer_after=15 * MINUTE, limits=[Limit(Period.DAY, count=1)])
    scheduler.add_type(FIGARO, AppointmentType(DYE, "Dye", [90 * MINUTE], once_a_day))


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return the instant at which the clock in the shop shows this."""
    return local_time.to_utc(day, dt.time(hour, minute), BERLIN)


def next_tuesday() -> dt.date:
    """Return the Tuesday of next week."""
    today = local_time.to_local(system.read_clock(), BERLIN).date()
    return today + (8 - today.weekday()) * DAY


def why_not(scheduler: Scheduler, type: AppointmentTypeId, start: dt.datetime) -> list[str]:
    """Return the codes of all that speaks against a start."""
    return [reason.code for reason in scheduler.explain(FIGARO, type, start)]


def main(url: str, tuesday: dt.date) -> None:
    """Spend a week in the shop."""
    wednesday, thursday = tuesday + DAY, tuesday + 2 * DAY
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        storage.migrate()
        scheduler = Scheduler(storage)
        open_shop(scheduler, closed=wednesday)

        dye = scheduler.book(BookingRequest(FIGARO, DYE, at(tuesday, 9), customer_name="Rosina"))
        print("booked ", local_time.to_local(dye.during.start, BERLIN))

        # Until 10:30 she is there, and until 10:45 the basin is cleaned.
        assert why_not(scheduler, CUT, at(tuesday, 10, 30)) == ["overlap"]
        assert why_not(scheduler, CUT, at(tuesday, 10, 45)) == []
        assert why_not(scheduler, DYE, at(tuesday, 15)) == ["limit_reached"]
        assert why_not(scheduler, CUT, at(wednesday, 9)) == ["outside_hours"]
        assert why_not(scheduler, CUT, at(thursday, 12, 15)) == ["outside_hours"]  # Lunch.

        dentist = TimeOff(Interval(at(thursday, 9), at(thursday, 11)), "dentist")
        scheduler.add_time_off(FIGARO, dentist)
        try:
            scheduler.reschedule(dye.id, at(thursday, 10))
        except BookingRefused as refused:
            print("refused", [reason.code for reason in refused.reasons])
        [nearest] = scheduler.suggest(FIGARO, DYE, at(thursday, 10), moving=dye.id, count=1)
        assert nearest == at(thursday, 13)

        moved = scheduler.reschedule(dye.id, nearest)
        print("moved  ", local_time.to_local(moved.during.start, BERLIN))
        scheduler.cancel(dye.id, reason="likes it grey", by="customer")
        assert [entry.change.kind for entry in scheduler.history(dye.id)] == [
            "booked",
            "rescheduled",
            "cancelled",
        ]
        assert scheduler.upcoming(FIGARO) == ()


if __name__ == "__main__":
    file = sys.argv[1] if len(sys.argv) > 1 else ""
    main(f"sqlite:///{file}", next_tuesday())

"""Booking in ten lines, in memory: hours, a slot, an appointment, and a refusal with its reason.

Run it with `python in_memory.py`; it needs `pip install scheduling-core`.
"""

import datetime as dt

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    HostId,
    MemoryStorage,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)

scheduler, anna, cut = Scheduler(MemoryStorage()), HostId("anna"), AppointmentTypeId("cut")
hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
scheduler.set_schedule(anna, Schedule("Europe/Berlin", hours))
scheduler.add_type(anna, AppointmentType(cut, "Haircut"))
start = scheduler.next_slot(anna, cut)
assert start is not None
print("booked:", scheduler.book(BookingRequest(anna, cut, start, "Kim")).during)
try:
    scheduler.book(BookingRequest(anna, cut, start, "Lee"))
except BookingRefused as refused:
    # Told as far as a day to both sides of the start that was wanted.
    print(refused, "- and so is every start in", refused.reasons[0].starts)

"""Between the minutes of the list and the values of the library."""

import datetime as dt

from scheduling_core.appointment_types import AppointmentType, BookingPolicy
from scheduling_core.appointments import Appointment
from scheduling_core.ids import AppointmentTypeId
from scheduling_core.intervals import Interval
from scheduling_core.schedules import Schedule, TimeRange, WeeklyHours
from scheduling_core.testing.contracts.model import BUFFERS, Line
from scheduling_core.testing.contracts.values import DAY, HOUR, MINUTE, NOW

_MIDNIGHT = NOW + DAY


def to_type(id: str) -> AppointmentType:
    """Return the type of that id."""
    before, after = BUFFERS[id]
    policy = BookingPolicy(buffer_before=before * MINUTE, buffer_after=after * MINUTE, any_start=True)
    return AppointmentType(AppointmentTypeId(id), id.title(), (HOUR, HOUR / 2), policy)


def to_schedule(hours: list[tuple[int, int]]) -> Schedule:
    """Return the schedule that is open at *hours* every day."""
    ranges = (TimeRange(_clock(opens), _clock(closes)) for opens, closes in hours)
    return Schedule("UTC", WeeklyHours.on("mon-sun", *ranges))


def _clock(minute: int) -> dt.time:
    return (_MIDNIGHT + minute * MINUTE).time()


def to_instant(minute: int) -> dt.datetime:
    """Return the instant of a minute."""
    return _MIDNIGHT + minute * MINUTE


def to_interval(start: int, end: int) -> Interval:
    """Return the interval between two minutes."""
    return Interval(to_instant(start), to_instant(end))


def to_minutes(during: Interval) -> tuple[int, int]:
    """Return the minutes between which *during* is."""
    return (during.start - _MIDNIGHT) // MINUTE, (during.end - _MIDNIGHT) // MINUTE


def to_line(appointment: Appointment) -> Line:
    """Return what the list should say of *appointment*."""
    start, end = to_minutes(appointment.during)
    return Line(
        appointment.id,
        (appointment.type, start, end - start),
        appointment.customer_name,
        appointment.status.value,
        appointment.version,
    )

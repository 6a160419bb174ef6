"""What the examples of the kit are made of."""

import datetime as dt
from typing import Any

from scheduling_core.appointment_types import AppointmentType, BookingPolicy
from scheduling_core.appointments import Appointment, BookingRequest, Status
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import EARLIEST, LATEST, TICK, Interval
from scheduling_core.local_time import find_zone
from scheduling_core.schedules import Schedule, TimeRange, WeeklyHours

MINUTE = dt.timedelta(minutes=1)
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + DAY + 9 * HOUR
WEEK = Interval.of(NOW, 7 * DAY)
ALWAYS = Interval(EARLIEST, LATEST - TICK)
BERLIN = find_zone("Europe/Berlin")
ALL_DAY = Schedule("UTC", WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0))))

VISIT, CALL = AppointmentTypeId("visit"), AppointmentTypeId("call")
BUFFER = 10 * MINUTE
_LENGTHS = (HOUR, 30 * MINUTE, 90 * MINUTE, 2 * HOUR)
VISITS = (
    AppointmentType(VISIT, "Visit", _LENGTHS, BookingPolicy(any_start=True)),
    AppointmentType(CALL, "Call", _LENGTHS, BookingPolicy(any_start=True, buffer_after=BUFFER)),
)


def appointment(host: HostId, id: str, start: dt.datetime = NINE, **fields: Any) -> Appointment:  # noqa: ANN401  Whatever an appointment has.
    """Return a confirmed appointment of an hour without buffers, but for *fields*."""
    during = fields.pop("during", Interval.of(start, HOUR))
    known = {
        "type": VISIT,
        "customer_name": "Ada",
        "occupied": during,
        "status": Status.CONFIRMED,
        "version": 1,
        "timezone": BERLIN,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Appointment(id=AppointmentId(id), host=host, during=during, **(known | fields))


def request(host: HostId, start: dt.datetime = NINE, **fields: Any) -> BookingRequest:  # noqa: ANN401  As above.
    """Return a request for a visit, but for *fields*."""
    known = {"type": VISIT, "customer_name": "Ada"}
    return BookingRequest(host=host, start=start, **(known | fields))

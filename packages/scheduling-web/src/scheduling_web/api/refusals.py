"""What is answered where the rules refuse a start: their reasons, and what could be had instead."""

import datetime as dt

from scheduling_core import (
    AppointmentId,
    AppointmentTypeId,
    BookingRefused,
    HostId,
    Questions,
    Scheduler,
)
from scheduling_web.api.errors import Refused
from scheduling_web.api.times import to_slot


def offer(
    scheduler: Scheduler,
    refusal: BookingRefused,
    *,
    host: HostId,
    type: AppointmentTypeId,
    start: dt.datetime,
    duration: dt.timedelta,
    moving: AppointmentId | None = None,
) -> Refused:
    """Return the refusal together with the nearest slots, which the same rules have found bookable."""

    def ask(asked: Questions) -> Refused:
        zone = asked.schedule(host).timezone
        starts = asked.suggest(host, type, start, duration=duration, moving=moving)
        return Refused(refusal, [to_slot(start, duration, zone) for start in starts], zone)

    return scheduler.snapshot(ask)

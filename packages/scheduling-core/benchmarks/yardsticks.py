"""What the same answers cost without rules, reasons or checked values: the bare work, by hand.

The yardsticks know what the benchmark asks for and nothing else: one duration, a ladder, weekly hours without
overrides, notice and busy time; no buffers, limits, time off or horizon, and no answer to why.
"""

import bisect
import datetime as dt
import itertools
import operator

import attrs

from scheduling_core import (
    Agenda,
    Appointment,
    AppointmentId,
    Booked,
    BookingRequest,
    Interval,
    Status,
)
from scheduling_core.local_time import segments

_DAY = dt.timedelta(days=1)
_MIDNIGHT = dt.time(0)
_NONE = dt.timedelta(0)


def sweep(  # noqa: C901  One pass is one loop; cut into functions it would be a slower yardstick.
    agenda: Agenda, duration: dt.timedelta, step: dt.timedelta, now: dt.datetime
) -> list[dt.datetime]:
    """Return the free starts of the agenda's window by one pass over merged busy time.

    Instants that share one zone object compare as fast as integers, so nothing is converted.
    """
    claims = [(item.during.start, item.during.end) for item in agenda.external_busy]
    claims += [(item.occupied.start, item.occupied.end) for item in agenda.appointments]
    claims.sort()
    busy: list[tuple[dt.datetime, dt.datetime]] = []
    for claim in claims:
        if busy and claim[0] <= busy[-1][1]:
            if claim[1] > busy[-1][1]:
                busy[-1] = busy[-1][0], claim[1]
        else:
            busy.append(claim)

    hours = [
        [(_of_day(item.start), _of_day(item.end) or _DAY) for item in agenda.schedule.weekly.of_weekday(day)]
        for day in range(7)
    ]
    low, high = max(agenda.window.start, now), agenda.window.end
    starts: list[dt.datetime] = []
    seen = 0
    for piece_start, piece_end, offset in segments(low, high, agenda.schedule.timezone):
        midnight = (piece_start + offset).replace(hour=0, minute=0, second=0, microsecond=0) - offset
        while midnight < piece_end:
            for opens, closes in hours[(midnight + offset).weekday()]:
                rung, closing = midnight + opens, midnight + closes
                if rung < low:
                    rung += -((rung - low) // step) * step
                while rung < high and rung < closing:
                    while seen < len(busy) and busy[seen][1] <= rung:
                        seen += 1
                    blocked = seen < len(busy) and busy[seen][0] < closing
                    room = (busy[seen][0] if blocked else closing) - rung - duration
                    if room >= _NONE:
                        free = room // step + 1
                        starts += itertools.accumulate(
                            itertools.repeat(step, free - 1), operator.add, initial=rung
                        )
                    if not blocked:
                        break
                    rung += -((rung - busy[seen][1]) // step) * step
            midnight += _DAY
    return starts


@attrs.frozen
class Index:
    """Starts and ends of an agenda's claims, sorted: what a check by hand would keep."""

    starts: list[dt.datetime]
    ends: list[dt.datetime]


def index(agenda: Agenda) -> Index:
    """Return the index of the agenda's appointments."""
    ordered = sorted((item.occupied.start, item.occupied.end) for item in agenda.appointments)
    return Index([start for start, _ in ordered], [end for _, end in ordered])


def check(
    index: Index, agenda: Agenda, start: dt.datetime, duration: dt.timedelta, now: dt.datetime
) -> tuple[str, ...]:
    """Return the codes against one start: two bisections, the hours of its day, and the notice."""
    reasons: list[str] = []
    end = start + duration
    local, local_end = start.astimezone(agenda.schedule.timezone), end.astimezone(agenda.schedule.timezone)
    opened = agenda.schedule.hours_on(local.date())
    if not any(
        hours.start <= local.time() and (hours.end == _MIDNIGHT or local_end.time() <= hours.end)
        for hours in opened
    ):
        reasons.append("outside_hours")
    if bisect.bisect_left(index.starts, end) > bisect.bisect_right(index.ends, start):
        reasons.append("overlap")
    if start < now:
        reasons.append("too_soon")
    return tuple(reasons)


def book(
    index: Index, agenda: Agenda, request: BookingRequest, duration: dt.timedelta, now: dt.datetime
) -> Booked:
    """Return the same change as `decisions.book`, after a check by hand."""
    if check(index, agenda, request.start, duration, now):
        raise ValueError(request.start)
    during = Interval(request.start, request.start + duration)
    appointment = Appointment(
        id=AppointmentId("id"),
        host=request.host,
        type=request.type,
        customer_name=request.customer_name,
        during=during,
        occupied=during,
        status=Status.CONFIRMED,
        version=1,
        timezone=agenda.schedule.timezone,
        created_at=now,
        updated_at=now,
    )
    return Booked(appointment)


def shift(appointment: Appointment, id: AppointmentId, start: dt.datetime) -> Appointment:
    """Return a copy of *appointment* that starts at *start*."""
    during = Interval.of(start, appointment.during.duration)
    return attrs.evolve(appointment, id=id, during=during, occupied=during)


def _of_day(at: dt.time) -> dt.timedelta:
    return dt.timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)

"""Why a start is refused: one small class for each rule, in the order in which they are given.

Every reason has a stable *code*, and *starts*: the interval of starts, around the one in question, that
its cause rules out, clipped to the window of the agenda. Where `starts.end` lies before the end of that
window, it is the first start that is free of this reason; at the end of the window it is merely as far as
was looked. A scheduler looks a day to both sides. Starts are ruled out up to a neighbour that is free, so
an interval may begin one microsecond after a free start.
"""

import datetime as dt
from typing import ClassVar

import attrs

from scheduling_core.agenda import BusyInterval, TimeOff
from scheduling_core.appointment_types import Limit
from scheduling_core.errors import SchedulingError
from scheduling_core.ids import AppointmentId
from scheduling_core.intervals import Interval


@attrs.frozen
class OutsideHours:
    """The appointment would not lie wholly inside open time."""

    code: ClassVar = "outside_hours"
    starts: Interval


@attrs.frozen
class DuringTimeOff:
    """The appointment itself, without its buffers, would overlap *time_off*."""

    code: ClassVar = "time_off"
    starts: Interval
    time_off: TimeOff


@attrs.frozen
class Overlaps:
    """The occupied interval would overlap that of another appointment, which holds *occupied*."""

    code: ClassVar = "overlap"
    starts: Interval
    appointment: AppointmentId
    occupied: Interval


@attrs.frozen
class ExternallyBusy:
    """The occupied interval would overlap a *busy* interval of another calendar."""

    code: ClassVar = "external_busy"
    starts: Interval
    busy: BusyInterval


@attrs.frozen
class TooSoon:
    """The start, or in a move the old start, is before *earliest*: now and the minimum notice."""

    code: ClassVar = "too_soon"
    starts: Interval
    earliest: dt.datetime


@attrs.frozen
class BeyondHorizon:
    """The start's local date is after *last_day*, the last within the horizon."""

    code: ClassVar = "beyond_horizon"
    starts: Interval
    last_day: dt.date


@attrs.frozen
class LimitReached:
    """The appointment would pass *limit* in the period from *first_day* to before *until_day*.

    *count* and *total* are what the host's appointments of the type come to there already.
    """

    code: ClassVar = "limit_reached"
    starts: Interval
    limit: Limit
    first_day: dt.date
    until_day: dt.date
    count: int
    total: dt.timedelta


@attrs.frozen
class OffGrid:
    """The start lies between two rungs of the ladder of its window; *before* is the rung below it.

    *after* is the next rung, or None where the window ends first.
    """

    code: ClassVar = "off_grid"
    starts: Interval
    before: dt.datetime
    after: dt.datetime | None


@attrs.frozen
class WrongDuration:
    """The type does not allow *duration*, whatever the start."""

    code: ClassVar = "wrong_duration"
    starts: Interval
    duration: dt.timedelta


Reason = (
    OutsideHours
    | DuringTimeOff
    | Overlaps
    | ExternallyBusy
    | TooSoon
    | BeyondHorizon
    | LimitReached
    | OffGrid
    | WrongDuration
)


@attrs.define(eq=False)
class BookingRefused(SchedulingError):
    """The rules refuse the start; *reasons* are all of them, in the order of this module."""

    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        return "refused: " + ", ".join(reason.code for reason in self.reasons)

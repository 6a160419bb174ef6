"""What the rules of opening and booking mean, said as plainly and slowly as they can be.

Nothing here asks the library how it computes. Open time is found by walking along the minutes in UTC and
looking at the clock on the wall at each, never back from a local time, where the trouble with daylight
saving begins. The rules of booking are one predicate each, about one start. Hours and clock changes must
lie on whole minutes.
"""

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import attrs

from scheduling_core import Agenda, Appointment, AppointmentType, Interval, Limit, Period, Schedule, Status

MINUTE = dt.timedelta(minutes=1)
ONE_DAY = dt.timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLDING = (Status.PENDING, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW)


def is_open(schedule: Schedule, instant: dt.datetime) -> bool:
    """Say whether the instant's own clock reading is covered by a rule of its own local date."""
    return open_date(schedule, instant) is not None


def open_date(schedule: Schedule, instant: dt.datetime) -> dt.date | None:
    """Return the local date of an instant that is open, None of one that is closed."""
    reading = instant.astimezone(schedule.timezone)
    day, at = reading.date(), reading.time()
    hours = getattr(schedule.weekly, WEEKDAYS[day.weekday()])
    for override in schedule.overrides:
        if override.day == day:
            hours = override.hours
    covered = any(each.start <= at and (each.end == dt.time(0) or at < each.end) for each in hours)
    return day if covered else None


def minutes_of(interval: Interval) -> Iterator[dt.datetime]:
    """Yield the beginning of every minute that has a part in the interval."""
    minute = floor(interval.start)
    while minute < interval.end:
        yield minute
        minute += MINUTE


def floor(instant: dt.datetime) -> dt.datetime:
    """Return the beginning of the instant's minute."""
    return instant.replace(second=0, microsecond=0)


def open_intervals(schedule: Schedule, window: Interval) -> tuple[Interval, ...]:
    """Return the open time in a window of whole minutes, in one piece wherever it goes on."""
    found: list[Interval] = []
    for minute in minutes_of(window):
        if is_open(schedule, minute):
            start = found.pop().start if found and found[-1].end == minute else minute
            found.append(Interval(start, minute + MINUTE))
    return tuple(found)


class OpenMinutes:
    """The open minutes of a schedule, remembered once they have been looked at."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._dates: dict[dt.datetime, dt.date | None] = {}
        self._starts: dict[dt.datetime, dt.datetime] = {}

    def date(self, minute: dt.datetime) -> dt.date | None:
        """Return the local date of a whole minute that is open, None for one that is closed."""
        if minute not in self._dates:
            self._dates[minute] = open_date(self._schedule, minute)
        return self._dates[minute]

    def window_start(self, minute: dt.datetime) -> dt.datetime:
        """Return where the run of open minutes of one local date begins that holds this open minute."""
        first = minute
        while first not in self._starts and self.date(first - MINUTE) == self.date(minute):
            first -= MINUTE
        self._starts[minute] = self._starts.get(first, first)
        return self._starts[minute]

    def windows(self, span: Interval) -> list[Interval]:
        """Return the runs of open minutes of one local date, cut off at the ends of the span."""
        runs: dict[dt.datetime, list[dt.datetime]] = {}
        for minute in minutes_of(span):
            if self.date(minute) is not None:
                runs.setdefault(self.window_start(minute), []).append(minute)
        return [Interval(run[0], run[-1] + MINUTE) for run in runs.values()]


@attrs.frozen
class Question:
    """May an appointment of the type and duration, or the one that is moved, begin here or there."""

    agenda: Agenda
    type: AppointmentType
    now: dt.datetime
    duration: dt.timedelta | None = None
    moving: Appointment | None = None

    @functools.cached_property
    def open(self) -> OpenMinutes:
        """When the host is open."""
        return OpenMinutes(self.agenda.schedule)

    def causes(self, start: dt.datetime) -> list[tuple[str, object]]:
        """Return the code and the blocking thing of all that is against a start, rule by rule."""
        return [(code, thing) for code, rule in RULES.items() for thing in rule(self, start)]

    def is_rung(self, start: dt.datetime) -> bool:
        """Say whether a start in open time is some slot intervals after the start of its window."""
        return not (start - self.open.window_start(floor(start))) % self.type.policy.slot_interval

    def rungs(self) -> list[dt.datetime]:
        """Return the starts in the agenda's window that stand on the ladder of open time."""
        window = self.agenda.window
        inside = [minute for minute in minutes_of(window) if minute >= window.start]
        return [minute for minute in inside if self.open.date(minute) and self.is_rung(minute)]

    def slots(self) -> list[dt.datetime]:
        """Return the rungs that nothing is against."""
        return [start for start in self.rungs() if not self.causes(start)]

    @property
    def zone(self) -> ZoneInfo:
        """The host's zone."""
        return self.agenda.schedule.timezone

    @property
    def length(self) -> dt.timedelta:
        """The duration that is meant."""
        if self.duration is not None:
            return self.duration
        if self.moving is not None:
            return self.moving.during.end - self.moving.during.start
        return self.type.durations[0] if self.type.duration_range is None else self.type.duration_range[0]

    @property
    def standing(self) -> list[Appointment]:
        """The appointments that hold time, without the one that is moved."""
        moved = None if self.moving is None else self.moving.id
        return [each for each in self.agenda.appointments if each.status in HOLDING and each.id != moved]

    def occupied(self, start: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Return the time that the appointment would take, with its buffers."""
        policy = self.type.policy
        return start - policy.buffer_before, start + self.length + policy.buffer_after


def outside_hours(question: Question, start: dt.datetime) -> list[object]:
    """Some part of the appointment's own time is not open."""
    own = Interval(start, start + question.length)
    return [] if all(question.open.date(minute) for minute in minutes_of(own)) else [None]


def time_off(question: Question, start: dt.datetime) -> list[object]:
    """The appointment's own time, without buffers, overlaps time off."""
    end = start + question.length
    return [off for off in question.agenda.time_off if start < off.during.end and off.during.start < end]


def overlap(question: Question, start: dt.datetime) -> list[object]:
    """The occupied intervals overlap, each with its own buffers."""
    low, high = question.occupied(start)
    return [each.id for each in question.standing if low < each.occupied.end and each.occupied.start < high]


def external_busy(question: Question, start: dt.datetime) -> list[object]:
    """The occupied interval overlaps a busy interval, which has no buffers."""
    low, high = question.occupied(start)
    return [
        busy for busy in question.agenda.external_busy if low < busy.during.end and busy.during.start < high
    ]


def too_soon(question: Question, start: dt.datetime) -> list[object]:
    """The start, or in a move the old start, is before now and the notice."""
    earliest = question.now + question.type.policy.minimum_notice
    starts = [start] if question.moving is None else [start, question.moving.during.start]
    return [earliest] if min(starts) < earliest else []


def beyond_horizon(question: Question, start: dt.datetime) -> list[object]:
    """The local date is after today and the days of the horizon."""
    today = question.now.astimezone(question.zone).date()
    last = today + question.type.policy.horizon_days * ONE_DAY
    return [last] if start.astimezone(question.zone).date() > last else []


def limit_reached(question: Question, start: dt.datetime) -> list[object]:
    """With it, the appointments of the type that start in the same period are too many, or too long."""
    return [limit for limit in question.type.policy.limits if _passes(question, start, limit)]


def _passes(question: Question, start: dt.datetime, limit: Limit) -> bool:
    def period(instant: dt.datetime) -> object:
        return period_of(instant.astimezone(question.zone).date(), limit.period, question.type)

    counted = [
        each.during.end - each.during.start
        for each in question.standing
        if each.type == question.type.id and period(each.during.start) == period(start)
    ]
    if limit.count is not None:
        return len(counted) + 1 > limit.count
    return limit.total is not None and sum(counted, question.length) > limit.total


def period_of(day: dt.date, period: Period, type: AppointmentType) -> object:
    """Return what all dates of one period have in common."""
    if period is Period.DAY:
        return day
    if period is Period.WEEK:
        return day - (day.weekday() - type.policy.week_start) % 7 * ONE_DAY
    return (day.year, day.month) if period is Period.MONTH else day.year


def off_grid(question: Question, start: dt.datetime) -> list[object]:
    """The start lies inside a window, between two rungs of its ladder."""
    inside = question.open.date(floor(start)) is not None
    return [None] if inside and not question.type.policy.any_start and not question.is_rung(start) else []


def wrong_duration(question: Question, _: dt.datetime) -> list[object]:
    """The type does not list the duration; an appointment that is moved may keep its own."""
    if question.moving is not None and question.duration is None:
        return []
    allowed = list(question.type.durations)
    if question.type.duration_range is not None:
        shortest, longest, step = question.type.duration_range
        allowed = [shortest + count * step for count in range((longest - shortest) // step + 1)]
    return [] if question.length in allowed else [question.length]


RULES: dict[str, Callable[[Question, dt.datetime], list[object]]] = {
    "outside_hours": outside_hours,
    "time_off": time_off,
    "overlap": overlap,
    "external_busy": external_busy,
    "too_soon": too_soon,
    "beyond_horizon": beyond_horizon,
    "limit_reached": limit_reached,
    "off_grid": off_grid,
    "wrong_duration": wrong_duration,
}
"""Every rule under its reason code, in the order in which reasons are given."""

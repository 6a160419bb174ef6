"""Every rule of booking, once, as the starts it forbids.

A rule looks at a `Question` and yields `(first, until, cause)`: a half-open interval of starts that it
rules out, and what rules them out. It yields every interval that holds one of the starts asked about, as
far as the agenda's window reaches, and may yield more. All else follows from this: the slots are the rungs
of the ladder that lie in no such interval, a refusal gives a reason for each that holds the start.
"""

import datetime as dt
import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from scheduling_core.appointment_types import AppointmentType, Period
from scheduling_core.appointments import Appointment
from scheduling_core.intervals import TICK, Interval, Span, glue
from scheduling_core.local_time import DAY, dates_of, local_date, spans_of_days
from scheduling_core.questions import Question
from scheduling_core.reasons import (
    BeyondHorizon,
    DuringTimeOff,
    ExternallyBusy,
    LimitReached,
    OffGrid,
    OutsideHours,
    Overlaps,
    Reason,
    TooSoon,
    WrongDuration,
)

NONE = dt.timedelta(0)

MakeReason = Callable[[Interval], Reason]
Forbidden = tuple[dt.datetime, dt.datetime, MakeReason | None]
"""First and until of the starts ruled out, and the cause: what makes the reason, once it is known which
starts it speaks of. Claims that were glued have no single cause."""


def outside_hours(question: Question) -> Iterable[Forbidden]:
    """Forbid the starts from which the duration does not lie wholly inside open time."""
    low, high = question.first, question.until
    gaps = _closed(question, low, high, question.windows)
    window = question.agenda.window
    reach = DAY
    # A gap that leaves the starts in question is followed, further and further, to where it ends.
    while gaps and (gaps[0][0] == low > window.start or gaps[-1][1] == high < window.end):
        low = max(window.start, question.first - reach)
        high = min(window.end, question.until + reach)
        windows = question.agenda.schedule.windows(low, high + question.duration)
        gaps = [
            gap
            for gap in _closed(question, low, high, windows)
            if gap[0] < question.until and question.first < gap[1]
        ]
        reach *= 4
    return [(first, until, OutsideHours) for first, until in gaps]


def _closed(question: Question, low: dt.datetime, high: dt.datetime, windows: list[Span]) -> list[Span]:
    gaps: list[Span] = []
    closed_from = low
    for start, end in glue(windows):
        too_late = end - question.duration + TICK
        if too_late <= start or too_late <= low:
            continue
        if start >= high:
            break
        if closed_from < start:
            gaps.append((closed_from, start))
        closed_from = too_late
    if closed_from < high:
        gaps.append((closed_from, high))
    return gaps


def time_off(question: Question) -> Iterable[Forbidden]:
    """Forbid the starts at which the appointment itself, without buffers, overlaps time off."""
    for first, until, cause in question.claimed(question.agenda.absent, NONE, NONE):
        yield first, until, None if cause is None else functools.partial(DuringTimeOff, time_off=cause)


def overlap(question: Question) -> Iterable[Forbidden]:
    """Forbid the starts at which the occupied interval overlaps that of an appointment.

    Both sides' buffers count, so between two appointments there is the first one's buffer after and the
    second one's buffer before.
    """
    policy = question.type.policy
    occupied = question.agenda.occupied
    for first, until, cause in question.claimed(occupied, policy.buffer_before, policy.buffer_after):
        reason = None
        if cause is not None:
            reason = functools.partial(Overlaps, appointment=cause.id, occupied=cause.occupied)
        yield first, until, reason


def external_busy(question: Question) -> Iterable[Forbidden]:
    """Forbid the starts at which the occupied interval overlaps a busy interval."""
    policy = question.type.policy
    busy = question.agenda.busy
    for first, until, cause in question.claimed(busy, policy.buffer_before, policy.buffer_after):
        yield first, until, None if cause is None else functools.partial(ExternallyBusy, busy=cause)


def too_soon(question: Question) -> Iterable[Forbidden]:
    """Forbid the starts before now and the minimum notice, and every start if the old one is."""
    window = question.agenda.window
    earliest = question.now + question.type.policy.minimum_notice
    moving = question.moving
    until = window.end if moving is not None and moving.during.start < earliest else earliest
    if question.first >= until:
        return ()
    return ((window.start, until, functools.partial(TooSoon, earliest=earliest)),)


def beyond_horizon(question: Question) -> Iterable[Forbidden]:
    """Forbid the starts whose local date is more than the horizon's days after today's."""
    days = question.type.policy.horizon_days
    # Clocks can change by less than two days, so what is near enough need not be looked at closely.
    if question.until - question.now <= dt.timedelta(days - 2):
        return ()
    zone = question.agenda.schedule.timezone
    last_day = local_date(question.now, zone) + dt.timedelta(days)
    # A local date is at most a day ahead of the date in UTC.
    last_asked = question.agenda.window.end.date() + DAY
    if last_asked <= last_day:
        return ()
    reason = functools.partial(BeyondHorizon, last_day=last_day)
    return [(first, until, reason) for first, until in spans_of_days(last_day + DAY, last_asked + DAY, zone)]


def limit_reached(question: Question) -> Iterable[Forbidden]:
    """Forbid the starts in each local period in which the appointment would pass a limit.

    What counts are the appointments of the type that hold time, each whole where it starts. A duration
    above a limit's minutes passes it in every period.
    """
    limits = question.type.policy.limits
    if not limits:
        return
    zone = question.agenda.schedule.timezone
    tally = question.agenda.tally(question.type.id)
    moving = None if question.moving is None else question.agenda.holding.get(question.moving.id)
    asked, week_start = (question.first, question.until), question.type.policy.week_start
    for limit in limits:
        for first_day, until_day in _periods(asked, zone, limit.period, week_start):
            spans = spans_of_days(first_day, until_day, zone)
            count, total = 0, NONE
            for span in spans:
                more, longer = tally.between(*span)
                count, total = count + more, total + longer
            if moving is not None and _counts(moving, question.type, spans):
                count, total = count - 1, total - moving.during.duration
            too_many = limit.count is not None and count >= limit.count
            if too_many or (limit.total is not None and total + question.duration > limit.total):
                reason = functools.partial(
                    LimitReached,
                    limit=limit,
                    first_day=first_day,
                    until_day=until_day,
                    count=count,
                    total=total,
                )
                if limit.total is not None and question.duration > limit.total:
                    window = question.agenda.window
                    yield window.start, window.end, reason
                    break
                yield from ((first, until, reason) for first, until in spans)


def _counts(moving: Appointment, type: AppointmentType, spans: Iterable[Span]) -> bool:
    return moving.type == type.id and any(first <= moving.during.start < until for first, until in spans)


def counted_span(
    type: AppointmentType,
    span: Span,
    zone: ZoneInfo,
) -> Span | None:
    """Return what an agenda that answers for *span* must know for the limits of *type*: whole periods."""
    spans = [
        piece
        for limit in type.policy.limits
        for first, until in _periods(span, zone, limit.period, type.policy.week_start)
        for piece in spans_of_days(first, until, zone)
    ]
    return (min(spans)[0], max(end for _, end in spans)) if spans else None


def _periods(
    span: Span, zone: ZoneInfo, period: Period, week_start: int
) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield first day and day after the last of each local period that *span* touches."""
    first, last = dates_of(span, zone)
    if period is Period.WEEK:
        first -= (first.weekday() - week_start) % 7 * DAY
    elif period is Period.MONTH:
        first = first.replace(day=1)
    elif period is Period.YEAR:
        first = first.replace(month=1, day=1)
    while first <= last:
        if period is Period.DAY:
            until = first + DAY
        elif period is Period.WEEK:
            until = first + 7 * DAY
        elif period is Period.MONTH:
            until = (first + 31 * DAY).replace(day=1)
        else:
            until = first.replace(year=first.year + 1)
        yield first, until
        first = until


def off_grid(question: Question) -> Iterable[Forbidden]:
    """Forbid the starts inside a window that are not on its ladder."""
    if question.type.policy.any_start:
        return
    step = question.type.policy.slot_interval
    for start, end in question.windows:
        rung = start if question.first <= start else start + (question.first - start) // step * step
        while rung < end and rung < question.until:
            above = rung + step
            after = above if above < end else None
            yield rung + TICK, min(above, end), functools.partial(OffGrid, before=rung, after=after)
            rung = above


def rungs(window: Span, step: dt.timedelta, low: dt.datetime, high: dt.datetime) -> list[dt.datetime]:
    """Return the ladder of *window* from *low* to before *high*: every *step*, in elapsed time."""
    start, end = window
    first = -((start - low) // step) if low > start else 0
    until = -((start - min(high, end)) // step)
    if first >= until:
        return []
    bottom = start + step * first
    return list(itertools.accumulate(itertools.repeat(step, until - first - 1), operator.add, initial=bottom))


def wrong_duration(question: Question) -> Iterable[Forbidden]:
    """Forbid every start if the type does not allow the duration; a move may keep the one it has."""
    if question.keeps_duration or question.type.allows(question.duration):
        return ()
    window = question.agenda.window
    return ((window.start, window.end, functools.partial(WrongDuration, duration=question.duration)),)


RULES: tuple[Callable[[Question], Iterable[Forbidden]], ...] = (
    outside_hours,
    time_off,
    overlap,
    external_busy,
    too_soon,
    beyond_horizon,
    limit_reached,
    off_grid,
    wrong_duration,
)
"""Every rule, in the order in which reasons are given."""

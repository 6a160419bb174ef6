"""What can be booked when, and why not: three ways to ask the rules.

`find_slots` offers exactly the rungs of the ladder that no rule forbids, and `explain` gives a reason for
every rule that forbids a start. Both only ask `rules`, so what is offered is what is accepted.
"""

import datetime as dt
import itertools
from collections.abc import Iterator

from scheduling_core.agenda import Agenda
from scheduling_core.appointment_types import AppointmentType, check_count
from scheduling_core.appointments import Appointment
from scheduling_core.errors import InvalidValue
from scheduling_core.intervals import TICK, Interval, cut, glue, to_instant
from scheduling_core.local_time import DAY
from scheduling_core.questions import Question
from scheduling_core.reasons import Reason
from scheduling_core.rules import RULES, off_grid, rungs


def find_slots(
    agenda: Agenda,
    type: AppointmentType,
    *,
    now: dt.datetime,
    duration: dt.timedelta | None = None,
    moving: Appointment | None = None,
) -> list[dt.datetime]:
    """Return the starts in the agenda's window that can be booked and are offered: UTC, ascending.

    Without *duration* the type's usual one is meant or, in a move, the appointment's own. *moving* is the
    appointment that is to be moved. Where the policy takes any start, only the ladder is offered. For a
    duration that the type does not allow no start is offered, and `explain` says so: `wrong_duration`.
    """
    window = (agenda.window.start, agenda.window.end)
    question = Question.about(agenda, type, window, now=now, duration=duration, moving=moving, glued=True)
    return list(itertools.chain.from_iterable(_free_rungs(question)))


def next_slot(
    agenda: Agenda,
    type: AppointmentType,
    *,
    now: dt.datetime,
    duration: dt.timedelta | None = None,
    moving: Appointment | None = None,
) -> dt.datetime | None:
    """Return the first of `find_slots`, or None; looks no further than it has to."""
    first, until, reach = agenda.window.start, agenda.window.start, DAY
    while until < agenda.window.end:
        first, until = until, min(until + reach, agenda.window.end)
        question = Question.about(
            agenda, type, (first, until), now=now, duration=duration, moving=moving, glued=True
        )
        for found in _free_rungs(question):
            return found[0]
        reach *= 2
    return None


def suggest(
    agenda: Agenda,
    type: AppointmentType,
    start: dt.datetime,
    *,
    now: dt.datetime,
    duration: dt.timedelta | None = None,
    moving: Appointment | None = None,
    count: int = 5,
) -> list[dt.datetime]:
    """Return the *count* slots of the agenda's window that are nearest to *start*, nearest first.

    Of two that are equally near the earlier comes first.
    """
    start = to_instant(start, "start")
    check_count(count, "count")
    window, reach = agenda.window, DAY
    while True:
        first, until = max(window.start, start - reach), min(window.end, start + reach)
        found: list[dt.datetime] = []
        if first < until:
            question = Question.about(
                agenda, type, (first, until), now=now, duration=duration, moving=moving, glued=True
            )
            found = list(itertools.chain.from_iterable(_free_rungs(question)))
        if len(found) >= count or (first == window.start and until == window.end):
            return sorted(found, key=lambda slot: (abs(slot - start), slot))[:count]
        reach *= 4


def explain(
    agenda: Agenda,
    type: AppointmentType,
    start: dt.datetime,
    *,
    now: dt.datetime,
    duration: dt.timedelta | None = None,
    moving: Appointment | None = None,
) -> tuple[Reason, ...]:
    """Return every reason against *start*, in the order of `RULES`; none means it can be booked.

    There is one reason for each blocking thing. Raises InvalidValue for a start outside the agenda's
    window, about which the agenda knows nothing.
    """
    start = to_instant(start, "start")
    window = agenda.window
    if not window.start <= start < window.end:
        raise InvalidValue("start", f"must lie in the agenda's window {window}", start)
    question = Question.about(
        agenda, type, (start, start + TICK), now=now, duration=duration, moving=moving, glued=False
    )
    if question is None:
        raise InvalidValue("start", "must leave room for the appointment in the years 1900 to 2199", start)
    reasons: list[Reason] = []
    for rule in RULES:
        for first, until, reason in rule(question):
            if first <= start < until and reason is not None:
                reasons.append(reason(Interval(max(first, window.start), min(until, window.end))))
    return tuple(reasons)


def _free_rungs(question: Question | None) -> Iterator[list[dt.datetime]]:
    """Yield the rungs that are free, in order: the ladder is walked where no other rule forbids it."""
    if question is None:
        return
    forbidden = sorted(
        (first, until) for rule in RULES if rule is not off_grid for first, until, _ in rule(question)
    )
    step = question.type.policy.slot_interval
    windows = iter(question.windows)
    window = next(windows, None)
    for start, end in cut([(question.first, question.until)], glue(forbidden)):
        while window is not None and window[0] < end:
            if found := rungs(window, step, start, end):
                yield found
            if window[1] > end:
                break
            window = next(windows, None)

"""What a reason says: which starts it rules out, what is in the way, and that nothing else is."""

import datetime as dt
import itertools
from collections.abc import Iterator

import attrs
from hypothesis import given
from hypothesis import strategies as st

import oracles
from scheduling_core import (
    BeyondHorizon,
    DuringTimeOff,
    ExternallyBusy,
    Limit,
    LimitReached,
    OffGrid,
    OutsideHours,
    Overlaps,
    Reason,
    Schedule,
    TimeRange,
    TooSoon,
    WeeklyHours,
    WrongDuration,
    explain,
)
from scheduling_core.intervals import TICK
from scheduling_core.testing import strategies
from scheduling_core.testing.strategies import Situation

NONE = dt.timedelta(0)
HOUR = dt.timedelta(hours=1)
ALWAYS = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))

situations = strategies.situations()


def starts_of(situation: Situation) -> list[dt.datetime]:
    """Return starts all over the window, on a coarse grid and just beside it."""
    window = situation.agenda.window
    beside = itertools.cycle((NONE, NONE, TICK, HOUR / 12))
    steps = range(4 * (window.duration // HOUR))
    return [window.start + step * HOUR / 4 + next(beside) for step in steps][::5]


def given_reasons(situation: Situation) -> Iterator[tuple[dt.datetime, Reason]]:
    """Yield every reason against every one of these starts."""
    for start in starts_of(situation):
        for reason in reasons(situation, start):
            yield start, reason


def reasons(situation: Situation, start: dt.datetime) -> tuple[Reason, ...]:
    """Return what the library has against a start."""
    return explain(
        situation.agenda,
        situation.type,
        start,
        now=situation.now,
        duration=situation.duration,
        moving=situation.moving,
    )


def question(situation: Situation) -> oracles.Question:
    """Return the situation as the oracle takes it."""
    return oracles.Question(
        situation.agenda, situation.type, situation.now, situation.duration, situation.moving
    )


def told(reason: Reason) -> object:
    """Return what a reason says wherever in its `starts` one asks.

    A limit that is too small for the duration rules out every start, and tells of each one's own period.
    """
    if isinstance(reason, LimitReached):
        return reason.code, reason.limit, reason.starts
    return reason


# --- the starts that a reason rules out ----------------------------------------------------------------


@given(situations)
def test_the_starts_of_a_reason_hold_the_start_and_lie_in_the_window(situation: Situation) -> None:
    """A reason tells the stretch of starts around the one in question, as far as the agenda knows."""
    for start, reason in given_reasons(situation):
        assert reason.starts.contains(start)
        assert situation.agenda.window.contains(reason.starts)


@given(situations, st.integers(0, 99))
def test_every_start_that_a_reason_rules_out_has_that_very_reason(situation: Situation, percent: int) -> None:
    """From the first to the last microsecond of `starts`, the same reason is given."""
    for _, reason in given_reasons(situation):
        inside = reason.starts.start + reason.starts.duration * percent // 100
        for other in (reason.starts.start, inside, reason.starts.end - TICK):
            assert told(reason) in map(told, reasons(situation, other))


@given(situations)
def test_the_neighbours_of_what_a_reason_rules_out_are_free_of_it(situation: Situation) -> None:
    """One microsecond before `starts`, and at its end, the same thing is not in the way."""
    window = situation.agenda.window
    for _, reason in given_reasons(situation):
        for outside in (reason.starts.start - TICK, reason.starts.end):
            if window.contains(outside):
                there = [attrs.evolve(each, starts=reason.starts) for each in reasons(situation, outside)]
                assert reason not in there


@given(situations)
def test_a_duration_that_is_not_allowed_rules_out_the_whole_window(situation: Situation) -> None:
    """Where no start is possible, no start is left out."""
    for _, reason in given_reasons(situation):
        duration = reason.duration if isinstance(reason, WrongDuration) else None
        if isinstance(reason, LimitReached) and reason.limit.total is not None:
            asked = question(situation)
            duration = asked.length if asked.length > reason.limit.total else None
        if duration is not None:
            assert reason.starts == situation.agenda.window


# --- the thing that is in the way ----------------------------------------------------------------------


@given(situations)
def test_the_reasons_name_things_of_the_agenda_and_no_thing_twice(situation: Situation) -> None:
    """There is one reason for each blocking thing, and it can be looked up."""
    agenda = situation.agenda
    for start in starts_of(situation):
        found = reasons(situation, start)
        assert len(set(found)) == len(found)
    for _, reason in given_reasons(situation):
        if isinstance(reason, Overlaps):
            (blocking,) = [each for each in agenda.appointments if each.id == reason.appointment]
            assert reason.occupied == blocking.occupied
        if isinstance(reason, DuringTimeOff):
            assert reason.time_off in agenda.time_off
        if isinstance(reason, ExternallyBusy):
            assert reason.busy in agenda.external_busy


@given(situations)
def test_a_limit_tells_its_period_and_how_full_it_is(situation: Situation) -> None:
    """The period is the whole one that holds the start's date, and count and total are what stands in it."""
    oracle = question(situation)
    for start, reason in given_reasons(situation):
        if not isinstance(reason, LimitReached):
            continue

        def period(day: dt.date, limit: Limit = reason.limit) -> object:
            return oracles.period_of(day, limit.period, situation.type)

        assert reason.first_day <= start.astimezone(oracle.zone).date() < reason.until_day
        last_day = reason.until_day - oracles.ONE_DAY
        assert period(reason.first_day) == period(last_day) != period(reason.until_day)
        assert period(reason.first_day - oracles.ONE_DAY) != period(reason.first_day)
        counted = [
            each.during.duration
            for each in oracle.standing
            if each.type == situation.type.id
            and reason.first_day <= each.during.start.astimezone(oracle.zone).date() < reason.until_day
        ]
        assert (reason.count, reason.total) == (len(counted), sum(counted, NONE))


@given(situations)
def test_off_grid_tells_the_rungs_below_and_above(situation: Situation) -> None:
    """*before* is the last rung before the start, and *after* the next one, unless the window ends first."""
    step, oracle = situation.type.policy.slot_interval, question(situation)
    for start, reason in given_reasons(situation):
        if isinstance(reason, OffGrid):
            assert reason.before < start < reason.before + step
            assert oracle.is_rung(reason.before)
            above = reason.before + step
            first = oracle.open.window_start(oracles.floor(start))
            goes_on = oracle.open.date(above) and oracle.open.window_start(above) == first
            assert reason.after == (above if goes_on else None)


# --- completeness --------------------------------------------------------------------------------------


def without(situation: Situation, reason: Reason) -> Situation:
    """Return the situation after the thing that a reason names is out of the way."""
    agenda, policy = situation.agenda, situation.type.policy
    if isinstance(reason, OutsideHours):
        # Other hours have another ladder, which is not what was in the way.
        policy = attrs.evolve(policy, any_start=True)
        agenda = attrs.evolve(agenda, schedule=Schedule(agenda.schedule.timezone, ALWAYS))
    elif isinstance(reason, DuringTimeOff):
        left = [each for each in agenda.time_off if each != reason.time_off]
        agenda = attrs.evolve(agenda, time_off=left)
    elif isinstance(reason, Overlaps):
        others = [each for each in agenda.appointments if each.id != reason.appointment]
        agenda = attrs.evolve(agenda, appointments=others)
    elif isinstance(reason, ExternallyBusy):
        free = [each for each in agenda.external_busy if each != reason.busy]
        agenda = attrs.evolve(agenda, external_busy=free)
    elif isinstance(reason, TooSoon):
        return _earlier(situation)
    elif isinstance(reason, BeyondHorizon):
        policy = attrs.evolve(policy, horizon_days=10_000)
    elif isinstance(reason, LimitReached):
        policy = attrs.evolve(policy, limits=[each for each in policy.limits if each != reason.limit])
    elif isinstance(reason, OffGrid):
        policy = attrs.evolve(policy, any_start=True)
    else:
        wanted = attrs.evolve(situation.type, durations=[reason.duration], duration_range=None)
        return attrs.evolve(situation, type=wanted)
    return attrs.evolve(situation, agenda=agenda, type=attrs.evolve(situation.type, policy=policy))


def _earlier(situation: Situation) -> Situation:
    """Return the situation as it was some days earlier, with a horizon that ends on the same day."""
    days = 10
    policy = attrs.evolve(
        situation.type.policy, horizon_days=situation.type.policy.horizon_days + days, minimum_notice=NONE
    )
    # Taken on the host's calendar, because days are not all as long.
    local = situation.now.astimezone(situation.agenda.schedule.timezone)
    now = local.replace(hour=12, minute=0, fold=0) - days * oracles.ONE_DAY
    return attrs.evolve(situation, type=attrs.evolve(situation.type, policy=policy), now=now)


@given(situations)
def test_with_every_named_cause_out_of_the_way_the_start_can_be_booked(situation: Situation) -> None:
    """The reasons are complete: nothing that was not named is in the way."""
    for start in starts_of(situation):
        freed = situation
        for reason in reasons(situation, start):
            freed = without(freed, reason)
        assert reasons(freed, start) == ()


@given(situations)
def test_with_one_named_cause_out_of_the_way_the_others_stand(situation: Situation) -> None:
    """The reasons are independent: none hides another, and none comes and goes with another.

    But an appointment that is out of the way does not count for a limit either.
    """
    for start, gone in given_reasons(situation):
        if not isinstance(gone, OutsideHours):
            also = LimitReached if isinstance(gone, Overlaps) else ()
            left = reasons(without(situation, gone), start)
            assert [each for each in left if not isinstance(each, also)] == [
                each for each in reasons(situation, start) if each != gone and not isinstance(each, also)
            ]


def test_reasons_come_in_the_order_of_the_table() -> None:
    """The order is the same for everybody."""
    codes = [each.code for each in (OutsideHours, DuringTimeOff, Overlaps, ExternallyBusy, TooSoon)]
    codes += [each.code for each in (BeyondHorizon, LimitReached, OffGrid, WrongDuration)]
    assert codes == list(oracles.RULES)

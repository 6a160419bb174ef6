"""What is offered, explained and accepted is one thing, and it is what the rules say in plain words.

`oracles` holds those plain words.
"""

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from scheduling_core import (
    AppointmentId,
    BookingRefused,
    BookingRequest,
    Interval,
    InvalidValue,
    Reason,
    Status,
    decisions,
    explain,
    find_slots,
    next_slot,
    suggest,
)
from scheduling_core.intervals import TICK
from scheduling_core.testing import strategies
from scheduling_core.testing.strategies import Situation

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)

situations = strategies.situations()


def question(asked: Situation) -> oracles.Question:
    """Return the situation as the oracle takes it."""
    return oracles.Question(asked.agenda, asked.type, asked.now, asked.duration, asked.moving)


def reasons(asked: Situation, start: dt.datetime) -> tuple[Reason, ...]:
    """Return what the library has against a start."""
    return explain(
        asked.agenda, asked.type, start, now=asked.now, duration=asked.duration, moving=asked.moving
    )


def slots(asked: Situation) -> list[dt.datetime]:
    """Return what the library offers."""
    return find_slots(asked.agenda, asked.type, now=asked.now, duration=asked.duration, moving=asked.moving)


def accept(asked: Situation, start: dt.datetime) -> Interval:
    """Book at a start, or move there, and return the time that was given."""
    if asked.moving is not None:
        moved = decisions.reschedule(
            asked.agenda, asked.type, asked.moving, start, now=asked.now, duration=asked.duration
        )
        return moved.appointment.during
    request = BookingRequest(asked.agenda.host, asked.type.id, start, "Ada", asked.duration)
    booked = decisions.book(asked.agenda, asked.type, request, id=AppointmentId("new"), now=asked.now)
    return booked.appointment.during


def starts_worth_asking(asked: Situation) -> list[dt.datetime]:
    """Return the starts of a coarse grid in the window, and those around all that could forbid one."""
    window, policy, length = asked.agenda.window, asked.type.policy, question(asked).length
    claims = [
        *(each.occupied for each in asked.agenda.appointments),
        *(each.during for each in asked.agenda.time_off),
        *(each.during for each in asked.agenda.external_busy),
        *asked.agenda.schedule.open_intervals(window),
    ]
    edges = {window.start, window.end, asked.now + policy.minimum_notice}
    for each in claims:
        edges |= {each.end, each.end + policy.buffer_before}
        edges |= {each.start, each.start - length, each.start - length - policy.buffer_after}
    near = {edge + off for edge in edges for off in (-TICK, 0 * TICK, TICK)}
    grid = {window.start + count * HOUR / 2 for count in range(window.duration // (HOUR / 2))}
    return sorted(start for start in near | grid if window.contains(start))


NAMED = {
    "time_off": "time_off",
    "overlap": "appointment",
    "external_busy": "busy",
    "too_soon": "earliest",
    "beyond_horizon": "last_day",
    "limit_reached": "limit",
    "wrong_duration": "duration",
}


def cause(reason: Reason) -> tuple[str, object]:
    """Return the code of a reason and the thing that it names, as the oracle does."""
    return reason.code, getattr(reason, NAMED.get(reason.code, ""), None)


def check_reasons(asked: Situation) -> None:
    """Compare reasons with rules, also one microsecond beside whatever stands in the agenda."""
    oracle = question(asked)
    for start in starts_worth_asking(asked):
        found, expected = reasons(asked, start), oracle.causes(start)
        assert [each.code for each in found] == [code for code, _ in expected], start
        assert {cause(each) for each in found} == set(expected), start


@given(situations)
def test_the_reasons_are_the_rules_that_the_start_breaks_in_the_order_of_the_table(asked: Situation) -> None:
    """`explain` names every rule that forbids a start, once for each blocking thing, and no other."""
    check_reasons(asked)


@given(situations)
def test_the_slots_are_the_rungs_that_no_rule_forbids(asked: Situation) -> None:
    """`find_slots` is the brute force over every minute of the window."""
    assert slots(asked) == question(asked).slots()


@given(situations)
def test_every_start_of_a_fine_grid_is_offered_if_and_only_if_nothing_is_against_it(asked: Situation) -> None:
    """Of starts five minutes apart, those without a reason are those that are offered."""
    policy = attrs.evolve(asked.type.policy, any_start=False)
    asked = attrs.evolve(asked, type=attrs.evolve(asked.type, policy=policy))
    window = asked.agenda.window
    grid = [window.start + count * 5 * MINUTE for count in range(window.duration // (5 * MINUTE))]
    free = [start for start in grid if not reasons(asked, start)]
    assert free == [start for start in slots(asked) if start in set(grid)]


@given(situations)
def test_every_slot_is_accepted(asked: Situation) -> None:
    """What is offered can be booked, or moved to, and takes exactly the time that was asked for."""
    length = question(asked).length
    for start in slots(asked):
        assert accept(asked, start) == Interval(start, start + length)


@given(situations)
def test_every_rung_that_is_not_offered_is_refused_with_all_its_reasons(asked: Situation) -> None:
    """What is not offered is refused, for what `explain` says."""
    for start in sorted({*question(asked).rungs()} - {*slots(asked)})[::5]:
        with pytest.raises(BookingRefused) as refused:
            accept(asked, start)
        assert refused.value.reasons == reasons(asked, start) != ()


@pytest.mark.soak
@given(situations)
def test_reasons_slots_and_rules_agree_in_the_long_run(asked: Situation) -> None:
    """The two comparisons with the plain rules, for many more situations."""
    check_reasons(asked)
    assert slots(asked) == question(asked).slots()


@given(situations)
def test_slots_are_instants_of_the_window_in_utc_and_ascending(asked: Situation) -> None:
    """Nobody has to sort or convert what is offered."""
    found = slots(asked)
    assert found == sorted(set(found))
    assert all(each.tzinfo is dt.UTC and asked.agenda.window.contains(each) for each in found)


@given(situations)
def test_the_next_slot_is_the_first_one(asked: Situation) -> None:
    """`next_slot` is the head of `find_slots`, and None where there is nothing."""
    first = next_slot(asked.agenda, asked.type, now=asked.now, duration=asked.duration, moving=asked.moving)
    assert first == next(iter(slots(asked)), None)


@given(situations, st.integers(-40, 140), st.integers(0, 7))
def test_suggestions_are_the_nearest_slots(asked: Situation, steps: int, count: int) -> None:
    """`suggest` is the brute force over all slots by distance, the earlier of two equally near first."""
    start = asked.agenda.window.start + steps * HOUR / 2
    found = suggest(
        asked.agenda,
        asked.type,
        start,
        now=asked.now,
        duration=asked.duration,
        moving=asked.moving,
        count=count,
    )
    assert found == sorted(slots(asked), key=lambda slot: (abs(slot - start), slot))[:count]
    assert not any(reasons(asked, each) for each in found)


@given(situations, st.sampled_from((-400 * 24 * HOUR, -TICK, 0 * TICK, 400 * 24 * HOUR)))
def test_a_start_outside_the_window_has_no_explanation(asked: Situation, off: dt.timedelta) -> None:
    """An agenda does not answer for what it does not know."""
    edge = asked.agenda.window.start if off < 0 * TICK else asked.agenda.window.end
    with pytest.raises(InvalidValue, match="window"):
        reasons(asked, edge + off)


@given(situations, st.integers(0, 50), st.integers(1, 50))
def test_a_part_of_the_window_has_the_slots_of_that_part(asked: Situation, first: int, steps: int) -> None:
    """Where a window begins and ends neither moves the ladder nor opens anything."""
    start = asked.agenda.window.start + first * 7 * MINUTE
    part = Interval(start, start + steps * 31 * MINUTE)
    narrow = attrs.evolve(asked, agenda=attrs.evolve(asked.agenda, window=part))
    known = asked.agenda.window
    assert [each for each in slots(narrow) if known.contains(each)] == [
        each for each in slots(asked) if part.contains(each)
    ]


@given(situations)
def test_what_does_not_hold_time_is_as_if_it_were_not_there(asked: Situation) -> None:
    """Cancelled and declined appointments neither block nor count."""
    gone = Status.CANCELLED, Status.DECLINED
    standing = [each for each in asked.agenda.appointments if each.status not in gone]
    without = attrs.evolve(asked, agenda=attrs.evolve(asked.agenda, appointments=standing))
    assert slots(without) == slots(asked)


@given(situations, st.data())
def test_time_off_takes_exactly_the_slots_that_it_touches(asked: Situation, data: st.DataObject) -> None:
    """A new absence forbids the starts whose own time it overlaps, and moves nothing else."""
    off = data.draw(strategies.time_off(asked.agenda.window.start, hours=12))
    agenda = attrs.evolve(asked.agenda, time_off=[*asked.agenda.time_off, off])
    left = slots(attrs.evolve(asked, agenda=agenda))
    length = question(asked).length
    assert left == [each for each in slots(asked) if not off.during.overlaps(Interval.of(each, length))]


@given(situations)
def test_with_any_start_the_same_rungs_are_offered(asked: Situation) -> None:
    """A policy that accepts starts off the ladder still offers the ladder only."""
    types = [
        attrs.evolve(asked.type, policy=attrs.evolve(asked.type.policy, any_start=any_start))
        for any_start in (False, True)
    ]
    strict, lenient = (slots(attrs.evolve(asked, type=each)) for each in types)
    assert strict == lenient


@given(situations)
def test_an_appointment_never_stands_in_its_own_way(asked: Situation) -> None:
    """A move finds the slots of an agenda without the appointment that is moved."""
    for moving in asked.agenda.appointments[:2]:
        others = [each for each in asked.agenda.appointments if each is not moving]
        inside = attrs.evolve(asked, moving=moving)
        without = attrs.evolve(inside, agenda=attrs.evolve(asked.agenda, appointments=others))
        assert slots(without) == slots(inside)
        for start in starts_worth_asking(asked)[::9]:
            assert reasons(without, start) == reasons(inside, start)

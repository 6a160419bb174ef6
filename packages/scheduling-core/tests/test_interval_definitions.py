"""Every function on intervals against a slow definition: a set of cells of a grid."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scheduling_core import Interval, intersect, subtract, union
from scheduling_core.intervals import TICK
from scheduling_core.testing import strategies

STEP = dt.timedelta(minutes=15)
ORIGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
STEPS = 12

one_interval = strategies.intervals(ORIGIN, step=STEP, steps=STEPS)
some = st.lists(one_interval, max_size=5)
Intervals = list[Interval]
Operation = Callable[[Intervals, Intervals], tuple[Interval, ...]]


def span(first: int, until: int) -> Interval:
    """Return the interval between two points of the grid."""
    return Interval(ORIGIN + first * STEP, ORIGIN + until * STEP)


def cells(intervals: Iterable[Interval]) -> frozenset[int]:
    """Return the cells of the grid in which some interval is: the slow definition of a set of instants."""
    return frozenset(
        cell
        for cell in range(-STEPS, 2 * STEPS)
        if any(each.start <= ORIGIN + cell * STEP < each.end for each in intervals)
    )


def unite(a: Intervals, b: Intervals) -> tuple[Interval, ...]:
    """Return the union as an operation on two, like the others."""
    return union([*a, *b])


# --- one interval -------------------------------------------------------------------------------------


@given(one_interval, one_interval)
@example(span(0, 1), span(1, 2))
def test_two_intervals_overlap_if_and_only_if_they_share_a_cell(one: Interval, other: Interval) -> None:
    """Overlapping is having an instant in common, so touching is not overlapping."""
    assert one.overlaps(other) == bool(cells([one]) & cells([other]))


@given(one_interval, one_interval)
def test_overlapping_is_mutual(one: Interval, other: Interval) -> None:
    """Which of two intervals is asked makes no difference."""
    assert one.overlaps(other) == other.overlaps(one)


@given(one_interval, one_interval)
def test_an_interval_contains_another_if_and_only_if_it_has_all_its_cells(
    one: Interval, other: Interval
) -> None:
    """Containing is having every instant of the other; an interval contains itself."""
    assert one.contains(other) == (cells([other]) <= cells([one]))


@given(one_interval, st.integers(-1, STEPS + 1), st.sampled_from((-TICK, dt.timedelta(0), TICK)))
@example(span(2, 4), 2, -TICK)
@example(span(2, 4), 4, -TICK)
def test_an_interval_contains_its_start_and_not_its_end(one: Interval, point: int, off: dt.timedelta) -> None:
    """An instant is inside from the start on, to one microsecond before the end."""
    instant = ORIGIN + point * STEP + off
    assert one.contains(instant) == (one.start <= instant <= one.end - TICK)


@given(one_interval)
def test_an_interval_is_made_again_from_its_start_and_duration(one: Interval) -> None:
    """Start and duration say the same as start and end."""
    assert Interval.of(one.start, one.duration) == one


@given(one_interval, st.integers(0, 3), st.integers(0, 3))
def test_padding_adds_exactly_the_cells_before_and_after(one: Interval, before: int, after: int) -> None:
    """A padded interval has the cells of the interval and those next to it, no others."""
    near = {cell + shift for cell in cells([one]) for shift in range(-before, after + 1)}
    assert cells([one.padded(before * STEP, after * STEP)]) == near


@given(one_interval)
def test_padding_by_nothing_changes_nothing(one: Interval) -> None:
    """No buffer is no change."""
    assert one.padded(dt.timedelta(0), dt.timedelta(0)) == one


@given(one_interval, one_interval, st.integers(0, 3))
def test_two_intervals_overlap_when_one_is_widened_if_and_only_if_they_do_when_the_other_is(
    one: Interval, other: Interval, steps: int
) -> None:
    """Widening backwards by a duration is the same question as widening the other one forwards."""
    none, wide = dt.timedelta(0), steps * STEP
    assert one.padded(wide, none).overlaps(other) == one.overlaps(other.padded(none, wide))


# --- the three operations, each against its slow definition --------------------------------------------


@given(some)
@example([span(0, 1), span(1, 2)])
@example([span(1, 2), span(0, 1), span(0, 1)])
def test_a_union_has_the_cells_that_are_in_any(a: Intervals) -> None:
    """Union is the union of the sets of instants."""
    assert cells(union(a)) == cells(a)


@given(some, some)
def test_an_intersection_has_the_cells_that_are_in_both(a: Intervals, b: Intervals) -> None:
    """Intersection is the intersection of the sets of instants."""
    assert cells(intersect(a, b)) == cells(a) & cells(b)


@given(some, some)
@example([span(0, 4)], [span(1, 2), span(2, 3)])
@example([span(0, 1), span(1, 4)], [span(1, 1 + 1)])
def test_a_difference_has_the_cells_that_are_in_the_first_alone(a: Intervals, b: Intervals) -> None:
    """Subtraction is the difference of the sets of instants."""
    assert cells(subtract(a, b)) == cells(a) - cells(b)


@pytest.mark.parametrize("operation", [unite, intersect, subtract])
@given(a=some, b=some)
def test_every_result_is_sorted_disjoint_and_glued(operation: Operation, a: Intervals, b: Intervals) -> None:
    """Whatever goes in, in any order, what comes out is in order and with a gap between neighbours."""
    found = operation(a, b)
    assert all(one.end < other.start for one, other in itertools.pairwise(found))


@given(some, some)
def test_results_with_the_same_cells_are_equal(a: Intervals, b: Intervals) -> None:
    """A set of instants has one way to be written."""
    assert (union(a) == union(b)) == (cells(a) == cells(b))

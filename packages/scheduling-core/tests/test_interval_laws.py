"""The algebra of intervals, law by law."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from scheduling_core import Interval, intersect, subtract, union
from scheduling_core.testing import strategies

STEP = dt.timedelta(minutes=15)
ORIGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
STEPS = 12
WINDOW = (Interval(ORIGIN, ORIGIN + STEPS * STEP),)

one_interval = strategies.intervals(ORIGIN, step=STEP, steps=STEPS)
some = st.lists(one_interval, max_size=5)
Intervals = list[Interval]

# --- laws of the union -------------------------------------------------------------------------------


def test_the_union_of_nothing_is_nothing() -> None:
    """No intervals have no instants."""
    assert union([]) == ()


@given(some)
def test_union_is_idempotent(a: Intervals) -> None:
    """A union of a union is that union, and twice the same is once."""
    assert union(union(a)) == union(a) == union([*a, *a])


@given(some, some)
def test_union_is_commutative(a: Intervals, b: Intervals) -> None:
    """The order of intervals does not matter."""
    assert union([*a, *b]) == union([*b, *a])


@given(some, some, some)
def test_union_is_associative(a: Intervals, b: Intervals, c: Intervals) -> None:
    """Parts may be united first."""
    assert union([*union([*a, *b]), *c]) == union([*a, *union([*b, *c])])


@given(some)
def test_every_interval_lies_in_one_piece_of_the_union(a: Intervals) -> None:
    """No interval is torn."""
    assert all(sum(piece.contains(each) for piece in union(a)) == 1 for each in a)


# --- laws of the intersection --------------------------------------------------------------------------


@given(some)
def test_nothing_is_common_with_nothing(a: Intervals) -> None:
    """The empty set absorbs."""
    assert intersect(a, []) == () == intersect([], a)


@given(some)
def test_the_whole_window_is_the_identity_of_intersection(a: Intervals) -> None:
    """What all intervals lie in takes nothing away."""
    assert intersect(a, WINDOW) == union(a)


@given(some)
def test_intersection_is_idempotent(a: Intervals) -> None:
    """A set has all of itself in common with itself."""
    assert intersect(a, a) == union(a)


@given(some, some)
def test_intersection_is_commutative(a: Intervals, b: Intervals) -> None:
    """The sides may be exchanged."""
    assert intersect(a, b) == intersect(b, a)


@given(some, some, some)
def test_intersection_is_associative(a: Intervals, b: Intervals, c: Intervals) -> None:
    """Parts may be intersected first."""
    assert intersect(intersect(a, b), c) == intersect(a, intersect(b, c))


@given(some, some, some)
def test_intersection_distributes_over_union(a: Intervals, b: Intervals, c: Intervals) -> None:
    """What a set has in common with either of two is what it has in common with their union."""
    assert intersect(a, union([*b, *c])) == union([*intersect(a, b), *intersect(a, c)])


@given(some, some, some)
def test_union_distributes_over_intersection(a: Intervals, b: Intervals, c: Intervals) -> None:
    """A set united with what two have in common is what its unions with both have in common."""
    assert union([*a, *intersect(b, c)]) == intersect([*a, *b], [*a, *c])


@given(some, some)
def test_union_and_intersection_absorb_each_other(a: Intervals, b: Intervals) -> None:
    """What is common adds nothing, and what is added takes nothing away."""
    assert union([*a, *intersect(a, b)]) == union(a) == intersect(a, [*a, *b])


@given(one_interval, one_interval)
def test_two_intervals_overlap_if_and_only_if_they_have_something_in_common(
    one: Interval, other: Interval
) -> None:
    """`overlaps` and `intersect` are one notion."""
    assert one.overlaps(other) == bool(intersect([one], [other]))


# --- laws of the difference ----------------------------------------------------------------------------


@given(some)
def test_taking_nothing_away_changes_nothing(a: Intervals) -> None:
    """The empty set is the identity of subtraction."""
    assert subtract(a, []) == union(a)


@given(some)
def test_nothing_is_left_of_a_set_without_itself(a: Intervals) -> None:
    """A set less itself is empty, and so is the empty set less anything."""
    assert subtract(a, a) == () == subtract([], a)


@given(some, some)
def test_subtraction_is_idempotent(a: Intervals, b: Intervals) -> None:
    """What is gone cannot be taken away again."""
    assert subtract(subtract(a, b), b) == subtract(a, b)


@given(some, some, some)
def test_taking_two_away_in_turn_is_taking_away_their_union(a: Intervals, b: Intervals, c: Intervals) -> None:
    """The order of what is taken away does not matter."""
    assert subtract(subtract(a, b), c) == subtract(a, union([*b, *c])) == subtract(subtract(a, c), b)


@given(some, some)
def test_difference_and_intersection_share_a_set_between_them(a: Intervals, b: Intervals) -> None:
    """Every instant of a set is in exactly one of the two."""
    without, common = subtract(a, b), intersect(a, b)
    assert intersect(without, common) == ()
    assert union([*without, *common]) == union(a)


@given(some, some)
def test_intersection_is_a_double_difference(a: Intervals, b: Intervals) -> None:
    """What two have in common is the one without what it has alone."""
    assert intersect(a, b) == subtract(a, subtract(a, b))


@given(some, some)
def test_the_rest_of_a_union_is_common_to_the_rests(a: Intervals, b: Intervals) -> None:
    """De Morgan's first law, within a window."""
    rest_of_both = subtract(WINDOW, union([*a, *b]))
    assert rest_of_both == intersect(subtract(WINDOW, a), subtract(WINDOW, b))


@given(some, some)
def test_the_rest_of_an_intersection_is_the_union_of_the_rests(a: Intervals, b: Intervals) -> None:
    """De Morgan's second law, within a window."""
    rest_of_common = subtract(WINDOW, intersect(a, b))
    assert rest_of_common == union([*subtract(WINDOW, a), *subtract(WINDOW, b)])


@given(some)
def test_the_rest_of_the_rest_is_the_set_itself(a: Intervals) -> None:
    """Complement within a window undoes itself."""
    assert subtract(WINDOW, subtract(WINDOW, a)) == union(a)

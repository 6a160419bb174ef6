"""Intervals: what can be built, and the algebra by example."""

import copy
import datetime as dt
import pickle
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import Interval, InvalidValue, intersect, subtract, union
from scheduling_core.intervals import TICK

at = dt.datetime.fromisoformat
BERLIN = ZoneInfo("Europe/Berlin")


def hours(first: float, until: float) -> Interval:
    """Return an interval of one winter day."""
    day = at("2026-01-05T00:00Z")
    return Interval(day + dt.timedelta(hours=first), day + dt.timedelta(hours=until))


NINE_TO_TEN = hours(9, 10)


class TestConstruction:
    """What is an interval, and what is none."""

    def test_instants_are_kept_in_utc(self) -> None:
        """Whatever zone the instants come in, they are the same interval in UTC."""
        interval = Interval(at("2026-01-05T10:00+01:00"), dt.datetime(2026, 1, 5, 11, tzinfo=BERLIN))
        assert interval == NINE_TO_TEN
        assert interval.start.tzinfo is interval.end.tzinfo is dt.UTC

    def test_both_passes_of_a_repeated_hour_are_told_apart(self) -> None:
        """From 02:30 to the second 02:30 an hour passes, though the clock shows the same."""
        first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
        assert Interval(first, first.replace(fold=1)).duration == dt.timedelta(hours=1)

    @pytest.mark.parametrize(
        ("start", "end", "complaint"),
        [
            (dt.datetime(2026, 1, 5, 9), at("2026-01-05T10:00Z"), "start must be a datetime with a time"),
            (at("2026-01-05T09:00Z"), dt.datetime(2026, 1, 5, 10), "end must be a datetime with a time"),
            (dt.date(2026, 1, 5), at("2026-01-05T10:00Z"), "start must be a datetime"),
            ("2026-01-05T09:00Z", at("2026-01-05T10:00Z"), "start must be a datetime"),
            (at("2026-01-05T09:00Z"), at("2026-01-05T09:00Z"), "end must be after the start"),
            (at("2026-01-05T09:00Z"), at("2026-01-05T09:30+01:00"), "end must be after the start"),
            (at("1899-12-31T23:59Z"), at("1900-01-02T00:00Z"), "start must be in the years 1900 to 2199"),
            (at("2199-12-31T23:59Z"), at("2200-01-01T00:00Z"), "end must be in the years 1900 to 2199"),
            (at("0001-01-01T00:00+14:00"), at("2026-01-01T00:00Z"), "start must be in the years"),
            (at("2026-01-01T00:00Z"), at("9999-12-31T23:59-12:00"), "end must be in the years"),
        ],
        ids=[
            "naive-start",
            "naive-end",
            "date",
            "text",
            "empty",
            "reversed",
            "too-early",
            "too-late",
            "year-1",
            "year-9999",
        ],
    )
    def test_what_is_no_interval_cannot_be_built(
        self, start: dt.datetime, end: dt.datetime, complaint: str
    ) -> None:
        """Naive, reversed, empty or far away: the error names the value and the rule."""
        with pytest.raises(InvalidValue, match=complaint):
            Interval(start, end)

    @pytest.mark.parametrize(
        "duration",
        [dt.timedelta(0), -TICK, dt.timedelta.min, dt.timedelta.max, dt.timedelta(days=365 * 180)],
        ids=["zero", "negative", "least", "most", "two-centuries"],
    )
    def test_a_duration_is_positive_and_ends_in_time(self, duration: dt.timedelta) -> None:
        """A duration of nothing, of less, or past the last year makes no interval."""
        with pytest.raises(InvalidValue, match="duration must"):
            Interval.of(NINE_TO_TEN.start, duration)

    def test_the_first_and_the_last_instant_can_be_used(self) -> None:
        """From the beginning of 1900 to the last microsecond of 2199 there is an interval."""
        whole = Interval(at("1900-01-01T00:00Z"), at("2199-12-31T23:59:59.999999Z"))
        assert Interval.of(whole.start, whole.duration) == whole

    def test_a_duration_is_elapsed_time(self) -> None:
        """Two hours across the jump of the clocks are two hours."""
        start = dt.datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN)
        interval = Interval.of(start, dt.timedelta(hours=2))
        assert interval.end.astimezone(BERLIN).hour == 4
        assert interval.duration == dt.timedelta(hours=2)

    def test_an_interval_is_a_plain_value(self) -> None:
        """Equal intervals hash alike, copied and pickled ones are equal, and none can be changed."""
        assert len({NINE_TO_TEN, hours(9, 10), copy.deepcopy(NINE_TO_TEN)}) == 1
        assert pickle.loads(pickle.dumps(NINE_TO_TEN)) == NINE_TO_TEN  # noqa: S301  Our own bytes.
        with pytest.raises(AttributeError):
            NINE_TO_TEN.start = NINE_TO_TEN.end  # type: ignore[misc]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (hours(9, 10), True),
        (hours(9.5, 12), True),
        (hours(8, 12), True),
        (hours(9.25, 9.5), True),
        (hours(8, 9), False),
        (hours(10, 11), False),
        (Interval(NINE_TO_TEN.end - TICK, hours(10, 11).end), True),
        (Interval(hours(8, 9).start, NINE_TO_TEN.start + TICK), True),
    ],
    ids=["same", "later", "around", "inside", "before", "after", "last-tick", "first-tick"],
)
def test_touching_is_not_overlapping(other: Interval, expected: bool) -> None:
    """Intervals overlap where they share an instant, whichever is asked."""
    assert NINE_TO_TEN.overlaps(other) is other.overlaps(NINE_TO_TEN) is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (hours(9, 10), True),
        (hours(9.25, 10), True),
        (Interval(NINE_TO_TEN.start - TICK, NINE_TO_TEN.end), False),
        (Interval(NINE_TO_TEN.start, NINE_TO_TEN.end + TICK), False),
        (NINE_TO_TEN.start, True),
        (NINE_TO_TEN.start - TICK, False),
        (NINE_TO_TEN.end - TICK, True),
        (NINE_TO_TEN.end, False),
        (at("2026-01-05T10:30+01:00"), True),
    ],
    ids=["same", "inside", "earlier", "later", "start", "before", "last", "end", "other-zone"],
)
def test_an_interval_contains_its_start_and_not_its_end(
    other: Interval | dt.datetime, expected: bool
) -> None:
    """An interval contains the instants from its start to before its end, and what lies wholly there."""
    assert NINE_TO_TEN.contains(other) is expected


def test_a_naive_datetime_is_nowhere() -> None:
    """Whether a naive datetime is contained cannot be asked."""
    with pytest.raises(InvalidValue):
        NINE_TO_TEN.contains(dt.datetime(2026, 1, 5, 9))


def test_padding_widens_both_sides() -> None:
    """Buffers go before the start and after the end."""
    assert NINE_TO_TEN.padded(dt.timedelta(minutes=15), dt.timedelta(hours=2)) == hours(8.75, 12)
    assert NINE_TO_TEN.padded(dt.timedelta(0), dt.timedelta(0)) == NINE_TO_TEN


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("value", [-TICK, dt.timedelta.max], ids=["negative", "huge"])
def test_padding_only_widens(name: str, value: dt.timedelta) -> None:
    """A negative or boundless buffer is refused by its name."""
    none = dt.timedelta(0)
    with pytest.raises(InvalidValue, match=f"{name} must not be negative"):
        NINE_TO_TEN.padded(**{"before": none, "after": none, name: value})


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ([], ()),
        ([hours(9, 10)], (hours(9, 10),)),
        ([hours(11, 12), hours(9, 10)], (hours(9, 10), hours(11, 12))),
        ([hours(10, 11), hours(9, 10)], (hours(9, 11),)),
        ([hours(9, 12), hours(10, 11), hours(11, 13)], (hours(9, 13),)),
    ],
    ids=["nothing", "one", "apart", "touching", "overlapping"],
)
def test_a_union_is_sorted_and_glued(intervals: list[Interval], expected: tuple[Interval, ...]) -> None:
    """A union has the instants of any, in order, with what touches made one."""
    assert union(intervals) == expected


Intervals = list[Interval]
OVERLAYS: dict[str, tuple[Intervals, Intervals, Intervals, Intervals]] = {
    "of-nothing": ([], [hours(9, 10)], [], []),
    "with-nothing": ([hours(9, 10)], [], [], [hours(9, 10)]),
    "same": ([hours(9, 10)], [hours(9, 10)], [hours(9, 10)], []),
    "hole": ([hours(9, 17)], [hours(12, 13)], [hours(12, 13)], [hours(9, 12), hours(13, 17)]),
    "beginning": ([hours(9, 17)], [hours(9, 10)], [hours(9, 10)], [hours(10, 17)]),
    "end": ([hours(9, 17)], [hours(16, 17)], [hours(16, 17)], [hours(9, 16)]),
    "over-an-end": ([hours(9, 17)], [hours(16, 18)], [hours(16, 17)], [hours(9, 16)]),
    "glued": ([hours(9, 10), hours(10, 11)], [hours(9, 10)], [hours(9, 10)], [hours(10, 11)]),
    "touching": ([hours(9, 10)], [hours(10, 11), hours(8, 9)], [], [hours(9, 10)]),
    "swallowed": ([hours(9, 10), hours(12, 13)], [hours(8, 14)], [hours(9, 10), hours(12, 13)], []),
    "passed": ([hours(15, 16)], [hours(8, 9), hours(10, 11), hours(12, 15)], [], [hours(15, 16)]),
    "bridge": (
        [hours(12, 14), hours(9, 11)],
        [hours(10, 13)],
        [hours(10, 11), hours(12, 13)],
        [hours(9, 10), hours(13, 14)],
    ),
}


@pytest.mark.parametrize(("left", "right", "common", "rest"), OVERLAYS.values(), ids=OVERLAYS)
def test_what_two_have_in_common_and_what_is_left(
    left: Intervals, right: Intervals, common: Intervals, rest: Intervals
) -> None:
    """`intersect` keeps the instants in both, `subtract` those in the first alone."""
    assert intersect(left, right) == intersect(right, left) == tuple(common)
    assert subtract(left, right) == tuple(rest)

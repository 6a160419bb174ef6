"""What can be booked: the bounds of every field, and which durations a type allows."""

import calendar
import copy
import datetime as dt
import pickle
from collections.abc import Mapping
from typing import Any

import pytest

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    InvalidValue,
    Limit,
    Period,
)
from scheduling_core.intervals import TICK

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
NONE, YEAR = dt.timedelta(0), dt.timedelta(days=366)


def make_type(**fields: Any) -> AppointmentType:  # noqa: ANN401  Bad values are among them.
    """Return a type with some fields of interest."""
    return AppointmentType(**{"id": AppointmentTypeId("talk"), "title": "Talk", **fields})


class TestLimit:
    """A cap for a period, by count or by minutes."""

    @pytest.mark.parametrize("period", Period)
    def test_it_caps_a_count_or_a_total(self, period: Period) -> None:
        """Exactly one of the two is given, for any period."""
        assert Limit(period, count=1).total is None
        assert Limit(period, total=TICK).count is None

    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ({}, "limit must have either a count or a total"),
            ({"count": 1, "total": MINUTE}, "limit must have either a count or a total"),
            ({"count": 0}, "count must be a whole number from 1"),
            ({"count": 1.5}, "count must be a whole number"),
            ({"count": True}, "count must be a whole number"),
            ({"total": NONE}, "total must be a positive timedelta"),
            ({"total": 60}, "total must be a positive timedelta"),
            ({"period": "day", "count": 1}, "period must be a Period"),
        ],
        ids=["neither", "both", "zero", "half", "bool", "no-time", "number", "text"],
    )
    def test_what_caps_nothing_cannot_be_built(self, fields: Mapping[str, Any], complaint: str) -> None:
        """A limit of nothing, of both or of another kind is refused."""
        with pytest.raises(InvalidValue, match=complaint):
            Limit(**{"period": Period.DAY, **fields})


class TestBookingPolicy:
    """Which starts are offered and accepted."""

    def test_the_usual_policy(self) -> None:
        """Without a word, slots come every quarter of an hour, a year ahead, with nothing around them."""
        usual = BookingPolicy()
        assert usual.slot_interval == 15 * MINUTE
        assert usual.buffer_before == usual.buffer_after == usual.minimum_notice == NONE
        assert (usual.horizon_days, usual.limits, usual.any_start) == (365, (), False)
        assert usual.week_start == calendar.MONDAY

    @pytest.mark.parametrize(
        ("name", "least", "most"),
        [
            ("slot_interval", dt.timedelta(seconds=1), YEAR),
            ("buffer_before", NONE, YEAR),
            ("buffer_after", NONE, YEAR),
            ("minimum_notice", NONE, 10 * YEAR),
        ],
    )
    def test_lengths_have_bounds(self, name: str, least: dt.timedelta, most: dt.timedelta) -> None:
        """Both bounds are allowed, and a microsecond beyond them is not."""
        for good in (least, most):
            assert getattr(BookingPolicy(**{name: good}), name) == good  # type: ignore[arg-type]
        for bad in (least - TICK, most + TICK, 15, None):
            with pytest.raises(InvalidValue, match=f"{name} must be a"):
                BookingPolicy(**{name: bad})  # type: ignore[arg-type]

    @pytest.mark.parametrize(("name", "least", "most"), [("horizon_days", 0, 36_600), ("week_start", 0, 6)])
    def test_numbers_have_bounds(self, name: str, least: int, most: int) -> None:
        """Both bounds are allowed, and what is beyond, half or no number is not."""
        for good in (least, most):
            assert getattr(BookingPolicy(**{name: good}), name) == good  # type: ignore[arg-type]
        for bad in (least - 1, most + 1, 0.5, True, "1", None):
            with pytest.raises(InvalidValue, match=f"{name} must be a whole number from {least} to {most}"):
                BookingPolicy(**{name: bad})  # type: ignore[arg-type]

    def test_limits_and_flags_are_what_they_say(self) -> None:
        """A text in place of a limit, or of a truth, is refused."""
        with pytest.raises(InvalidValue, match="limits must hold values of class Limit"):
            BookingPolicy(limits=["3 a day"])  # type: ignore[list-item]
        with pytest.raises(InvalidValue, match="any_start must be true or false"):
            BookingPolicy(any_start="no")  # type: ignore[arg-type]


class TestAppointmentType:
    """Something that can be booked."""

    def test_listed_durations_are_allowed_and_the_first_is_usual(self) -> None:
        """Only what is listed is allowed, in the order in which it was listed."""
        talk = make_type(durations=[60 * MINUTE, 30 * MINUTE])
        assert talk.usual_duration == 60 * MINUTE
        assert [talk.allows(number * MINUTE) for number in (30, 45, 60, 90)] == [True, False, True, False]

    def test_a_range_of_durations_allows_its_steps(self) -> None:
        """From the shortest, which is usual, every step up to the longest, both included."""
        talk = make_type(duration_range=(20 * MINUTE, 50 * MINUTE, 15 * MINUTE))
        assert talk.durations == ()
        assert talk.usual_duration == 20 * MINUTE
        allowed = [number for number in range(66) if talk.allows(number * MINUTE)]
        assert allowed == [20, 35, 50]
        assert not talk.allows(20 * MINUTE + TICK)

    def test_a_range_may_be_a_single_length(self) -> None:
        """Shortest and longest may be the same."""
        talk = make_type(duration_range=(MINUTE, MINUTE, DAY), durations=())
        assert talk.allows(MINUTE)
        assert not talk.allows(2 * MINUTE)

    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ({"id": ""}, "id must not be empty"),
            ({"title": " "}, "title must not be empty"),
            ({"title": "x" * 201}, "title must have at most 200 characters"),
            ({"durations": ()}, "durations must not be empty"),
            ({"durations": [30 * MINUTE, NONE]}, "durations must be a positive timedelta"),
            ({"durations": [-MINUTE]}, "durations must be a positive timedelta"),
            ({"durations": [YEAR + TICK]}, "durations must be a positive timedelta of at most 366 days"),
            ({"durations": [30]}, "durations must be a positive timedelta"),
            ({"duration_range": (MINUTE, DAY, NONE)}, "duration_range must be a positive"),
            ({"duration_range": (DAY, MINUTE, MINUTE)}, "duration_range must be .shortest, longest, step"),
            ({"duration_range": (2 * MINUTE, 5 * MINUTE, 2 * MINUTE)}, "duration_range must be .shortest"),
            ({"duration_range": (MINUTE, 5 * MINUTE)}, "duration_range must be .shortest, longest, step"),
            (
                {"duration_range": (MINUTE, DAY, MINUTE), "durations": [DAY]},
                "durations must be left out where a range is given",
            ),
            ({"policy": None}, "policy must be a BookingPolicy"),
            ({"requires_confirmation": "no"}, "requires_confirmation must be true or false"),
        ],
        ids=[
            "no-id",
            "no-title",
            "long-title",
            "no-durations",
            "zero",
            "negative",
            "too-long",
            "number",
            "no-step",
            "reversed",
            "uneven",
            "two-numbers",
            "both",
            "no-policy",
            "word",
        ],
    )
    def test_what_cannot_be_booked_cannot_be_built(self, fields: Mapping[str, Any], complaint: str) -> None:
        """The error names the field and its rule."""
        with pytest.raises(InvalidValue, match=complaint):
            make_type(**fields)

    @pytest.mark.parametrize(
        "fields",
        [
            {"durations": [MINUTE, DAY]},
            {"duration_range": [MINUTE, DAY, MINUTE]},
            {"policy": BookingPolicy(limits=[Limit(Period.DAY, count=1)])},
        ],
        ids=["list", "range", "limits"],
    )
    def test_a_type_is_a_plain_value(self, fields: Mapping[str, Any]) -> None:
        """Equal types hash alike, whatever they were built from, and can be copied and pickled."""
        talk = make_type(**fields)
        for again in (make_type(**fields), copy.deepcopy(talk), pickle.loads(pickle.dumps(talk))):  # noqa: S301  Our own bytes.
            assert again == talk
            assert hash(again) == hash(talk)
        with pytest.raises(AttributeError):
            talk.title = "Walk"  # type: ignore[misc]

"""The clock and the ids of the test kit do as they are told."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import InvalidValue
from scheduling_core.testing import CountingIds, ManualClock

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    """It shows what it was told, in UTC, and can be advanced and set."""
    clock = ManualClock(dt.datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Europe/Berlin")))
    assert clock() == clock() == NOW
    assert clock().tzinfo is dt.UTC
    clock.advance(HOUR)
    assert clock() == NOW + HOUR
    clock.advance(0 * HOUR)
    clock.set(NOW)
    assert clock() == NOW


def test_a_manual_clock_refuses_what_no_clock_does() -> None:
    """Naive instants, and advancing into the past, are refused and change nothing."""
    clock = ManualClock(NOW)
    with pytest.raises(InvalidValue, match="now must be a datetime with a time zone"):
        ManualClock(dt.datetime(2026, 3, 2))
    with pytest.raises(InvalidValue, match="now"):
        clock.set(dt.datetime(2026, 3, 2))
    with pytest.raises(InvalidValue, match="by must not be negative"):
        clock.advance(-dt.timedelta.resolution)
    assert clock() == NOW


def test_counting_ids_are_distinct_and_sort_in_the_order_they_were_made() -> None:
    """Thousands of ids sort as text, even where a digit is added."""
    new_id = CountingIds()
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(set(made))
    assert CountingIds(5_001)() > made[-1]

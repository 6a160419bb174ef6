"""Instants, durations and intervals, on grids so coarse that they meet."""

import datetime as dt
import functools
import itertools
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from scheduling_core.intervals import Interval
from scheduling_core.testing.strategies.zones import clock_changes, jump, zones

MINUTE = dt.timedelta(minutes=1)
QUARTER = 15 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ORIGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
"""A Monday far from every change of clocks."""

# The start of that week, a leap day, and the end of a year.
_QUIET = (
    ORIGIN,
    dt.datetime(2024, 2, 29, tzinfo=dt.UTC),
    dt.datetime(2025, 12, 31, 12, tzinfo=dt.UTC),
)


def anchors(zone: ZoneInfo) -> st.SearchStrategy[dt.datetime]:
    """Draw an instant worth testing around: where the clocks of *zone* change, or a quiet one.

    The greatest change of the zone, where a date may be missing, comes often. Years are 1990 to 2037, so
    that offsets are whole minutes; the offsets of earlier times, which have seconds, are left out.
    """
    changes = clock_changes(zone)
    if not changes:
        return st.sampled_from(_QUIET)
    greatest = max(abs(jump(change, zone)) for change in changes)
    largest = [change for change in changes if abs(jump(change, zone)) == greatest]
    return st.one_of(
        st.sampled_from(_QUIET), st.sampled_from(changes), st.sampled_from(largest), st.sampled_from(changes)
    )


@st.composite
def instants(draw: st.DrawFn, zone: ZoneInfo | None = None) -> dt.datetime:
    """Draw an instant in UTC, some quarters of an hour before or after an anchor of *zone*, or of any zone.

    Leaves out instants off that grid, and years before 1989 and after 2038.
    """
    anchor = draw(anchors(draw(zones()) if zone is None else zone))
    return anchor + draw(st.integers(-16, 16)) * QUARTER


# The odd one is longer than half an hour of open time by the least that there is.
_ODD = 30 * MINUTE + dt.timedelta.resolution
_DURATIONS = st.sampled_from(
    [
        *(count * MINUTE for count in (30, 15, 45, 60, 30, 60, 90, 120, 20, 50, 1, 24 * 60, 25 * 60)),
        _ODD,
    ]
)


def durations() -> st.SearchStrategy[dt.timedelta]:
    """Draw a length for an appointment: mostly some quarters of an hour, rarely odd, or a day long.

    One is half an hour and a microsecond. Leaves out everything above 25 hours.
    """
    return _DURATIONS


@functools.cache
def _ends(steps: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.sampled_from(list(itertools.combinations(range(steps + 1), 2)))


def intervals(
    origin: dt.datetime = ORIGIN, *, step: dt.timedelta = QUARTER, steps: int = 12
) -> st.SearchStrategy[Interval]:
    """Draw an interval whose ends lie on a grid of *steps* + 1 instants, *step* apart, from *origin* on.

    The grid is small, so that of a few drawn some touch, some overlap and some are equal.

    >>> from hypothesis import given, settings
    >>> @settings(max_examples=10)
    ... @given(intervals(), intervals())
    ... def test_overlapping_is_mutual(one, other):
    ...     assert one.overlaps(other) == other.overlaps(one)
    >>> test_overlapping_is_mutual()
    """
    return _ends(steps).map(lambda ends: Interval(origin + ends[0] * step, origin + ends[1] * step))

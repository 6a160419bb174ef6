"""Opening hours, drawn where clocks change: at night and around midnight."""

import datetime as dt
import itertools
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from scheduling_core.schedules import DAYS, DateOverride, Schedule, TimeRange, WeeklyHours
from scheduling_core.testing.strategies.times import DAY, ORIGIN, anchors
from scheduling_core.testing.strategies.zones import zones

_END_OF_DAY = 24
# Hours of the clock that a range may begin or end at: those of work, those of the night, and midnight.
_HOURS = (9, 17, 12, 12.5, 0, _END_OF_DAY, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 5, 22, 23, 23.5)


def _range(start: float, end: float) -> TimeRange:
    return TimeRange(_clock(start), _clock(end))


def _clock(hours: float) -> dt.time:
    return dt.time(0) if hours == _END_OF_DAY else dt.time(int(hours), int(hours * 60) % 60)


_RANGES = [_range(*sorted(pair)) for pair in itertools.combinations(_HOURS, 2)]
_ALL_DAY = _range(0, _END_OF_DAY)
# The ones within the hours of the night, in which most clocks change.
_AT_NIGHT = [each for each in _RANGES if dt.time(0) < each.end <= _clock(5)]


_TIME_RANGES = st.sampled_from(_RANGES)
# The ranges of one day, in any order; they may touch and overlap.
_HOURS_OF_A_DAY = st.one_of(
    st.just((_ALL_DAY,)),
    st.lists(_TIME_RANGES, min_size=1, max_size=3).map(tuple),
    st.lists(_TIME_RANGES, max_size=1).map(tuple),
    st.tuples(st.sampled_from(_AT_NIGHT)),
)


def time_ranges() -> st.SearchStrategy[TimeRange]:
    """Draw a range between two full or half hours: working hours, the small ones, up to midnight (24:00).

    Leaves out minutes other than 0 and 30, and seconds.
    """
    return _TIME_RANGES


def _week(one: Iterable[TimeRange], other: Iterable[TimeRange], pattern: int) -> WeeklyHours:
    return WeeklyHours(*(other if pattern >> day & 1 else one for day in range(len(DAYS))))


_WEEKLY_HOURS = st.just(_week((_ALL_DAY,), (), 0)) | st.builds(
    _week, _HOURS_OF_A_DAY, _HOURS_OF_A_DAY, st.integers(0, 2 ** len(DAYS) - 1)
)


def weekly_hours() -> st.SearchStrategy[WeeklyHours]:
    """Draw weekly hours: all day long, the same every day, two kinds of days in any pattern, or none.

    Leaves out more than three ranges a day, and weeks of more than two kinds of days.
    """
    return _WEEKLY_HOURS


_OVERRIDES = st.tuples(st.integers(-2, 2), st.just(()) | _HOURS_OF_A_DAY)
_OVERRIDE_LISTS = st.lists(_OVERRIDES, max_size=3)


def date_overrides(near: dt.date | None = None) -> st.SearchStrategy[DateOverride]:
    """Draw an override of a date at most two days from *near*, open or closed.

    Leaves out dates further away, which would rarely meet anything else that is drawn.
    """
    middle = ORIGIN.date() if near is None else near
    return _OVERRIDES.map(lambda drawn: DateOverride(middle + drawn[0] * DAY, drawn[1]))


@st.composite
def schedules(draw: st.DrawFn, zone: ZoneInfo | None = None, near: dt.datetime | None = None) -> Schedule:
    """Draw a schedule in *zone*, or in any, with up to three overrides on dates around *near*.

    Without *near* that is where the clocks of the zone change.

    >>> from hypothesis import given, settings
    >>> @settings(max_examples=10)
    ... @given(schedules(ZoneInfo("Europe/Berlin")))
    ... def test_a_schedule_is_equal_to_itself_with_its_overrides_reversed(schedule):
    ...     turned = Schedule(schedule.timezone, schedule.weekly, schedule.overrides[::-1])
    ...     assert turned == schedule
    >>> test_a_schedule_is_equal_to_itself_with_its_overrides_reversed()
    """
    if zone is None:
        zone = draw(zones())
    if near is None:
        near = draw(anchors(zone))
    middle = near.astimezone(zone).date()
    overrides = {day: DateOverride(middle + day * DAY, hours) for day, hours in draw(_OVERRIDE_LISTS)}
    return Schedule(zone, draw(_WEEKLY_HOURS), overrides.values())

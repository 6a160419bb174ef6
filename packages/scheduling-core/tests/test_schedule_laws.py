"""Opening hours against the slow definition: a walk along the minutes, from UTC to the clock on the wall."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo, available_timezones

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import oracles
from scheduling_core import (
    DateOverride,
    Interval,
    Schedule,
    TimeRange,
    WeeklyHours,
    intersect,
    subtract,
    union,
)
from scheduling_core.intervals import TICK
from scheduling_core.testing import strategies
from scheduling_core.testing.strategies.zones import jump

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
ALL_DAY = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))

Asked = tuple[Schedule, Interval]


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """Draw a schedule and a window of some hours around a change of its clocks."""
    zone = draw(strategies.zones())
    anchor = draw(strategies.anchors(zone))
    first = draw(st.integers(-60, 10))
    window = Interval(anchor + first * HOUR / 2, anchor + (first + draw(st.integers(1, 70))) * HOUR / 2)
    return draw(strategies.schedules(zone, anchor)), window


def at(text: str) -> dt.datetime:
    """Read an instant of 2026 in UTC."""
    return dt.datetime.fromisoformat(f"2026-{text}+00:00")


def daily(zone: str, *ranges: str) -> Schedule:
    """Return a schedule with the same ranges every day, written as "02:30-05:00"."""
    read = [[dt.time.fromisoformat(each) for each in text.split("-")] for text in ranges]
    return Schedule(ZoneInfo(zone), WeeklyHours.on("mon-sun", *(TimeRange(*pair) for pair in read)))


# --- the definition ------------------------------------------------------------------------------------


@given(asked())
@example((daily("Asia/Beirut", "22:00-00:00"), Interval(at("10-24T12:00"), at("10-25T12:00"))))
@example((daily("America/Havana", "00:30-01:30"), Interval(at("10-31T12:00"), at("11-01T12:00"))))
def test_open_time_is_what_the_walk_finds(asked: Asked) -> None:
    """An instant is open if and only if a rule of its own local date covers its own clock reading."""
    schedule, window = asked
    assert schedule.open_intervals(window) == oracles.open_intervals(schedule, window)


@given(asked())
def test_windows_are_the_maximal_runs_of_open_time_within_one_local_date(asked: Asked) -> None:
    """A window ends where open time ends or the local date does, and nowhere else."""
    schedule, window = asked
    clipped = [
        Interval(max(start, window.start), min(end, window.end))
        for start, end in schedule.windows(window.start, window.end)
    ]
    assert clipped == oracles.OpenMinutes(schedule).windows(window)


@given(asked())
def test_windows_are_whole_where_the_span_cuts_them(asked: Asked) -> None:
    """A window that only reaches into the span is given from its start to its end."""
    schedule, window = asked
    wide = window.padded(26 * HOUR, 26 * HOUR)
    known = oracles.OpenMinutes(schedule)
    whole = [(each.start, each.end) for each in known.windows(wide) if each.overlaps(window)]
    assert schedule.windows(window.start, window.end) == whole


@given(strategies.zones(), st.lists(st.times(), min_size=2, max_size=4, unique=True), st.data())
def test_every_instant_is_as_open_as_its_clock_reading_says(
    zone: ZoneInfo, times: list[dt.time], data: st.DataObject
) -> None:
    """Hours to the microsecond, offsets with seconds, and all years from 1901 to 2199 are no exception."""
    edges = sorted(times)
    ranges = [TimeRange(*pair) for pair in itertools.pairwise(edges)][::2]
    schedule = Schedule(zone, WeeklyHours.on("mon-sun", *ranges))
    quiet = st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2199, 12, 29), timezones=st.just(dt.UTC))
    changes = strategies.clock_changes(zone, first_year=1901, last_year=1999)
    anchor = data.draw(st.sampled_from(changes) | quiet if changes else quiet)
    window = Interval(anchor - 20 * HOUR, anchor + 20 * HOUR)
    found = schedule.open_intervals(window)
    edge = {instant for each in found for instant in (each.start, each.end)} | {anchor}
    edge |= {window.start + step * HOUR / 4 for step in range(160)}
    for instant in edge | {each - TICK for each in edge} | {each + TICK for each in edge}:
        if window.contains(instant):
            assert any(each.contains(instant) for each in found) == oracles.is_open(schedule, instant)


# --- laws ----------------------------------------------------------------------------------------------


@given(asked())
def test_open_intervals_are_the_windows_glued_over_midnight(asked: Asked) -> None:
    """What is open is one thing, however many dates and rules it comes from."""
    schedule, window = asked
    windows = [Interval(*each) for each in schedule.windows(window.start, window.end)]
    assert schedule.open_intervals(window) == intersect(windows, [window])


@given(asked(), st.integers(1, 100))
def test_a_window_may_be_asked_in_two_parts(asked: Asked, percent: int) -> None:
    """Where a window is cut changes nothing, even off the minute."""
    schedule, window = asked
    middle = window.start + window.duration * percent / 101
    parts = Interval(window.start, middle), Interval(middle, window.end)
    assert union(itertools.chain(*map(schedule.open_intervals, parts))) == schedule.open_intervals(window)


@given(asked())
def test_hours_are_open_and_closed_hours_are_the_rest(asked: Asked) -> None:
    """With every range turned into its gaps, exactly the other instants are open."""
    schedule, window = asked

    def gaps(ranges: tuple[TimeRange, ...]) -> tuple[TimeRange, ...]:
        free = [True] * (24 * 60)
        for each in ranges:
            start, end = (moment // MINUTE for moment in each.since_midnight)
            free[start:end] = [False] * (end - start)
        return tuple(TimeRange(_clock(n), _clock(n + 1)) for n, is_free in enumerate(free) if is_free)

    weekly = WeeklyHours(*(gaps(schedule.weekly.of_weekday(day)) for day in range(7)))
    overrides = [DateOverride(each.day, gaps(each.hours)) for each in schedule.overrides]
    closed = Schedule(schedule.timezone, weekly, overrides)
    assert closed.open_intervals(window) == subtract([window], schedule.open_intervals(window))


def _clock(minutes: int) -> dt.time:
    return dt.time(minutes // 60 % 24, minutes % 60)


@given(asked())
def test_the_order_of_ranges_does_not_matter(asked: Asked) -> None:
    """Ranges of a day are a set: turned around and written twice they are the same hours."""
    schedule, window = asked

    def mixed(ranges: tuple[TimeRange, ...]) -> tuple[TimeRange, ...]:
        return (*ranges[::-1], *ranges)

    weekly = WeeklyHours(*(mixed(schedule.weekly.of_weekday(day)) for day in range(7)))
    overrides = [DateOverride(each.day, mixed(each.hours)) for each in schedule.overrides]
    same = Schedule(schedule.timezone, weekly, overrides)
    assert same.open_intervals(window) == schedule.open_intervals(window)


@given(asked(), st.integers(-2, 2), st.lists(strategies.time_ranges(), max_size=2))
def test_an_override_changes_its_own_local_date_only(asked: Asked, days: int, hours: list[TimeRange]) -> None:
    """Whatever the hours of a date become, an instant of another date is as open as before."""
    schedule, window = asked
    day = window.start.astimezone(schedule.timezone).date() + dt.timedelta(days=days)
    others = [each for each in schedule.overrides if each.day != day]
    changed = attrs.evolve(schedule, overrides=[*others, DateOverride(day, hours)])
    its_own = attrs.evolve(
        schedule, weekly=WeeklyHours(), overrides=[DateOverride(day, ALL_DAY.monday)]
    ).open_intervals(window)
    left, right = (each.open_intervals(window) for each in (schedule, changed))
    assert subtract(left, its_own) == subtract(right, its_own)


@given(asked())
def test_a_date_that_is_open_all_day_lasts_as_long_as_the_clocks_say(asked: Asked) -> None:
    """A day has 23, 24 or 25 hours, or whatever the clocks of the zone make of it."""
    schedule, window = asked
    zone = schedule.timezone
    day = window.start.astimezone(zone).date()
    only = Schedule(zone, overrides=[DateOverride(day, ALL_DAY.monday)])
    around = Interval(window.start - 50 * HOUR, window.start + 50 * HOUR)
    minutes = sum(minute.astimezone(zone).date() == day for minute in oracles.minutes_of(around))
    assert sum((each.duration for each in only.open_intervals(around)), 0 * MINUTE) == minutes * MINUTE


# --- the long run --------------------------------------------------------------------------------------


@pytest.mark.soak
def test_open_time_is_what_the_walk_finds_in_every_zone_at_every_change() -> None:
    """All zones, all changes of clocks from 2000 to 2037, by four sets of hours."""
    hours = [["00:30-02:30", "23:30-00:00"], ["00:00-01:30", "02:15-02:45"], ["22:00-00:00"], ["03:00-23:15"]]
    seen = set()
    for name in sorted(available_timezones() - {"localtime", "Factory"}):
        zone = ZoneInfo(name)
        for change in strategies.clock_changes(zone, first_year=2000, last_year=2037):
            same = change, change.astimezone(zone).utcoffset(), jump(change, zone)
            if same in seen:
                continue
            seen.add(same)
            window = Interval(change - 26 * HOUR, change + 26 * HOUR)
            for ranges in hours:
                schedule = daily(name, *ranges)
                assert schedule.open_intervals(window) == oracles.open_intervals(schedule, window), name
    assert len(seen) > 2_000

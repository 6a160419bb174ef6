"""Opening hours where clocks change, told by hand."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import DateOverride, Interval, Schedule, TimeRange, WeeklyHours

ALL_DAY = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))


def at(text: str) -> dt.datetime:
    """Read an instant of 2026 in UTC."""
    return dt.datetime.fromisoformat(f"2026-{text}+00:00")


def daily(zone: str, hours: str) -> Schedule:
    """Return a schedule with the same hours every day, written as "02:30-05:00"."""
    times = [dt.time.fromisoformat(each) for each in hours.split("-")]
    return Schedule(ZoneInfo(zone), WeeklyHours.on("mon-sun", TimeRange(*times)))


SPRING = Interval(at("03-28T23:00"), at("03-29T22:00"))
AUTUMN = Interval(at("10-24T22:00"), at("10-25T23:00"))


@pytest.mark.parametrize(
    ("hours", "day", "expected"),
    [
        pytest.param("02:30-05:00", SPRING, [("03-29T01:00", "03-29T03:00")], id="opens-at-the-jump"),
        pytest.param("01:00-02:30", SPRING, [("03-29T00:00", "03-29T01:00")], id="closes-at-the-jump"),
        pytest.param("02:15-02:45", SPRING, [], id="inside-the-gap"),
        pytest.param("02:00-03:00", SPRING, [], id="the-whole-gap"),
        pytest.param("01:30-03:30", SPRING, [("03-29T00:30", "03-29T01:30")], id="around-the-gap"),
        pytest.param(
            "02:15-02:45",
            AUTUMN,
            [("10-25T00:15", "10-25T00:45"), ("10-25T01:15", "10-25T01:45")],
            id="inside-the-repeated-hour",
        ),
        pytest.param("02:00-03:00", AUTUMN, [("10-25T00:00", "10-25T02:00")], id="the-whole-repeated-hour"),
        pytest.param(
            "01:00-02:30",
            AUTUMN,
            [("10-24T23:00", "10-25T00:30"), ("10-25T01:00", "10-25T01:30")],
            id="ends-in-the-repeated-hour",
        ),
        pytest.param("00:00-00:00", SPRING, [("03-28T23:00", "03-29T22:00")], id="23-hours"),
        pytest.param("00:00-00:00", AUTUMN, [("10-24T22:00", "10-25T23:00")], id="25-hours"),
    ],
)
def test_hours_in_berlin_when_the_clocks_change(
    hours: str, day: Interval, expected: list[tuple[str, str]]
) -> None:
    """Both clock changes, told once by hand."""
    found = daily("Europe/Berlin", hours).open_intervals(day)
    assert found == tuple(Interval(at(start), at(end)) for start, end in expected)


def test_hours_after_the_jump_do_not_hang_on_those_before_it() -> None:
    """On the day of the change, a range that is over before it takes nothing from the later ones."""
    early, late = TimeRange(dt.time(0, 30), dt.time(1)), TimeRange(dt.time(9), dt.time(17))
    schedule = Schedule(ZoneInfo("Europe/Berlin"), WeeklyHours.on("mon-sun", early, late))
    assert schedule.open_intervals(SPRING) == (
        Interval(at("03-28T23:30"), at("03-29T00:00")),
        Interval(at("03-29T07:00"), at("03-29T15:00")),
    )


def test_a_date_that_never_happened_has_no_hours() -> None:
    """Apia went from the 29th of December 2011 to the 31st, whatever the hours of the 30th were."""
    zone = ZoneInfo("Pacific/Apia")
    friday = Schedule(zone, overrides=[DateOverride(dt.date(2011, 12, 30), ALL_DAY.monday)])
    week = Interval(dt.datetime(2011, 12, 27, tzinfo=dt.UTC), dt.datetime(2012, 1, 3, tzinfo=dt.UTC))
    assert friday.open_intervals(week) == ()
    assert Schedule(zone, ALL_DAY).open_intervals(week) == (week,)

"""Opening hours: ranges, weeks, overrides, and what is open when the clocks are turned."""

import copy
import datetime as dt
import pickle
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import DateOverride, Interval, InvalidValue, Schedule, TimeRange, WeeklyHours

at = dt.datetime.fromisoformat


def ranges(told: str) -> tuple[TimeRange, ...]:
    """Read ranges such as `9-12 13:30-24`."""
    pairs = [part.split("-") for part in told.split()]
    return tuple(TimeRange(_time(start), _time(end)) for start, end in pairs)


def _time(told: str) -> dt.time:
    hour, _, minute = told.partition(":")
    return dt.time(int(hour) % 24, int(minute or 0))


def every_day(zone: str, told: str, *overrides: DateOverride) -> Schedule:
    """Return a schedule with the same hours on all days."""
    return Schedule(ZoneInfo(zone), WeeklyHours.on("mon-sun", *ranges(told)), overrides)


def opened(schedule: Schedule, start: str, end: str) -> list[str]:
    """Return what is open in a window, in the manner of `01-05T09:00/01-05T17:00`, in UTC."""
    found = schedule.open_intervals(Interval(at(start), at(end)))
    return [f"{item.start:%m-%dT%H:%M}/{item.end:%m-%dT%H:%M}" for item in found]


class TestTimeRange:
    """A range of local times."""

    def test_midnight_as_an_end_is_the_end_of_the_day(self) -> None:
        """24:00 is written `time(0)`, so a whole day is from `time(0)` to `time(0)`."""
        assert TimeRange(dt.time(0), dt.time(0)).since_midnight == (dt.timedelta(0), dt.timedelta(days=1))

    def test_2359_means_2359(self) -> None:
        """A day that ends at 23:59 is not rounded up."""
        end = TimeRange(dt.time(9), dt.time(23, 59)).since_midnight[1]
        assert end == dt.timedelta(hours=23, minutes=59)

    @pytest.mark.parametrize(
        ("start", "end", "complaint"),
        [
            (dt.time(9), dt.time(9), "end must be after the start"),
            (dt.time(22), dt.time(2), "end must be after the start"),
            (dt.time(9, tzinfo=dt.UTC), dt.time(10), "start must be a time without a zone"),
            (dt.time(9), dt.time(10, tzinfo=dt.UTC), "end must be a time without a zone"),
            ("09:00", dt.time(10), "start must be a time"),
        ],
        ids=["empty", "over-midnight", "zone-in-start", "zone-in-end", "text"],
    )
    def test_what_is_no_range_cannot_be_built(self, start: dt.time, end: dt.time, complaint: str) -> None:
        """A range runs forward inside one day, by a clock without a zone."""
        with pytest.raises(InvalidValue, match=complaint):
            TimeRange(start, end)


class TestWeeklyHours:
    """The hours of a week."""

    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            ("monday", "m......"),
            ("mon-fri", "mtwtf.."),
            ("Mon-Sun", "mtwtfss"),
            ("sat-mon", "m....ss"),
            ("sun - mon", "m.....s"),
            ("fri-thu", "mtwtfss"),
            ("mon, wed, sat-sun", "m.w..ss"),
            ("tue-tue,TUESDAY", ".t....."),
        ],
    )
    def test_days_are_named_one_by_one_or_as_spans(self, days: str, expected: str) -> None:
        """A span runs from its first day to its last, over the end of the week where it must."""
        hours = WeeklyHours.on(days, *ranges("9-17"))
        letters = zip("mtwtfss", map(hours.of_weekday, range(7)), strict=True)
        assert "".join(letter if found else "." for letter, found in letters) == expected

    @pytest.mark.parametrize("days", ["", "mon,", "mo", "mon-", "mon-tue-wed", "weekdays", "montag", "1-5"])
    def test_other_words_for_days_are_refused(self, days: str) -> None:
        """What names no day is an error, never an empty week."""
        with pytest.raises(InvalidValue, match="days must be days or spans of days"):
            WeeklyHours.on(days, *ranges("9-17"))

    def test_hours_are_time_ranges(self) -> None:
        """A pair of times is no range, and the error names the day."""
        with pytest.raises(InvalidValue, match="sunday must hold values of class TimeRange"):
            WeeklyHours(sunday=[(dt.time(9), dt.time(17))])  # type: ignore[list-item]


class TestOverrides:
    """What replaces the hours of one date."""

    def test_an_override_replaces_all_hours_of_its_date_and_no_other(self) -> None:
        """Open or closed, a date with an override forgets the week."""
        opens = DateOverride(dt.date(2026, 1, 6), ranges("20-24"))
        closes = DateOverride(dt.date(2026, 1, 5))
        schedule = every_day("UTC", "9-12 13-17", opens, closes)
        assert schedule.overrides == (closes, opens)
        assert [schedule.hours_on(dt.date(2026, 1, day)) for day in (4, 5, 6)] == [
            ranges("9-12 13-17"),
            (),
            ranges("20-24"),
        ]
        assert opened(schedule, "2026-01-05T00:00Z", "2026-01-07T10:00Z") == [
            "01-06T20:00/01-07T00:00",
            "01-07T09:00/01-07T10:00",
        ]

    def test_a_date_has_one_override(self) -> None:
        """Two overrides of one date are refused, though they may agree."""
        with pytest.raises(InvalidValue, match="overrides must not name a date twice"):
            every_day("UTC", "9-17", DateOverride(dt.date(2026, 1, 5)), DateOverride(dt.date(2026, 1, 5)))

    @pytest.mark.parametrize(
        "day", [dt.datetime(2026, 1, 5), "2026-01-05", None], ids=["datetime", "text", "none"]
    )
    def test_an_override_is_of_a_date(self, day: dt.date) -> None:
        """A datetime or a text is no date."""
        with pytest.raises(InvalidValue, match="day must be a date"):
            DateOverride(day)


CLOCKS: dict[str, tuple[str, str, str, list[str]]] = {
    "opens-at-jump": ("Europe/Berlin", "2026-03-29", "2:30-5", ["03-29T01:00/03-29T03:00"]),
    "closes-at-jump": ("Europe/Berlin", "2026-03-29", "1-2:30", ["03-29T00:00/03-29T01:00"]),
    "over-gap": ("Europe/Berlin", "2026-03-29", "1-5", ["03-29T00:00/03-29T03:00"]),
    "inside-gap": ("Europe/Berlin", "2026-03-29", "2-3", []),
    "23-hours": ("Europe/Berlin", "2026-03-29", "0-24", ["03-28T23:00/03-29T22:00"]),
    "25-hours": ("Europe/Berlin", "2026-10-25", "0-24", ["10-24T22:00/10-25T23:00"]),
    "repeated-hour": ("Europe/Berlin", "2026-10-25", "2-3", ["10-25T00:00/10-25T02:00"]),
    "inside-repeated": (
        "Europe/Berlin",
        "2026-10-25",
        "2:15-2:45",
        ["10-25T00:15/10-25T00:45", "10-25T01:15/10-25T01:45"],
    ),
    "into-repeated": (
        "Europe/Berlin",
        "2026-10-25",
        "1-2:30",
        ["10-24T23:00/10-25T00:30", "10-25T01:00/10-25T01:30"],
    ),
    "half-hour-gap": ("Australia/Lord_Howe", "2026-10-04", "1:30-3", ["10-03T15:00/10-03T16:00"]),
    "two-hour-gap": ("Antarctica/Troll", "2026-03-29", "0-4", ["03-29T00:00/03-29T02:00"]),
    "negative-dst": ("Europe/Dublin", "2026-10-25", "1-2", ["10-25T00:00/10-25T02:00"]),
    "midnight-skipped": ("Asia/Beirut", "2026-03-29", "0-2", ["03-28T22:00/03-28T23:00"]),
    "midnight-repeated": ("America/Havana", "2026-11-01", "0-1", ["11-01T04:00/11-01T06:00"]),
    "date-skipped": ("Pacific/Apia", "2011-12-30", "0-24", []),
}


class TestOpenIntervals:
    """Local hours as instants."""

    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            ("9-12 13-17", ["01-05T09:00/01-05T12:00", "01-05T13:00/01-05T17:00"]),
            ("13-17 9-12", ["01-05T09:00/01-05T12:00", "01-05T13:00/01-05T17:00"]),
            ("9-12 12-17", ["01-05T09:00/01-05T17:00"]),
            ("9-15 11-12 14-17", ["01-05T09:00/01-05T17:00"]),
            ("22-24 0-2", ["01-05T00:00/01-05T02:00", "01-05T22:00/01-06T00:00"]),
            ("0-24", ["01-05T00:00/01-06T00:00"]),
            ("", []),
        ],
        ids=["two", "unordered", "touching", "overlapping", "night", "whole-day", "never"],
    )
    def test_a_day_may_have_several_ranges(self, told: str, expected: list[str]) -> None:
        """Ranges may come in any order, and touch or overlap: then they are one."""
        assert opened(every_day("UTC", told), "2026-01-05T00:00Z", "2026-01-06T00:00Z") == expected

    def test_hours_glue_over_midnight(self) -> None:
        """22:00 to 24:00 and 00:00 to 02:00 are one night."""
        schedule = every_day("UTC", "22-24 0-2")
        found = opened(schedule, "2026-01-05T12:00Z", "2026-01-06T12:00Z")
        assert found == ["01-05T22:00/01-06T02:00"]

    def test_the_window_clips(self) -> None:
        """Only what lies in the window is told."""
        schedule = every_day("UTC", "9-17")
        found = opened(schedule, "2026-01-05T10:30Z", "2026-01-05T10:31Z")
        assert found == ["01-05T10:30/01-05T10:31"]

    @pytest.mark.parametrize(("zone", "day", "told", "expected"), CLOCKS.values(), ids=CLOCKS)
    def test_an_instant_is_open_by_its_own_clock(
        self, zone: str, day: str, told: str, expected: list[str]
    ) -> None:
        """An instant is open if its own reading is covered by a range of its own date."""
        override = DateOverride(dt.date.fromisoformat(day), ranges(told))
        noon = f"{day}T12:00Z"
        window = Interval.of(at(noon) - dt.timedelta(days=2), dt.timedelta(days=4))
        schedule = Schedule(ZoneInfo(zone), overrides=[override])
        assert opened(schedule, window.start.isoformat(), window.end.isoformat()) == expected


@pytest.mark.parametrize(
    ("zone", "window", "told", "expected"),
    [
        ("UTC", ("01-05T09:00", "01-05T10:00"), "9-12 12-17", ["09:00-17:00"]),
        ("UTC", ("01-05T12:00", "01-06T12:00"), "22-24 0-2", ["22:00-00:00", "00:00-02:00"]),
        ("UTC", ("01-05T12:00", "01-05T13:00"), "9-12 13-17", []),
        ("Europe/Berlin", ("03-29T00:00", "03-29T12:00"), "1-5", ["00:00-03:00"]),
        ("Europe/Berlin", ("10-25T00:00", "10-25T12:00"), "1-5", ["23:00-04:00"]),
        ("Europe/Berlin", ("10-25T00:00", "10-25T12:00"), "1-2:30", ["23:00-00:30", "01:00-01:30"]),
    ],
    ids=["whole", "midnight", "touching", "over-gap", "over-repeated", "into-repeated"],
)
def test_a_window_is_a_run_of_open_time_in_one_date(
    zone: str, window: tuple[str, str], told: str, expected: list[str]
) -> None:
    """Windows come whole; midnight begins a new one, and so does a second pass that stands alone."""
    start, end = (at(f"2026-{instant}Z") for instant in window)
    found = every_day(zone, told).windows(start, end)
    assert [f"{first:%H:%M}-{until:%H:%M}" for first, until in found] == expected


def test_a_schedule_is_a_plain_value() -> None:
    """Equal schedules hash alike, and copied and pickled ones still answer."""
    schedule = every_day("Europe/Berlin", "9-17", DateOverride(dt.date(2026, 1, 5)))
    day = "2026-01-05T00:00Z", "2026-01-06T12:00Z"
    assert opened(schedule, *day) == ["01-06T08:00/01-06T12:00"]
    for again in (copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule))):  # noqa: S301  Our own bytes.
        assert again == schedule
        assert hash(again) == hash(schedule)
        assert opened(again, *day) == opened(schedule, *day)


def test_a_zone_may_be_given_by_name() -> None:
    """A name is looked up, and an unknown one is refused."""
    assert Schedule("Europe/Berlin").timezone is ZoneInfo("Europe/Berlin")
    with pytest.raises(InvalidValue, match="timezone"):
        Schedule("Europe/Atlantis")

"""Every rule at its edges: what is just bookable, what just is not, and the reason that is given."""

import calendar
import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Agenda,
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BeyondHorizon,
    BookingPolicy,
    BusyInterval,
    DuringTimeOff,
    ExternallyBusy,
    HostId,
    Interval,
    Limit,
    LimitReached,
    OffGrid,
    OutsideHours,
    Overlaps,
    Period,
    Reason,
    Schedule,
    Status,
    TimeOff,
    TimeRange,
    TooSoon,
    WeeklyHours,
    WrongDuration,
    explain,
)
from scheduling_core.intervals import TICK
from scheduling_core.rules import RULES, counted_span

UTC, HOST = ZoneInfo("UTC"), HostId("host")
TALK, WALK = AppointmentTypeId("talk"), AppointmentTypeId("walk")
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
ALL_DAY = TimeRange(dt.time(0), dt.time(0))


def t(told: str) -> dt.datetime:
    """Read `09:00` as a time of Monday, 5 January 2026; `06T09:00` and `02-01T09:00` are other days.

    A sign behind it means the neighbouring microsecond.
    """
    day, _, time = ("05T" + told if "T" not in told else told).rstrip("+-").rpartition("T")
    read = dt.datetime.fromisoformat(f"2026-{day if '-' in day else '01-' + day}T{time}Z")
    return read + TICK * (told.endswith("+") - told.endswith("-"))


def span(start: str, end: str) -> Interval:
    """Return the interval between two times, read as `t` reads them."""
    return Interval(t(start), t(end))


def held(
    during: Interval,
    *,
    occupied: Interval | None = None,
    status: Status = Status.CONFIRMED,
    type: AppointmentTypeId = TALK,
) -> Appointment:
    """Return an appointment that is named after its start."""
    name = AppointmentId(f"at {during.start:%d %H:%M}")
    wide = occupied or during
    return Appointment(name, HOST, type, "Ann", during, wide, status, 1, UTC, created_at=NOW, updated_at=NOW)


TODAY, WEEK, NOON = span("00:00", "06T00:00"), span("00:00", "12T00:00"), span("12:00", "13:00")
NOW, LATE = t("02T00:00"), t("08:00+")
NINE_TO_FIVE = (TimeRange(dt.time(9), dt.time(17)),)


def asked(
    start: dt.datetime,
    policy: Mapping[str, Any],
    *,
    hours: tuple[TimeRange, ...] = NINE_TO_FIVE,
    window: Interval = TODAY,
    now: dt.datetime = NOW,
    length: dt.timedelta = HOUR,
    duration: dt.timedelta | None = None,
    moving: Appointment | None = None,
    **held: Any,  # noqa: ANN401  Whatever an agenda holds.
) -> tuple[Reason, ...]:
    """Return the reasons against an hour at *start*, if the host is there from nine to five."""
    talk = AppointmentType(TALK, "Talk", [length], BookingPolicy(**policy))
    agenda = Agenda(HOST, window, Schedule(UTC, WeeklyHours.on("mon-sun", *hours)), **held)
    return explain(agenda, talk, start, now=now, duration=duration, moving=moving)


ANY = {"any_start": True}
BUFFERED = {"any_start": True, "buffer_before": 15 * MINUTE, "buffer_after": 5 * MINUTE}
FIFTY = {"slot_interval": 50 * MINUTE}
LUNCH = {"hours": (TimeRange(dt.time(9), dt.time(12)), TimeRange(dt.time(13), dt.time(17)))}
SHORT = {"hours": (TimeRange(dt.time(9), dt.time(9, 30)), TimeRange(dt.time(13), dt.time(17)))}
NIGHT = {"hours": (TimeRange(dt.time(0), dt.time(2)), TimeRange(dt.time(23, 30), dt.time(0)))}
AT_TEN = {"now": t("10:00"), "hours": [ALL_DAY], "window": WEEK}
AWAY, BUSY = TimeOff(NOON, "dentist"), BusyInterval(NOON, "other calendar")
BARE, MET = held(NOON), held(NOON, occupied=span("11:50", "13:20"))
OLD = held(span("09:00", "10:00"))
LAST_RUNG = OffGrid(span("16:30+", "17:00"), t("16:30"), None)

EDGES: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], Reason]] = {
    "before-hours": (ANY, {}, OutsideHours(span("00:00", "09:00"))),
    "after-hours": (ANY, {}, OutsideHours(span("16:00+", "06T00:00"))),
    "between-hours": (ANY, LUNCH, OutsideHours(span("11:00+", "13:00"))),
    "too-short-hours": (ANY, SHORT, OutsideHours(span("00:00", "13:00"))),
    "into-the-night": (ANY, NIGHT, OutsideHours(span("01:00+", "23:30"))),
    "time-off": (BUFFERED, {"time_off": [AWAY]}, DuringTimeOff(span("11:00+", "13:00"), AWAY)),
    "overlap": (ANY, {"appointments": [BARE]}, Overlaps(span("11:00+", "13:00"), BARE.id, NOON)),
    "buffers": (BUFFERED, {"appointments": [MET]}, Overlaps(span("10:45+", "13:35"), MET.id, MET.occupied)),
    "busy": (BUFFERED, {"external_busy": [BUSY]}, ExternallyBusy(span("10:55+", "13:15"), BUSY)),
    "past": (ANY, AT_TEN, TooSoon(span("00:00", "10:00"), t("10:00"))),
    "notice": ({**ANY, "minimum_notice": HOUR}, AT_TEN, TooSoon(span("00:00", "11:00"), t("11:00"))),
    "horizon": (
        {**ANY, "horizon_days": 1},
        AT_TEN,
        BeyondHorizon(span("07T00:00", "12T00:00"), dt.date(2026, 1, 6)),
    ),
    "today": (
        {**ANY, "horizon_days": 0},
        AT_TEN,
        BeyondHorizon(span("06T00:00", "12T00:00"), dt.date(2026, 1, 5)),
    ),
    "grid": ({}, {}, OffGrid(span("09:15+", "09:30"), t("09:15"), t("09:30"))),
    "fifty": (FIFTY, {}, OffGrid(span("09:50+", "10:40"), t("09:50"), t("10:40"))),
}


@pytest.mark.parametrize(("policy", "about", "reason"), EDGES.values(), ids=EDGES)
def test_a_rule_forbids_up_to_its_edges(
    policy: Mapping[str, Any], about: Mapping[str, Any], reason: Reason
) -> None:
    """Between its edges a start is refused for this one reason; the microsecond beyond can be booked."""
    first, until = reason.starts.start, reason.starts.end
    assert asked(first, policy, **about) == asked(until - TICK, policy, **about) == (reason,)
    window = about.get("window", TODAY)
    free = [start for start in (first - TICK, until) if window.contains(start)]
    assert [asked(start, policy, **about) for start in free] == [()] * len(free)


def test_the_last_rung_of_a_window_has_none_above_it() -> None:
    """What remains of the window is off its grid, and the reason names the rung below alone."""
    assert asked(t("16:30"), FIFTY, length=10 * MINUTE) == ()
    assert asked(t("16:50"), FIFTY, length=10 * MINUTE) == (LAST_RUNG,)
    just_fits = OffGrid(span("16:45+", "17:00"), t("16:45"), None)
    assert asked(t("16:50"), {}, length=10 * MINUTE) == (just_fits,)


def test_the_last_microsecond_of_a_window_may_be_a_rung() -> None:
    """Then nothing of the window is off its grid above it."""
    hours = (TimeRange(dt.time(9), dt.time(9, 30, 0, 1)),)
    assert asked(t("09:30"), {}, hours=hours, length=TICK) == ()


@pytest.mark.parametrize("days", [1, 2, 3, 365])
def test_what_is_near_is_within_the_horizon(days: int) -> None:
    """Tomorrow can be booked, however short or long the horizon is."""
    tomorrow = span("06T00:00", "06T12:00")
    assert asked(t("06T09:00"), {"horizon_days": days}, window=tomorrow, now=t("10:00")) == ()


def at_nine(*days: str, **fields: Any) -> list[Appointment]:  # noqa: ANN401  Fields of several types.
    """Return an appointment of an hour at nine on each of *days*."""
    return [held(Interval.of(t(f"{day}T09:00"), HOUR), **fields) for day in days]


ONE_A_DAY, ONE_A_WEEK = Limit(Period.DAY, count=1), Limit(Period.WEEK, count=1)
ONE_A_MONTH, ONE_A_YEAR = Limit(Period.MONTH, count=1), Limit(Period.YEAR, count=1)
TWO_HOURS, LESS = Limit(Period.DAY, total=2 * HOUR), Limit(Period.DAY, total=2 * HOUR - TICK)
CANCELLED, PENDING = at_nine("05", status=Status.CANCELLED), at_nine("05", status=Status.PENDING)
OVER_MIDNIGHT = [held(span("05T23:30", "06T00:30"))]

LIMITS: dict[str, tuple[Limit, list[Appointment], str, bool]] = {
    "free": (ONE_A_DAY, [], "05T12:00", True),
    "full": (ONE_A_DAY, at_nine("05"), "05T12:00", False),
    "day-before": (ONE_A_DAY, at_nine("06"), "05T23:59", True),
    "day-after": (ONE_A_DAY, at_nine("05"), "06T00:00", True),
    "cancelled": (ONE_A_DAY, CANCELLED, "05T12:00", True),
    "pending": (ONE_A_DAY, PENDING, "05T12:00", False),
    "other-type": (ONE_A_DAY, at_nine("05", type=WALK), "05T12:00", True),
    "starts-the-day-before": (ONE_A_DAY, OVER_MIDNIGHT, "06T12:00", True),
    "second-of-two": (Limit(Period.DAY, count=2), at_nine("05"), "05T12:00", True),
    "minutes-reached": (TWO_HOURS, at_nine("05"), "05T12:00", True),
    "minutes-passed": (LESS, at_nine("05"), "05T12:00", False),
    "longer-than-the-limit": (Limit(Period.DAY, total=HOUR - TICK), [], "05T12:00", False),
    "sunday-of-the-week": (ONE_A_WEEK, at_nine("11"), "05T12:00", False),
    "next-week": (ONE_A_WEEK, at_nine("11"), "12T00:00", True),
    "last-week": (ONE_A_WEEK, at_nine("04"), "05T00:00", True),
    "start-of-the-month": (ONE_A_MONTH, at_nine("02-01"), "02-28T00:00", False),
    "next-month": (ONE_A_MONTH, at_nine("02-01"), "31T23:59", True),
    "start-of-the-year": (ONE_A_YEAR, at_nine("01-01"), "02-28T00:00", False),
    "end-of-the-month": (ONE_A_MONTH, at_nine("02-28"), "02-01T00:00", False),
    "last-month": (ONE_A_MONTH, at_nine("01-31"), "02-01T00:00", True),
    "end-of-the-year": (ONE_A_YEAR, at_nine("12-31"), "01T00:00", False),
}


@pytest.mark.parametrize(("limit", "appointments", "start", "allowed"), LIMITS.values(), ids=LIMITS)
def test_a_limit_may_be_reached_and_not_passed(
    limit: Limit, appointments: list[Appointment], start: str, allowed: bool
) -> None:
    """What counts are the appointments of the type that hold time, each whole in the period it starts in."""
    about: dict[str, Any] = {
        "hours": [ALL_DAY],
        "window": span("01T00:00", "03-01T00:00"),
        "now": t("01T00:00"),
    }
    found = asked(t(start), {**ANY, "limits": [limit]}, **about, appointments=appointments)
    assert [reason.code for reason in found] == ([] if allowed else ["limit_reached"])


@pytest.mark.parametrize(
    ("week_start", "first_day"), [(calendar.MONDAY, 5), (calendar.WEDNESDAY, 7), (calendar.SUNDAY, 11)]
)
def test_a_reached_limit_tells_how_full_it_is(week_start: int, first_day: int) -> None:
    """Its reason has the period, which begins on the policy's first day of the week, and what is in it."""
    window = span("01T00:00", "31T00:00")
    policy = {**ANY, "limits": [ONE_A_WEEK], "week_start": week_start}
    found = asked(t("11T12:00"), policy, window=window, appointments=at_nine("11", "10"))
    first, until = dt.date(2026, 1, first_day), dt.date(2026, 1, first_day + 7)
    starts = span(f"{first.day:02}T00:00", f"{until.day:02}T00:00")
    count = 1 if week_start == calendar.SUNDAY else 2
    assert found == (LimitReached(starts, ONE_A_WEEK, first, until, count, count * HOUR),)


def test_every_limit_below_the_duration_gives_its_reason() -> None:
    """A duration that no day and no week has room for is refused for both, everywhere."""
    limits = [Limit(Period.DAY, total=45 * MINUTE), Limit(Period.WEEK, total=50 * MINUTE)]
    found = asked(t("09:00"), {"limits": limits})
    assert [(reason.code, reason.starts) for reason in found] == [("limit_reached", TODAY)] * 2


def test_a_limit_of_the_duration_itself_is_reached_day_by_day() -> None:
    """Minutes for one appointment a day forbid a second one on the same day, and on no other."""
    week, booked = span("04T00:00", "09T00:00"), at_nine("05")
    policy = {"limits": [Limit(Period.DAY, total=HOUR)]}
    [reason] = asked(t("05T12:00"), policy, window=week, appointments=booked)
    assert reason.starts == span("05T00:00", "06T00:00")
    assert asked(t("06T12:00"), policy, window=week, appointments=booked) == ()


def test_what_a_limit_counts_is_loaded_by_the_host_s_own_calendar() -> None:
    """The day of a start is that of the host's zone, wherever the program runs."""
    talk = AppointmentType(TALK, "Talk", [HOUR], BookingPolicy(limits=[Limit(Period.DAY, count=1)]))
    auckland = ZoneInfo("Pacific/Auckland")
    asked_about = (t("05T12:00"), t("05T13:00"))
    assert counted_span(talk, asked_about, auckland) == (t("05T11:00"), t("06T11:00"))


def test_a_duration_that_the_type_does_not_allow_is_refused_everywhere() -> None:
    """No start is possible, which the reason says with the whole window."""
    assert asked(t("09:00"), {}, duration=45 * MINUTE) == (WrongDuration(TODAY, 45 * MINUTE),)


class TestMoving:
    """An appointment that is being moved."""

    def test_it_does_not_stand_in_its_own_way(self) -> None:
        """Neither its time nor its share of a limit counts against it, in whatever version it is known."""
        policy = {"limits": [ONE_A_DAY]}
        assert asked(t("09:30"), policy, appointments=[OLD], moving=OLD) == ()
        assert [reason.code for reason in asked(t("09:30"), policy, appointments=[OLD])] == [
            "overlap",
            "limit_reached",
        ]

    @pytest.mark.parametrize(
        ("old", "codes"),
        [
            ("05T00:00", []),
            ("05T23:59", []),
            ("04T23:59", ["limit_reached"]),
            ("06T00:00", ["limit_reached"]),
        ],
    )
    @pytest.mark.parametrize("limit", [Limit(Period.DAY, count=2), TWO_HOURS], ids=["count", "minutes"])
    def test_its_share_is_that_of_its_old_period(self, limit: Limit, old: str, codes: list[str]) -> None:
        """Moved within a full day it fits, moved there from another day it does not."""
        moving, policy = held(Interval.of(t(old), HOUR)), {**ANY, "limits": [limit]}
        # Two others fill the day, or one and the moved one itself.
        others = [OLD] if not codes else [OLD, MET]
        found = asked(t("14:00"), policy, appointments=[*others, moving], moving=moving)
        assert [reason.code for reason in found] == codes

    def test_others_still_do(self) -> None:
        """Another appointment and its share of a limit count as ever."""
        found = asked(t("12:00"), {"limits": [ONE_A_DAY]}, appointments=[OLD, MET], moving=OLD)
        assert [reason.code for reason in found] == ["overlap", "limit_reached"]

    @pytest.mark.parametrize("status", [Status.CANCELLED, Status.DECLINED])
    def test_what_does_not_count_is_not_taken_off(self, status: Status) -> None:
        """One that gave its time back makes no room in a limit."""
        gone = held(span("14:00", "15:00"), status=status)
        policy = {"limits": [ONE_A_DAY]}
        found = asked(t("12:00"), policy, appointments=[OLD, gone], moving=gone)
        assert [reason.code for reason in found] == ["limit_reached"]

    def test_its_old_start_needs_the_notice_too(self) -> None:
        """At the edge it may still be moved, and past it no start is left."""
        policy = {"minimum_notice": HOUR}
        assert asked(t("12:00"), policy, now=t("08:00"), moving=OLD) == ()
        whole = TooSoon(TODAY, LATE + HOUR)
        assert asked(t("12:00"), policy, now=LATE, moving=OLD) == (whole,)

    def test_it_keeps_its_duration_whatever_the_type_allows_now(self) -> None:
        """Its own duration is meant where none is named; another one has to be allowed."""
        short = held(span("09:00", "09:10"))
        assert asked(t("16:45"), {}, moving=short) == ()
        assert [reason.code for reason in asked(t("12:00"), {}, duration=10 * MINUTE, moving=short)] == [
            "wrong_duration"
        ]


def test_all_reasons_are_given_in_the_order_of_the_rules() -> None:
    """A start that breaks every rule has every reason, and none hides another."""
    policy = {"horizon_days": 0, "minimum_notice": 30 * 24 * HOUR, "limits": [ONE_A_DAY]}
    start = t("17:05")
    during = Interval.of(t("17:00"), HOUR)
    found = asked(
        start,
        policy,
        hours=(TimeRange(dt.time(9), dt.time(17, 30)),),
        duration=45 * MINUTE,
        time_off=[TimeOff(during)],
        appointments=[held(during)],
        external_busy=[during],
    )
    assert [reason.code for reason in found] == [rule.__name__ for rule in RULES]


def test_there_is_one_reason_for_each_blocking_thing() -> None:
    """Three claims in the way are three reasons, and a repeated rule names each of its causes."""
    first, second = held(span("09:00", "09:30")), held(span("09:30", "10:00"))
    limits = [ONE_A_DAY, Limit(Period.DAY, total=HOUR)]
    found = asked(t("09:00"), {"limits": limits}, appointments=[second, first])
    assert [reason.code for reason in found] == ["overlap"] * 2 + ["limit_reached"] * 2
    assert [reason.appointment for reason in found if isinstance(reason, Overlaps)] == [first.id, second.id]


def test_a_reason_speaks_of_the_agenda_s_window_only() -> None:
    """The starts of a reason are clipped to what the agenda answers for."""
    away = TimeOff(span("04T00:00", "09T00:00"))
    window = span("10:00", "11:00")
    found = asked(t("10:00"), {}, window=window, time_off=[away])
    assert found == (DuringTimeOff(window, away),)

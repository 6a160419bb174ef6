"""What a person reads who got something wrong: the field, its rule, and what was given."""

import datetime as dt
import functools
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Agenda,
    AppointmentType,
    AppointmentTypeId,
    Availability,
    BookingPolicy,
    BusyCopied,
    DateOverride,
    HostId,
    Interval,
    InvalidValue,
    Limit,
    Period,
    PolicyOverride,
    Schedule,
    TimeOff,
    TimeRange,
    WeeklyHours,
    explain,
    find_slots,
    local_time,
    suggest,
)
from scheduling_core.schedules import DAYS

at = dt.datetime.fromisoformat
HOUR = dt.timedelta(hours=1)
NOON, NAIVE = at("2026-01-05T12:00Z"), dt.datetime(2026, 1, 5, 12)
DAY = dt.date(2026, 1, 5)
AGENDA = Agenda(HostId("host"), Interval.of(NOON, HOUR), Schedule("UTC"))
LAST_HOUR = Agenda(
    HostId("host"), Interval(at("2199-12-31T23:00Z"), at("2199-12-31T23:59:59Z")), Schedule("UTC")
)
TALK = AppointmentType(AppointmentTypeId("talk"), "Talk")
AWARE = " must be a datetime with a time zone, not 2026-01-05T12:00:00"

MESSAGES: dict[str, Callable[[], object]] = {
    f"start{AWARE}": lambda: Interval(NAIVE, NOON),
    f"end{AWARE}": lambda: Interval(NOON, NAIVE),
    "end must be after the start 2026-01-05T12:00:00+00:00, not 2026-01-05T12:00:00+00:00": lambda: Interval(
        NOON, NOON
    ),
    "duration must be positive, not 0:00:00": lambda: Interval.of(NOON, 0 * HOUR),
    "duration must end before the year 2200, not 70000 days, 0:00:00": lambda: Interval.of(
        NOON, 70_000 * 24 * HOUR
    ),
    "before must not be negative, nor longer than 300 years, not -1 day, 23:00:00": lambda: Interval.of(
        NOON, HOUR
    ).padded(-HOUR, HOUR),
    "after must not be negative, nor longer than 300 years, not -1 day, 23:00:00": lambda: Interval.of(
        NOON, HOUR
    ).padded(HOUR, -HOUR),
    f"instant{AWARE}": lambda: local_time.to_local(NAIVE, ZoneInfo("UTC")),
    "at must be a time without a zone, not 09:00:00+00:00": lambda: local_time.to_utc(
        DAY, dt.time(9, tzinfo=dt.UTC), ZoneInfo("UTC")
    ),
    "timezone must be an IANA time zone such as Europe/Berlin, not 'Berlin'": lambda: Schedule("Berlin"),
    "start must be a time without a zone, not '9'": lambda: TimeRange("9", dt.time(9)),  # type: ignore[arg-type]
    "end must be a time without a zone, not '9'": lambda: TimeRange(dt.time(9), "9"),  # type: ignore[arg-type]
    "end must be after the start 09:00:00, not 09:00:00": lambda: TimeRange(dt.time(9), dt.time(9)),
    "days must be days or spans of days, as in mon-fri, sun, not 'mo'": lambda: WeeklyHours.on("mo"),
    "monday must hold values of class TimeRange, not 9": lambda: WeeklyHours([9]),  # type: ignore[list-item]
    "day must be a date, not '2026'": lambda: DateOverride("2026"),  # type: ignore[arg-type]
    "overrides must hold values of class DateOverride, not 9": lambda: Schedule("UTC", overrides=[9]),  # type: ignore[list-item]
    "overrides must not name a date twice, not 2026-01-05": lambda: Schedule(
        "UTC", overrides=[DateOverride(DAY), DateOverride(DAY)]
    ),
    f"now{AWARE}": lambda: find_slots(AGENDA, TALK, now=NAIVE),
    f"start{AWARE} ": lambda: explain(AGENDA, TALK, NAIVE, now=NOON),
    f"start{AWARE}  ": lambda: suggest(AGENDA, TALK, NAIVE, now=NOON),
    "count must be a whole number from 0 to 1000000, not -1": lambda: suggest(
        AGENDA, TALK, NOON, now=NOON, count=-1
    ),
    "start must lie in the agenda's window 2026-01-05T12:00:00+00:00/2026-01-05T13:00:00+00:00, "
    "not 2026-01-05T13:00:00+00:00": lambda: explain(AGENDA, TALK, NOON + HOUR, now=NOON),
    f"start{AWARE}   ": lambda: Interval.of(NAIVE, HOUR),
    "start must be in the years 1900 to 2199, not 1899-12-31T00:00:00+00:00": lambda: Interval.of(
        at("1899-12-31T00:00Z"), HOUR
    ),
    "start must leave room for the appointment in the years 1900 to 2199, "
    "not 2199-12-31T23:59:00+00:00": lambda: explain(LAST_HOUR, TALK, at("2199-12-31T23:59Z"), now=NOON),
}


@pytest.mark.parametrize(("message", "build"), MESSAGES.items(), ids=[*map(str, range(len(MESSAGES)))])
def test_a_message_names_the_field_the_rule_and_the_value(message: str, build: Callable[[], object]) -> None:
    """Nobody has to guess which of the arguments is meant."""
    with pytest.raises(InvalidValue) as caught:
        build()
    assert str(caught.value) == message.rstrip()


NINE_TO_TEN = TimeRange(dt.time(9), dt.time(10))
OFF = TimeOff(Interval.of(NOON, HOUR))
MAKE_AGENDA = functools.partial(Agenda, AGENDA.host, AGENDA.window, AGENDA.schedule)

ONE_FOR_SEVERAL: list[tuple[Callable[..., object], str, object, str]] = [
    (BookingPolicy, "limits", Limit(Period.DAY, 1), "Limit"),
    (functools.partial(AppointmentType, TALK.id, "Talk"), "durations", HOUR, "timedelta"),
    (functools.partial(AppointmentType, TALK.id, "Talk", ()), "duration_range", HOUR, "timedelta"),
    *((WeeklyHours, day, NINE_TO_TEN, "TimeRange") for day in DAYS),
    (functools.partial(DateOverride, DAY), "hours", NINE_TO_TEN, "TimeRange"),
    (functools.partial(Schedule, "UTC"), "overrides", DateOverride(DAY), "DateOverride"),
    (functools.partial(Availability, AGENDA.schedule), "time_off", OFF, "TimeOff"),
    (MAKE_AGENDA, "appointments", 5, "Appointment"),
    (MAKE_AGENDA, "time_off", OFF, "TimeOff"),
    (MAKE_AGENDA, "external_busy", OFF.during, "BusyInterval"),
    (functools.partial(PolicyOverride, "boss", "a favour"), "codes", 5, "str"),
    (functools.partial(BusyCopied, AGENDA.host, NOON, "calendar"), "busy", OFF.during, "Interval"),
]


@pytest.mark.parametrize(
    ("build", "name", "value", "kind"), ONE_FOR_SEVERAL, ids=[name for _, name, _, _ in ONE_FOR_SEVERAL]
)
def test_one_value_in_place_of_several_is_refused_by_name(
    build: Callable[..., object], name: str, value: object, kind: str
) -> None:
    """Whoever forgets the brackets is told of which field, and what it holds."""
    with pytest.raises(InvalidValue, match=f"^{name} must be a sequence of {kind}, not "):
        build(**{name: value})

"""Offered, explained and accepted, told by hand where clocks change and at midnight."""

import datetime as dt
from zoneinfo import ZoneInfo

import attrs
import pytest

from scheduling_core import (
    Agenda,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRefused,
    BookingRequest,
    HostId,
    Interval,
    Limit,
    MemoryStorage,
    OutsideHours,
    Period,
    PolicyOverride,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
    decisions,
    find_slots,
)
from scheduling_core.intervals import EARLIEST, LATEST, TICK
from scheduling_core.testing import CountingIds, ManualClock

HOST = HostId("host")
VISIT = AppointmentTypeId("visit")
MINUTE = dt.timedelta(minutes=1)


@attrs.frozen
class Example:
    """Daily hours in a zone, a ladder, and the starts that it leaves around some instants of 2026, in UTC."""

    zone: str
    hours: list[str]
    step: int
    minutes: int
    window: tuple[str, str]
    starts: list[str]


def at(text: str, year: int = 2026) -> dt.datetime:
    """Read an instant in UTC."""
    return dt.datetime.fromisoformat(f"{year}-{text}+00:00")


def daily(hours: list[str]) -> WeeklyHours:
    """Return the same hours for every day, each written as "02:30-05:00"."""
    read = [[dt.time.fromisoformat(each) for each in text.split("-")] for text in hours]
    return WeeklyHours.on("mon-sun", *(TimeRange(*pair) for pair in read))


def open_for(example: Example) -> Scheduler:
    """Return a scheduler with the example's host, long before the example."""
    scheduler = Scheduler(MemoryStorage(), clock=ManualClock(at("01-01T00:00")), new_id=CountingIds())
    scheduler.set_schedule(HOST, Schedule(ZoneInfo(example.zone), daily(example.hours)))
    policy = BookingPolicy(slot_interval=example.step * MINUTE)
    scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (example.minutes * MINUTE,), policy))
    return scheduler


EXAMPLES = {
    # 02:00 to 03:00 is skipped: the ladder begins where the clocks land.
    "spring, from inside the gap": Example(
        *("Europe/Berlin", ["02:30-05:00"], 60, 60),
        ("03-29T00:00", "03-29T04:00"),
        ["03-29T01:00", "03-29T02:00"],
    ),
    "spring, into the gap": Example(
        *("Europe/Berlin", ["01:00-02:30"], 15, 30),
        ("03-28T23:00", "03-29T02:00"),
        ["03-29T00:00", "03-29T00:15", "03-29T00:30"],
    ),
    "spring, over the gap": Example(
        *("Europe/Berlin", ["01:00-04:00"], 45, 60),
        ("03-28T23:00", "03-29T03:00"),
        ["03-29T00:00", "03-29T00:45"],
    ),
    "spring, inside the gap": Example(
        *("Europe/Berlin", ["02:00-03:00"], 15, 15), ("03-28T23:00", "03-29T04:00"), []
    ),
    # 02:00 to 03:00 comes twice: one long window, or two windows with a ladder each.
    "autumn, over both passes": Example(
        *("Europe/Berlin", ["01:30-03:30"], 60, 60),
        ("10-24T22:00", "10-25T04:00"),
        ["10-24T23:30", "10-25T00:30", "10-25T01:30"],
    ),
    "autumn, inside the repeated hour": Example(
        *("Europe/Berlin", ["02:10-02:50"], 15, 20),
        ("10-24T22:00", "10-25T04:00"),
        ["10-25T00:10", "10-25T00:25", "10-25T01:10", "10-25T01:25"],
    ),
    "autumn, into the repeated hour": Example(
        *("Europe/Berlin", ["01:00-02:20"], 40, 20),
        ("10-24T22:00", "10-25T04:00"),
        ["10-24T23:00", "10-24T23:40", "10-25T01:00"],
    ),
    # Half an hour comes twice: 01:30 to 02:00.
    "autumn on Lord Howe": Example(
        *("Australia/Lord_Howe", ["01:00-02:30"], 60, 60),
        ("04-04T12:00", "04-04T18:00"),
        ["04-04T14:00", "04-04T15:00"],
    ),
    # 00:00 to 01:00 is skipped, so the date begins at 01:00, and what was open goes on.
    "spring at midnight": Example(
        *("America/Havana", ["22:00-00:00", "00:00-02:00"], 45, 60),
        ("03-08T03:00", "03-08T07:00"),
        ["03-08T03:00", "03-08T03:45", "03-08T04:30", "03-08T05:00"],
    ),
    # At midnight the clocks go back to 23:00: the date is an hour longer, and so is its last window.
    "autumn at midnight": Example(
        *("Asia/Beirut", ["22:30-00:00"], 60, 30),
        ("10-24T18:00", "10-25T02:00"),
        ["10-24T19:30", "10-24T20:30", "10-24T21:30"],
    ),
    # Open time goes on over midnight, and a new ladder begins there.
    "an ordinary midnight": Example(
        *("Europe/Berlin", ["22:00-00:00", "00:00-01:30"], 50, 60),
        ("06-10T18:00", "06-11T02:00"),
        ["06-10T20:00", "06-10T20:50", "06-10T21:40", "06-10T22:00"],
    ),
    "23:59 is not midnight": Example(
        *("Europe/Berlin", ["22:00-23:59", "00:00-01:00"], 30, 30),
        ("06-10T18:00", "06-11T02:00"),
        ["06-10T20:00", "06-10T20:30", "06-10T21:00", "06-10T22:00", "06-10T22:30"],
    ),
}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_offered_explained_and_accepted_are_the_same_starts(example: Example) -> None:
    """`find_slots`, `explain` and `book` agree at every five minutes, and with what was written by hand."""
    window = Interval(*(at(text) for text in example.window))
    expected = [at(text) for text in example.starts]
    scheduler = open_for(example)
    assert scheduler.find_slots(HOST, VISIT, window) == expected
    start = window.start
    while start < window.end:
        request = BookingRequest(HOST, VISIT, start, "Ada")
        reasons = scheduler.explain(HOST, VISIT, start)
        assert (reasons == ()) == (start in expected)
        if reasons:
            with pytest.raises(BookingRefused) as refused:
                scheduler.book(request)
            assert refused.value.reasons == reasons
        else:
            booked = scheduler.book(request)
            assert booked.during == Interval.of(start, example.minutes * MINUTE)
            scheduler.cancel(booked.id)
        start += 5 * MINUTE


def test_the_repeated_hour_has_room_for_two() -> None:
    """Two appointments at 02:10 of one night are an hour apart, and neither refuses the other."""
    example = EXAMPLES["autumn, inside the repeated hour"]
    scheduler = open_for(example)
    first, second = (
        scheduler.book(BookingRequest(HOST, VISIT, at(text), "Ada"))
        for text in ("10-25T00:10", "10-25T01:10")
    )
    assert first.local_start == second.local_start == dt.datetime(2026, 10, 25, 2, 10)
    assert second.during.start - first.during.start == 60 * MINUTE


def test_an_hour_that_came_once_cannot_be_booked_twice() -> None:
    """A start written with another offset is the same start."""
    scheduler = open_for(EXAMPLES["an ordinary midnight"])
    local = at("06-10T22:00").astimezone(ZoneInfo("Asia/Tokyo"))
    scheduler.book(BookingRequest(HOST, VISIT, at("06-10T22:00"), "Ada"))
    (reason,) = scheduler.explain(HOST, VISIT, local)
    assert reason.code == "overlap"


def test_a_date_that_comes_back_after_it_has_ended_is_one_day() -> None:
    """One minute past midnight Goose Bay went back to 23:01, and whatever is before that is the same day."""
    scheduler = Scheduler(MemoryStorage(), clock=ManualClock(at("11-01T00:00", 2007)), new_id=CountingIds())
    scheduler.set_schedule(HOST, Schedule(ZoneInfo("America/Goose_Bay"), daily(["00:00-00:00"])))
    policy = BookingPolicy(limits=[Limit(Period.DAY, count=1)], any_start=True)
    scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", policy=policy))
    # In the second pass of 23:30; the third of November began at 03:00 in UTC.
    scheduler.book(BookingRequest(HOST, VISIT, at("11-04T03:30", 2007), "Ada"))
    refused = {
        text: [each.code for each in scheduler.explain(HOST, VISIT, at(text, 2007))]
        for text in ("11-03T02:59", "11-03T03:00", "11-04T02:59", "11-04T03:00", "11-04T03:01", "11-04T04:00")
    }
    assert refused == {
        "11-03T02:59": [],
        "11-03T03:00": ["limit_reached"],
        "11-04T02:59": ["limit_reached"],
        "11-04T03:00": [],  # The fourth of November, for one minute.
        "11-04T03:01": ["overlap", "limit_reached"],
        "11-04T04:00": [],
    }


def test_a_slot_a_day_is_suggested_day_by_day() -> None:
    """The nearest five are found, however far apart they are."""
    scheduler = open_for(Example("Europe/Berlin", ["09:00-09:30"], 30, 30, ("", ""), []))
    start = at("06-10T07:01")
    expected = [at(f"06-{day}T07:00") for day in ("10", "11", "09", "12", "08")]
    assert scheduler.suggest(HOST, VISIT, start) == expected


def test_a_long_appointment_is_not_moved_to_just_before_another() -> None:
    """What is loaded reaches as far as the appointment that is moved is long, whatever its type says."""
    scheduler = open_for(Example("Europe/Berlin", ["08:00-18:00"], 60, 30, ("", ""), []))
    override = PolicyOverride("host", "needs longer", {"wrong_duration"})
    day = {hour: at(f"06-10T{hour:02}:00") for hour in range(6, 16)}
    long = BookingRequest(HOST, VISIT, day[6], "Ada", duration=3 * 60 * MINUTE)
    moving = scheduler.book(long, override=override).id
    scheduler.book(BookingRequest(HOST, VISIT, day[11], "Bob"))
    window = Interval(day[6], day[9] + MINUTE)
    assert scheduler.find_slots(HOST, VISIT, window, moving=moving) == [day[6], day[7], day[8]]


@pytest.mark.parametrize("start", ["06-10T06:59", "06-10T07:00", "06-10T07:30"])
def test_open_time_that_is_too_short_by_a_microsecond_is_no_open_time(start: str) -> None:
    """Half an hour does not hold half an hour and the least that there is, and nothing else is in the way."""
    longer = 30 * MINUTE + TICK
    scheduler = open_for(Example("Europe/Berlin", ["09:00-09:30"], 30, 30, ("", ""), []))
    reasons = scheduler.explain(HOST, VISIT, at(start), duration=longer)
    outside = [each for each in reasons if isinstance(each, OutsideHours)]
    around = Interval(at(start) - 24 * 60 * MINUTE, at(start) + 24 * 60 * MINUTE)
    assert outside == [OutsideHours(around)]


@pytest.mark.parametrize("edge", [EARLIEST, LATEST - 60 * MINUTE], ids=["first", "last"])
@pytest.mark.parametrize(
    "policy", [BookingPolicy(buffer_before=15 * MINUTE), BookingPolicy(buffer_after=15 * MINUTE)]
)
def test_at_the_edges_of_the_calendar_too_what_is_offered_is_accepted(
    edge: dt.datetime, policy: BookingPolicy
) -> None:
    """Nothing is offered whose time, buffers included, would leave the years 1900 to 2199."""
    visit = AppointmentType(VISIT, "Visit", policy=attrs.evolve(policy, horizon_days=36_600))
    schedule = Schedule(ZoneInfo("UTC"), daily(["00:00-00:00"]))
    agenda = Agenda(HOST, Interval(edge, edge + 60 * MINUTE - TICK), schedule)
    now = max(EARLIEST, edge - 24 * 60 * MINUTE)
    offered = find_slots(agenda, visit, now=now)
    assert offered != []
    for start in offered:
        request = BookingRequest(HOST, VISIT, start, "Ada")
        booked = decisions.book(agenda, visit, request, id=AppointmentId("new"), now=now)
        assert booked.appointment.during.start == start

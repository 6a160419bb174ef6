"""A host's schedule, pushed to Cal.com and pulled from there."""

import datetime as dt
from typing import Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling_calcom import (
    Account,
    ApiKey,
    Availability,
    CalComClient,
    Gone,
    NotRepresentable,
    Override,
    Quota,
    UnexpectedAnswer,
    pull_schedule,
    push_schedule,
    sync_with_calcom,
    wire,
)
from scheduling_calcom.schedules import from_calcom, to_calcom
from scheduling_calcom.testing import KEY, FakeCalCom, connect
from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    DateOverride,
    HostId,
    Interval,
    MemoryStorage,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.testing import ManualClock, strategies

OFFICE = 1  # The schedule that the fake is furnished with.
MIDNIGHT, LAST = dt.time(0), dt.time(23, 59)
DAY = dt.date(2026, 3, 2)
YEAR = Interval(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC))


def hours(*clocks: str) -> list[TimeRange]:
    """Ranges, each written as in 09:00-17:00."""
    return [
        TimeRange(*(MIDNIGHT if end == "24:00" else dt.time.fromisoformat(end) for end in clock.split("-")))
        for clock in clocks
    ]


def there(*availability: Availability, overrides: tuple[Override, ...] = ()) -> wire.Schedule:
    """A schedule as Cal.com has it."""
    return wire.Schedule(
        1, "x", "Europe/Berlin", is_default=True, availability=availability, overrides=overrides
    )


_CLOCKS = [dt.time(hour, minute) for hour in range(0, 24, 3) for minute in (0, 1, 58)]


def _apart(clocks: list[dt.time], *, to_midnight: bool) -> list[TimeRange]:
    """Make ranges that neither touch nor overlap of an even number of clocks, the last maybe to midnight."""
    ends = sorted(clocks)
    ends = ends[: len(ends) // 2 * 2]
    pairs = [(ends[i], ends[i + 1]) for i in range(0, len(ends), 2)]
    if pairs and to_midnight:
        pairs[-1] = pairs[-1][0], MIDNIGHT
    return [TimeRange(start, end) for start, end in pairs]


DAYS = st.builds(
    lambda clocks, to_midnight: _apart(clocks, to_midnight=to_midnight),
    st.lists(st.sampled_from(_CLOCKS), unique=True, max_size=6),
    st.booleans(),
)
DATES = st.dates(DAY, DAY + dt.timedelta(days=20))
REPRESENTABLE = st.builds(
    Schedule,
    strategies.zones(),
    st.lists(DAYS, min_size=7, max_size=7).map(lambda days: WeeklyHours(*days)),
    st.dictionaries(DATES, DAYS.map(lambda ranges: ranges[:1]), max_size=4).map(
        lambda dates: [DateOverride(date, ranges) for date, ranges in dates.items()]
    ),
)


def connected() -> CalComClient:
    """A client before a fake of its own, whose quota is never used up."""
    account = Account(ApiKey(KEY), "https://cal.example/v2", quota=Quota(100_000, 90_000))
    return CalComClient(account, transport=connect(FakeCalCom(limit=100_000).furnish()))


@given(REPRESENTABLE)
def test_what_is_pushed_is_pulled(schedule: Schedule) -> None:
    """Hours, overrides and zone come back as they were, 24:00 included."""
    client = connected()
    assert push_schedule(client, schedule, OFFICE) == schedule
    assert pull_schedule(client, OFFICE) == schedule


@given(strategies.schedules())
def test_what_can_be_pushed_is_open_at_the_same_times(schedule: Schedule) -> None:
    """Ranges may touch, overlap and come in any order: it is refused, or it means the same there."""
    client = connected()
    try:
        push_schedule(client, schedule, OFFICE)
    except NotRepresentable as refused:
        assert refused.code == "several_ranges_on_a_date"  # noqa: PT017  Both ends are allowed.
    else:
        pulled = pull_schedule(client, OFFICE)
        assert pulled.open_intervals(YEAR) == schedule.open_intervals(YEAR)


def test_the_end_of_the_day_is_its_last_minute_there() -> None:
    """24:00 here is 23:59 there, on weekdays and on overridden dates."""
    all_day = hours("00:00-24:00")
    schedule = Schedule("UTC", WeeklyHours.on("mon", *all_day), [DateOverride(DAY, hours("22:00-24:00"))])
    availability, overrides = to_calcom(schedule)
    assert availability == (Availability((0,), MIDNIGHT, LAST),)
    assert overrides == (Override(DAY, dt.time(22), LAST),)
    assert push_schedule(connected(), schedule, OFFICE) == schedule


def test_equal_hours_of_several_days_are_one_entry() -> None:
    """What is sent is short, and ranges that touch are one."""
    week = WeeklyHours.on("mon-fri", *hours("13:00-17:00", "09:00-12:00", "12:00-13:00"))
    availability, _ = to_calcom(Schedule("Europe/Berlin", week))
    assert availability == (Availability((0, 1, 2, 3, 4), dt.time(9), dt.time(17)),)


def test_a_closed_date_is_closed_there() -> None:
    """It is an override from midnight to midnight, and comes back without hours."""
    schedule = Schedule("UTC", WeeklyHours.on("mon", *hours("09:00-17:00")), [DateOverride(DAY)])
    assert to_calcom(schedule)[1] == (Override(DAY),)
    assert push_schedule(connected(), schedule, OFFICE).hours_on(DAY) == ()


@pytest.mark.parametrize(
    ("ranges", "code", "what"),
    [
        (hours("09:00:30-17:00"), "seconds", "09:00:30 on"),
        (hours("09:00-17:00:01"), "seconds", "17:00:01 on"),
        (hours("09:00:00.000001-17:00"), "seconds", "09:00:00.000001 on"),
        ([TimeRange(dt.time(9), dt.time.max)], "seconds", "23:59:59.999999 on"),
        (hours("09:00-23:59"), "last_minute", "23:59 on"),
        (hours("23:59-24:00"), "last_minute", "23:59 on"),
    ],
)
@pytest.mark.parametrize("is_override", [True, False])
def test_what_cal_com_cannot_hold_is_refused_by_name(
    ranges: list[TimeRange], code: str, what: str, is_override: bool
) -> None:
    """The clock and the day are named."""
    weekly = WeeklyHours() if is_override else WeeklyHours(sunday=ranges)
    schedule = Schedule("UTC", weekly, [DateOverride(DAY, ranges)] if is_override else ())
    with pytest.raises(NotRepresentable, match=what) as refused:
        to_calcom(schedule)
    assert refused.value.code == code
    assert refused.value.what.endswith("2026-03-02" if is_override else "sunday")


def test_the_last_minute_is_no_matter_where_hours_go_on() -> None:
    """Ranges that meet at 23:59 are one that ends at midnight."""
    week = WeeklyHours.on("mon", *hours("23:59-24:00", "09:00-23:59"))
    assert to_calcom(Schedule("UTC", week))[0] == (Availability((0,), dt.time(9), LAST),)


def test_several_ranges_on_one_date_are_refused(account: Account, fake: FakeCalCom) -> None:
    """Cal.com would keep one of them; nothing is sent, not even the weekly hours."""
    client = CalComClient(account, transport=connect(fake))
    override = DateOverride(DAY, hours("09:00-12:00", "13:00-17:00"))
    with pytest.raises(NotRepresentable) as refused:
        push_schedule(client, Schedule("UTC", overrides=[override]), OFFICE)
    assert (refused.value.code, refused.value.what) == ("several_ranges_on_a_date", "2 ranges on 2026-03-02")
    assert not fake.asked
    touching = DateOverride(DAY, hours("09:00-12:00", "12:00-17:00"))
    assert to_calcom(Schedule("UTC", overrides=[touching]))[1] == (Override(DAY, dt.time(9), dt.time(17)),)


def test_what_people_wrote_there_is_read_kindly() -> None:
    """Entries may overlap, come in any order, and overrides of one date add up; a closed one adds nothing."""
    nine, noon, five = dt.time(9), dt.time(12), dt.time(17)
    schedule = from_calcom(
        there(
            Availability((0, 1), noon, five),
            Availability((0,), nine, noon),
            Availability((1,), nine, dt.time(10)),
            overrides=(Override(DAY, noon, five), Override(DAY), Override(DAY, nine, dt.time(10))),
        )
    )
    assert schedule.weekly == WeeklyHours(
        monday=hours("09:00-17:00"), tuesday=hours("09:00-10:00", "12:00-17:00")
    )
    assert schedule.overrides == (DateOverride(DAY, hours("09:00-10:00", "12:00-17:00")),)


def test_a_zone_that_is_unknown_here_is_told() -> None:
    """A server may know zones that this machine does not."""
    with pytest.raises(UnexpectedAnswer, match="timeZone"):
        from_calcom(attrs.evolve(there(), time_zone="Mars/Olympus"))


def test_a_schedule_that_is_not_there_is_gone() -> None:
    """Neither push nor pull makes one."""
    with pytest.raises(Gone):
        pull_schedule(connected(), 99)
    with pytest.raises(Gone):
        push_schedule(connected(), Schedule("UTC"), 99)


@pytest.mark.parametrize("keep", ["ours", "theirs"])
def test_a_host_has_the_same_hours_on_both_sides(
    calcom: CalComClient, keep: Literal["ours", "theirs"]
) -> None:
    """The side that is right is kept, and whoever is left outside of the hours is named."""
    host, visit = HostId("host"), AppointmentTypeId("visit")
    scheduler = Scheduler(MemoryStorage(), clock=ManualClock(YEAR.start))
    ours = Schedule("Europe/Berlin", WeeklyHours.on("mon-sun", *hours("06:00-12:00")))
    scheduler.set_schedule(host, ours)
    scheduler.add_type(host, AppointmentType(visit, "Visit"))
    early = dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)
    booked = scheduler.book(BookingRequest(host, visit, early, "Ann"))
    theirs = pull_schedule(calcom, OFFICE)
    outside = sync_with_calcom(scheduler, calcom, host, OFFICE, keep=keep)
    assert scheduler.schedule(host) == pull_schedule(calcom, OFFICE) == (ours if keep == "ours" else theirs)
    assert outside == (() if keep == "ours" else (booked,))
    version = scheduler.changes(host)[-1].version
    assert sync_with_calcom(scheduler, calcom, host, OFFICE, keep="theirs") == outside
    assert scheduler.changes(host)[-1].version == version

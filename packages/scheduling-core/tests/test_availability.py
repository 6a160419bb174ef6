"""A host's availability as a whole: read, replaced in parts, and tried out first."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    Availability,
    BookingRequest,
    DateOverride,
    HostId,
    Interval,
    InvalidValue,
    MemoryStorage,
    NotFound,
    Schedule,
    Scheduler,
    TimeOff,
    TimeRange,
    WeeklyHours,
)

HOST, VISIT = HostId("ann"), AppointmentTypeId("visit")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NOW, NINE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
UTC = ZoneInfo("UTC")
NINE_TO_FIVE = WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(17)))
LUNCH, SEA = TimeOff(Interval.of(NINE + 3 * HOUR, HOUR), "lunch"), TimeOff(Interval.of(NINE + DAY, 2 * DAY))
CLOSED = DateOverride(dt.date(2026, 1, 6))


@pytest.fixture
def scheduler() -> Scheduler:
    """A host with hours, an override and time off, and a visit at nine."""
    made = Scheduler(MemoryStorage(), clock=lambda: NOW)
    made.set_schedule(HOST, Schedule(UTC, NINE_TO_FIVE, [CLOSED]))
    made.add_type(HOST, AppointmentType(VISIT, "Visit", [HOUR]))
    made.add_time_off(HOST, LUNCH)
    made.book(BookingRequest(HOST, VISIT, NINE, "Carla"))
    return made


def visit(scheduler: Scheduler) -> Appointment:
    """Return the visit."""
    (found,) = scheduler.upcoming(HOST)
    return found


def test_it_is_hours_and_time_off(scheduler: Scheduler) -> None:
    """Both are read at once, and what is open leaves out the time off."""
    found = scheduler.availability(HOST)
    assert found == Availability(Schedule(UTC, NINE_TO_FIVE, [CLOSED]), [LUNCH])
    day = Interval.of(NINE - 9 * HOUR, DAY)
    assert found.open_intervals(day) == (
        Interval(NINE, NINE + 3 * HOUR),
        Interval(NINE + 4 * HOUR, NINE + 8 * HOUR),
    )


def test_time_off_is_kept_once_and_in_order() -> None:
    """Two values with the same time off are equal, however it was given."""
    assert Availability(Schedule(UTC), [SEA, LUNCH, SEA]) == Availability(Schedule(UTC), [LUNCH, SEA])


def test_what_is_no_time_off_is_refused() -> None:
    """Only time off can be taken out of the hours."""
    with pytest.raises(InvalidValue):
        Availability(Schedule(UTC), [LUNCH.during])  # type: ignore[list-item]  # That is what is tried.


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({}, []),
        ({"timezone": "UTC", "weekly": NINE_TO_FIVE, "overrides": [CLOSED], "time_off": [LUNCH]}, []),
        ({"timezone": "Europe/Berlin"}, ["schedule_set"]),
        ({"weekly": WeeklyHours()}, ["schedule_set"]),
        ({"overrides": []}, ["schedule_set"]),
        ({"time_off": []}, ["time_off_removed"]),
        ({"time_off": [LUNCH, SEA]}, ["time_off_added"]),
        ({"time_off": [SEA], "overrides": ()}, ["schedule_set", "time_off_removed", "time_off_added"]),
    ],
)
def test_only_what_is_given_and_differs_changes(
    scheduler: Scheduler, given: dict[str, Any], kinds: list[str]
) -> None:
    """Parts that are left out stay, each change stands in the log, and a preview tells the same."""
    before, version = scheduler.availability(HOST), scheduler.changes(HOST)[-1].version
    preview = scheduler.preview_availability(HOST, **given)
    assert scheduler.availability(HOST) == before
    assert scheduler.set_availability(HOST, **given) == preview
    after = scheduler.availability(HOST)
    assert after == preview[0]
    assert [entry.change.kind for entry in scheduler.changes(HOST, after=version)] == kinds
    assert str(after.schedule.timezone) == given.get("timezone", "UTC")
    assert after.schedule.weekly == given.get("weekly", NINE_TO_FIVE)
    assert after.schedule.overrides == tuple(given.get("overrides", [CLOSED]))
    assert after.time_off == tuple(given.get("time_off", [LUNCH]))


@pytest.mark.parametrize(
    ("given", "is_outside"),
    [
        ({}, False),
        ({"weekly": WeeklyHours()}, True),
        ({"timezone": "Pacific/Auckland"}, True),
        ({"overrides": [DateOverride(dt.date(2026, 1, 5))]}, True),
        ({"time_off": [TimeOff(Interval.of(NINE + HOUR / 2, DAY))]}, True),
        ({"time_off": [TimeOff(Interval.of(NINE + HOUR, DAY))]}, False),
    ],
)
def test_the_appointments_outside_are_told_and_stay(
    scheduler: Scheduler, given: dict[str, Any], *, is_outside: bool
) -> None:
    """What hours no longer cover or time off touches is returned, and is as it was."""
    booked = visit(scheduler)
    _, outside = scheduler.set_availability(HOST, **given)
    assert outside == ((booked,) if is_outside else ())
    assert visit(scheduler) == booked


def test_what_is_wrong_changes_no_part(scheduler: Scheduler) -> None:
    """An unknown zone is refused, and the time off that came with it is not taken over."""
    before = scheduler.availability(HOST)
    with pytest.raises(InvalidValue):
        scheduler.set_availability(HOST, timezone="Europe/Atlantis", time_off=[])
    assert scheduler.availability(HOST) == before


def test_an_unknown_host_has_none() -> None:
    """Who was never given hours is not found, also where some would be set."""
    scheduler = Scheduler(MemoryStorage())
    for ask in (scheduler.availability, scheduler.set_availability, scheduler.preview_availability):
        with pytest.raises(NotFound):
            ask(HOST)

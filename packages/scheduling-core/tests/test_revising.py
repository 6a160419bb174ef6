"""Bringing an appointment to what somebody filled in: its time, its words, or both at once."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    HostId,
    IllegalTransition,
    InvalidValue,
    MemoryStorage,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)

HOST, VISIT = HostId("ann"), AppointmentTypeId("visit")
HOUR = dt.timedelta(hours=1)
NOW, NINE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
HOURS = Schedule(ZoneInfo("UTC"), WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(17))))


@pytest.fixture
def scheduler() -> Scheduler:
    """A host with hours, who takes visits of one hour or two."""
    made = Scheduler(MemoryStorage(), clock=lambda: NOW)
    made.set_schedule(HOST, HOURS)
    made.add_type(HOST, AppointmentType(VISIT, "Visit", [HOUR, 2 * HOUR]))
    return made


@pytest.fixture
def booked(scheduler: Scheduler) -> Appointment:
    """An appointment from nine to ten."""
    return scheduler.book(BookingRequest(HOST, VISIT, NINE, "Carla", notes="brings a dog"))


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({}, []),
        ({"start": NINE, "duration": HOUR, "customer_name": "Carla", "notes": "brings a dog"}, []),
        ({"start": NINE + HOUR}, ["rescheduled"]),
        ({"duration": 2 * HOUR}, ["rescheduled"]),
        ({"notes": ""}, ["amended"]),
        ({"start": NINE, "customer_name": "Dora"}, ["amended"]),
        ({"start": NINE + HOUR, "customer_name": "Dora"}, ["rescheduled", "amended"]),
    ],
)
def test_only_what_differs_is_a_change(
    scheduler: Scheduler, booked: Appointment, given: dict[str, Any], kinds: list[str]
) -> None:
    """The log has a move where the time differs and an amendment where the words do, and else nothing."""
    revised = scheduler.revise(booked.id, **given)
    assert revised == scheduler.get(booked.id)
    assert [entry.change.kind for entry in scheduler.history(booked.id)[1:]] == kinds
    assert revised.version == 1 + len(kinds)
    assert revised.during.start == given.get("start", NINE)
    assert revised.during.duration == given.get("duration", HOUR)
    assert revised.customer_name == given.get("customer_name", "Carla")
    assert revised.notes == given.get("notes", "brings a dog")


def test_what_is_refused_leaves_the_words_as_they_were(scheduler: Scheduler, booked: Appointment) -> None:
    """A move into another appointment is refused, and the name that came with it is not taken over."""
    scheduler.book(BookingRequest(HOST, VISIT, NINE + HOUR, "Dora"))
    before = scheduler.changes(HOST)
    with pytest.raises(BookingRefused):
        scheduler.revise(booked.id, start=NINE + HOUR, customer_name="Eve")
    assert scheduler.changes(HOST) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer_name": " "},
        {"customer_name": " ", "start": NINE - 9 * HOUR},
        {"duration": dt.timedelta(0)},
        {"duration": -HOUR},
        {"start": dt.datetime(2026, 1, 5, 9)},
    ],
)
def test_what_is_wrong_leaves_everything_as_it_was(
    scheduler: Scheduler, booked: Appointment, wrong: dict[str, Any]
) -> None:
    """What cannot be is told before what the rules refuse, and neither is partly done."""
    before = scheduler.changes(HOST)
    with pytest.raises(InvalidValue):
        scheduler.revise(booked.id, **{"start": NINE + HOUR, "notes": "new", **wrong})
    assert scheduler.changes(HOST) == before


def test_words_meet_no_rule(scheduler: Scheduler, booked: Appointment) -> None:
    """Where the hours have changed since, the notes can be changed, and the time that is kept may stay."""
    scheduler.set_schedule(HOST, Schedule(ZoneInfo("UTC")))
    assert scheduler.revise(booked.id, start=NINE, duration=HOUR, notes="late").notes == "late"
    with pytest.raises(BookingRefused):
        scheduler.revise(booked.id, start=NINE + HOUR)


def test_a_length_that_is_kept_needs_not_be_offered_any_more(
    scheduler: Scheduler, booked: Appointment
) -> None:
    """Where the type has lost the length, the appointment can still be moved with it."""
    scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", [2 * HOUR]))
    moved = scheduler.revise(booked.id, start=NINE + 2 * HOUR, duration=HOUR)
    assert moved.during.duration == HOUR


def test_what_is_over_keeps_its_time(scheduler: Scheduler, booked: Appointment) -> None:
    """A cancelled appointment is not moved, but what is known of the customer may change."""
    scheduler.cancel(booked.id)
    assert scheduler.revise(booked.id, notes="moved away").notes == "moved away"
    with pytest.raises(IllegalTransition):
        scheduler.revise(booked.id, start=NINE + HOUR)

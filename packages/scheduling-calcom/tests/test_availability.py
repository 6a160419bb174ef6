"""Calls about schedules, slots and busy times."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduling_calcom import Attendee, Availability, CalComClient, Gone, Override
from scheduling_calcom.testing import FakeCalCom
from scheduling_core import Interval, InvalidValue

TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ADAM = Attendee("Adam", "Europe/Berlin", "adam@customers.example")
SHORT, LONG, EITHER = 2, 3, 4
MORNINGS = Availability((0, 2), dt.time(8), dt.time(12))
CLOSED = Override(dt.date(2026, 12, 24))
LATE = Override(dt.date(2026, 12, 23), dt.time(18), dt.time(23, 59))


def test_availability_is_that_of_the_default_schedule(calcom: CalComClient) -> None:
    """Without an id the default schedule is meant, with one that schedule."""
    schedule = calcom.get_availability()
    assert (schedule.name, schedule.time_zone, schedule.is_default) == ("Office hours", "Europe/Berlin", True)
    assert schedule.availability == (Availability((0, 1, 2, 3, 4), dt.time(9), dt.time(17)),)
    assert calcom.get_availability(schedule.id) == calcom.get_schedule(schedule.id) == schedule


def test_availability_is_replaced_list_by_list(calcom: CalComClient) -> None:
    """A list that is given takes the place of the old one, and what is not given stays."""
    changed = calcom.update_availability(overrides=[CLOSED, LATE])
    assert changed.overrides == (CLOSED, LATE)
    assert changed.availability
    changed = calcom.update_availability(changed.id, availability=[MORNINGS], time_zone="Asia/Tokyo")
    assert (changed.availability, changed.overrides) == ((MORNINGS,), (CLOSED, LATE))
    assert changed.time_zone == "Asia/Tokyo"
    assert calcom.update_schedule(changed.id, name="Away", overrides=[]).overrides == ()


def test_a_schedule_is_created(calcom: CalComClient) -> None:
    """A schedule comes back as it was given, and may become the default one."""
    made = calcom.create_schedule(
        name="Mornings",
        time_zone="America/New_York",
        availability=[MORNINGS],
        overrides=[CLOSED],
        is_default=True,
    )
    assert (made.availability, made.overrides, made.time_zone) == ((MORNINGS,), (CLOSED,), "America/New_York")
    assert calcom.get_availability() == made
    assert [schedule.is_default for schedule in calcom.list_schedules()] == [False, True]


def test_where_there_is_no_schedule_there_is_no_availability(calcom: CalComClient, fake: FakeCalCom) -> None:
    """An account without a default schedule, and an id that leads nowhere, are told apart from a failure."""
    with pytest.raises(Gone):
        calcom.get_availability(99)
    fake.world.schedules.clear()
    with pytest.raises(Gone):
        calcom.get_availability()


@pytest.mark.parametrize("zone", ["Berlin", "", "../etc"])
def test_a_schedule_needs_a_zone(calcom: CalComClient, fake: FakeCalCom, zone: str) -> None:
    """A zone that nobody knows is not sent, because Cal.com would take another one."""
    with pytest.raises(InvalidValue):
        calcom.create_schedule(name="Mornings", time_zone=zone, availability=[MORNINGS])
    with pytest.raises(InvalidValue):
        calcom.update_schedule(1, time_zone=zone)
    assert not fake.asked


def test_a_date_is_overridden_once(calcom: CalComClient) -> None:
    """Of two overrides of one date Cal.com keeps one, so two are not sent."""
    with pytest.raises(InvalidValue):
        calcom.update_schedule(1, overrides=[CLOSED, Override(CLOSED.date, dt.time(9), dt.time(10))])


@pytest.mark.parametrize(
    ("days", "start", "end"),
    [
        ((), dt.time(9), dt.time(10)),
        ((7,), dt.time(9), dt.time(10)),
        ((0,), dt.time(9), dt.time(9)),
        ((0,), dt.time(22), dt.time(2)),
        ((0,), dt.time(9, 0, 1), dt.time(10)),
        ((0,), dt.time(9), dt.time(10, tzinfo=dt.UTC)),
    ],
)
def test_hours_make_sense(days: tuple[int, ...], start: dt.time, end: dt.time) -> None:
    """Hours have days, whole minutes, and an end after their start."""
    with pytest.raises(InvalidValue):
        Availability(days, start, end)


def test_the_hours_of_a_date_make_sense() -> None:
    """An override is closed, or ends after its start."""
    assert CLOSED.is_closed
    assert not LATE.is_closed
    with pytest.raises(InvalidValue):
        Override(CLOSED.date, dt.time(10), dt.time(9))


def test_slots_leave_out_what_is_taken(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A slot lies within the office hours and touches neither a booking nor a busy time."""
    calcom.create_booking(event_type_id=SHORT, start=TEN, attendee=ADAM)
    fake.world.busy[1, "private"] = [Interval.of(TEN + HOUR, HOUR)]
    window = Interval.of(TEN, 8 * HOUR)
    starts = [slot.start - TEN for slot in calcom.get_slots(SHORT, window)]
    assert starts == [HOUR / 2 * steps for steps in (1, 4, 5, 6, 7, 8, 9, 10, 11)]
    assert all(slot.duration == HOUR / 2 for slot in calcom.get_slots(SHORT, window))


def test_slots_have_the_length_that_is_asked_for(calcom: CalComClient) -> None:
    """An event type that offers several lengths has slots of each."""
    [slot, *_] = calcom.get_slots(EITHER, Interval.of(TEN, HOUR), length=HOUR)
    assert slot == Interval.of(TEN, HOUR)


def test_a_booking_that_moves_is_not_in_its_own_way(calcom: CalComClient) -> None:
    """The slot of the booking that is to be moved is offered again."""
    booking = calcom.create_booking(event_type_id=LONG, start=TEN, attendee=ADAM)
    window = Interval.of(TEN, HOUR)
    assert calcom.get_slots(LONG, window) == ()
    assert calcom.get_slots(LONG, window, rescheduled_uid=booking.uid) == (window,)


def test_slots_of_an_unknown_event_type_are_gone(calcom: CalComClient) -> None:
    """Having no slots and having no event type are different things."""
    with pytest.raises(Gone):
        calcom.get_slots(99, Interval.of(TEN, HOUR))


def test_busy_times_are_those_of_the_calendars_asked_for(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Each connected calendar answers for itself, and only for the window."""
    berlin = ZoneInfo("Europe/Berlin")
    early = Interval.of(dt.datetime(2026, 3, 2, 0, 30, tzinfo=berlin), HOUR)
    fake.world.busy[1, "private"] = [Interval.of(TEN, HOUR), early]
    fake.world.busy[2, "club"] = [Interval.of(TEN - HOUR, 2 * HOUR)]
    private, club = calcom.list_calendars()
    assert (private.credential_id, private.external_id, private.is_selected) == (1, "private", True)
    window = Interval.of(TEN, HOUR)
    assert [busy.interval for busy in calcom.get_busy_times(window, [private])] == [window]
    both = calcom.get_busy_times(window, [private, club])
    assert [busy.source for busy in both] == ["club", "private"]
    assert calcom.get_busy_times(window, []) == ()
    midnight = Interval.of(dt.datetime(2026, 3, 1, 23, 0, tzinfo=dt.UTC), HOUR)
    assert [busy.interval for busy in calcom.get_busy_times(midnight, [private])] == [early]

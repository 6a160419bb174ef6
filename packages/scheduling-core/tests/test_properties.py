"""The promises to users that concern the core, by their numbers, over a scheduler and a storage in memory."""

import datetime as dt

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import oracles
from scheduling_core import (
    Appointment,
    AppointmentId,
    BookingRefused,
    BookingRequest,
    HostId,
    Interval,
    MemoryStorage,
    Overlaps,
    Rescheduled,
    Schedule,
    Scheduler,
    Status,
)
from scheduling_core.testing import CountingIds, ManualClock, strategies
from scheduling_core.testing.strategies import Situation

HOST = HostId("host")
HOUR = dt.timedelta(hours=1)
ALWAYS = Interval(dt.datetime(1950, 1, 1, tzinfo=dt.UTC), dt.datetime(2150, 1, 1, tzinfo=dt.UTC))

situations = strategies.situations().map(
    lambda drawn: attrs.evolve(drawn, agenda=attrs.evolve(drawn.agenda, external_busy=()), moving=None)
)


def new_scheduler(clock: ManualClock, storage: MemoryStorage | None = None) -> Scheduler:
    """Return a scheduler over the storage, or an empty one."""
    return Scheduler(storage or MemoryStorage(), clock=clock, new_id=CountingIds())


def open_for(asked: Situation) -> Scheduler:
    """Return a scheduler over a storage that holds the situation."""
    storage = MemoryStorage()
    asked.store(storage)
    return new_scheduler(ManualClock(asked.now), storage)


def question(asked: Situation) -> oracles.Question:
    """Return the situation as the oracle takes it."""
    return oracles.Question(asked.agenda, asked.type, asked.now, asked.duration, asked.moving)


def free_starts(
    asked: Situation, scheduler: Scheduler, moving: AppointmentId | None = None
) -> list[dt.datetime]:
    """Return the free starts of the situation's window; that they are free, the plain rules confirm."""
    duration = asked.duration if moving is None else None
    found = scheduler.find_slots(HOST, asked.type.id, asked.agenda.window, duration=duration, moving=moving)
    assume(found)
    return found


def picture(scheduler: Scheduler) -> object:
    """Return all that can be read of the host: if it stays the same, nothing has changed."""
    return (
        scheduler.changes(HOST),
        scheduler.between(HOST, ALWAYS),
        scheduler.schedule(HOST),
        scheduler.time_off(HOST),
        scheduler.types(HOST),
    )


def starts_of(window: Interval) -> list[dt.datetime]:
    """Return every quarter of an hour of the window."""
    return [window.start + step * HOUR / 4 for step in range(window.duration // (HOUR / 4))]


# --- availability --------------------------------------------------------------------------------------


@st.composite
def ranges_of_time(draw: st.DrawFn) -> tuple[Schedule, Interval]:
    """Draw a schedule and some hours around a change of its clocks."""
    zone = draw(strategies.zones())
    anchor = draw(strategies.anchors(zone))
    start = anchor + draw(st.integers(-40, 4)) * HOUR
    return draw(strategies.schedules(zone, anchor)), Interval(start, start + draw(st.integers(1, 48)) * HOUR)


@given(ranges_of_time())
def test_property_03_reading_availability_over_a_range_returns_all_of_it_and_nothing_else(
    asked: tuple[Schedule, Interval],
) -> None:
    """Every open minute of the range is returned, and no other."""
    schedule, window = asked
    scheduler = new_scheduler(ManualClock(window.start))
    scheduler.set_schedule(HOST, schedule)
    found = scheduler.schedule(HOST).open_intervals(window)
    assert found == oracles.open_intervals(schedule, window)


@given(st.lists(strategies.schedules(), min_size=1, max_size=3))
def test_property_04_a_read_after_a_write_of_availability_gives_what_was_written(
    schedules: list[Schedule],
) -> None:
    """The last write is what is read, whatever stood there before."""
    scheduler = new_scheduler(ManualClock(ALWAYS.start))
    for schedule in schedules:
        scheduler.set_schedule(HOST, schedule)
        assert scheduler.schedule(HOST) == schedule


@given(strategies.schedules(), ranges_of_time(), st.data())
def test_property_17_availability_survives_the_round_trip_through_storage(
    schedule: Schedule, another: tuple[Schedule, Interval], data: st.DataObject
) -> None:
    """Zone, weekly hours, overrides and time off come back as they were, to another scheduler too."""
    storage, clock = MemoryStorage(), ManualClock(ALWAYS.start)
    off = data.draw(strategies.time_off(another[1].start))
    new_scheduler(clock, storage).set_schedule(HOST, schedule)
    new_scheduler(clock, storage).set_schedule(HostId("another"), another[0])
    new_scheduler(clock, storage).add_time_off(HOST, off)
    found = new_scheduler(clock, storage).schedule(HOST)
    assert (found, found.timezone.key) == (schedule, schedule.timezone.key)
    assert found.open_intervals(another[1]) == schedule.open_intervals(another[1])
    assert new_scheduler(clock, storage).time_off(HOST) == (off,)


# --- booking -------------------------------------------------------------------------------------------


@given(situations, st.data())
def test_property_05_a_valid_request_at_a_free_time_creates_the_appointment_and_returns_it(
    asked: Situation, data: st.DataObject
) -> None:
    """What was asked for is what is returned, and what is read afterwards."""
    scheduler = open_for(asked)
    starts, lengths = st.sampled_from(free_starts(asked, scheduler)), st.just(asked.duration)
    request = data.draw(strategies.booking_requests(HOST, asked.type.id, starts, lengths))
    assert question(asked).causes(request.start) == []
    booked = scheduler.book(request)
    assert booked.during == Interval.of(request.start, question(asked).length)
    assert booked.status is (Status.PENDING if asked.type.requires_confirmation else Status.CONFIRMED)
    assert booked.timezone.key == (request.timezone or asked.agenda.schedule.timezone).key
    told = ("host", "type", "customer_name", "notes", "metadata", "customer_email", "customer_phone")
    assert [getattr(booked, name) for name in told] == [getattr(request, name) for name in told]
    assert scheduler.get(booked.id) == booked
    assert booked in scheduler.between(HOST, booked.during)


@given(situations, st.data())
def test_property_06_a_request_outside_availability_is_refused_and_changes_nothing(
    asked: Situation, data: st.DataObject
) -> None:
    """Where a part of the appointment would not be open, the refusal says so and nothing is stored."""
    oracle = question(asked)
    outside = [s for s in starts_of(asked.agenda.window) if oracles.outside_hours(oracle, s)]
    assume(outside)
    start = data.draw(st.sampled_from(outside))
    scheduler = open_for(asked)
    before = picture(scheduler)
    with pytest.raises(BookingRefused) as refused:
        scheduler.book(BookingRequest(HOST, asked.type.id, start, "Ada", asked.duration))
    assert "outside_hours" in [each.code for each in refused.value.reasons]
    assert picture(scheduler) == before


# --- moving --------------------------------------------------------------------------------------------


@attrs.frozen
class Booked:
    """A scheduler after a booking, and the situation in which that appointment is to be moved."""

    scheduler: Scheduler
    appointment: Appointment
    move: oracles.Question


def book_somewhere(asked: Situation, data: st.DataObject) -> Booked:
    """Book at a free start of the situation."""
    scheduler = open_for(asked)
    start = data.draw(st.sampled_from(free_starts(asked, scheduler)))
    name = data.draw(strategies.customer_names())
    booked = scheduler.book(BookingRequest(HOST, asked.type.id, start, name, asked.duration))
    agenda = attrs.evolve(asked.agenda, appointments=[*asked.agenda.appointments, booked])
    return Booked(scheduler, booked, oracles.Question(agenda, asked.type, asked.now, moving=booked))


@given(situations, st.data())
def test_property_09_a_reschedule_changes_the_time(asked: Situation, data: st.DataObject) -> None:
    """The appointment is found at its new time, and no longer at the old one."""
    made = book_somewhere(asked, data)
    old = made.appointment.during
    start = data.draw(st.sampled_from(free_starts(asked, made.scheduler, made.appointment.id)))
    assert made.move.causes(start) == []
    moved = made.scheduler.reschedule(made.appointment.id, start)
    assert moved.during == Interval.of(start, old.duration)
    assert made.scheduler.get(moved.id) == moved
    found = made.scheduler.between(HOST, old)
    assert (moved in found) == moved.during.overlaps(old)
    assert made.appointment not in found
    last = made.scheduler.history(moved.id)[-1].change
    assert isinstance(last, Rescheduled)
    assert last.before == old


# On many days nothing is in the way of anything; as many as are asked for are tried all the same.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(situations, st.data())
def test_property_10_a_reschedule_into_a_conflict_is_refused_and_leaves_everything_as_it_was(
    asked: Situation, data: st.DataObject
) -> None:
    """The refusal names the appointment in the way, and nothing has moved."""
    made = book_somewhere(asked, data)
    taken = [s for s in starts_of(asked.agenda.window) if oracles.overlap(made.move, s)]
    assume(taken)
    start = data.draw(st.sampled_from(taken))
    before = picture(made.scheduler)
    with pytest.raises(BookingRefused) as refused:
        made.scheduler.reschedule(made.appointment.id, start)
    named = {each.appointment for each in refused.value.reasons if isinstance(each, Overlaps)}
    assert named == set(oracles.overlap(made.move, start))
    assert picture(made.scheduler) == before


@given(situations, st.data())
def test_property_11_a_reschedule_keeps_customer_name_and_duration(
    asked: Situation, data: st.DataObject
) -> None:
    """A move without a duration changes the time, and no other field of the appointment."""
    made = book_somewhere(asked, data)
    start = data.draw(st.sampled_from(free_starts(asked, made.scheduler, made.appointment.id)))
    moved = made.scheduler.reschedule(made.appointment.id, start)
    assert moved.customer_name == made.appointment.customer_name
    assert moved.during.duration == made.appointment.during.duration
    kept = ("id", "host", "type", "status", "timezone", "notes", "metadata", "created_at", "customer_email")
    assert all(getattr(moved, name) == getattr(made.appointment, name) for name in kept)

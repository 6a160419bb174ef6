"""Hosts that are tied to an external calendar, in every storage."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    BusyCopied,
    BusyInterval,
    ExternallyBusy,
    HostId,
    Interval,
    Link,
    MemoryStorage,
    NotFound,
    Schedule,
    Scheduler,
    SyncState,
    TimeRange,
    WeeklyHours,
    deliveries,
    sync,
    usecases,
)
from scheduling_core.ports import Stamp, Storage, UnitOfWork
from scheduling_core.sql import SqlStorage
from scheduling_core.testing import CountingIds, ManualClock

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + dt.timedelta(days=1, hours=9)
HOUR = dt.timedelta(hours=1)
DAY = Interval(NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=2))
LINK = Link("calendar", {"event": "7"}, stale_after=2 * HOUR, busy_as_of=NOW)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """A storage without anything in it."""
    storage: MemoryStorage | SqlStorage
    if request.param == "memory":
        storage = MemoryStorage()
    else:
        url = f"sqlite:///{tmp_path / 'scheduling.db'}"
        if request.param == "postgresql":
            url = request.getfixturevalue("postgres_url")
        storage = SqlStorage.from_url(url)
        storage.migrate()
    yield storage
    storage.close()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until it is told."""
    return ManualClock(NOW)


@pytest.fixture
def scheduler(storage: Storage, clock: ManualClock) -> Scheduler:
    """A host that is open all day, without links."""
    scheduler = Scheduler(storage, clock=clock, new_id=CountingIds())
    all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
    scheduler.set_schedule(HOST, Schedule("UTC", all_day))
    scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HOUR,)))
    return scheduler


def book(scheduler: Scheduler, start: dt.datetime = NINE) -> Appointment:
    """Book an hour."""
    return scheduler.book(BookingRequest(HOST, VISIT, start, "Ann"))


def row_of(scheduler: Scheduler, booked: Appointment) -> sync.SyncRow:
    """Return how far an appointment has come with the calendar."""
    rows = {(row.appointment, row.provider): row for row in scheduler.sync_rows(HOST)}
    return rows[booked.id, LINK.provider]


def test_a_host_without_a_link_has_no_deliveries(scheduler: Scheduler) -> None:
    """Nothing is written for calendars that nobody linked."""
    book(scheduler)
    assert (scheduler.links(HOST), scheduler.sync_rows(HOST)) == ((), ())


def test_linking_delivers_what_is_to_come(scheduler: Scheduler) -> None:
    """Upcoming appointments are wanted there, those that were cancelled are not."""
    booked, off = book(scheduler), book(scheduler, NINE + HOUR)
    scheduler.cancel(off.id)
    scheduler.link(HOST, LINK)
    [row] = scheduler.sync_rows(HOST)
    assert (row.appointment, row.desired_version, row.state) == (booked.id, 1, SyncState.PENDING)
    assert row.must_observe
    assert scheduler.links(HOST) == (LINK,)


def test_every_change_is_wanted_there(scheduler: Scheduler) -> None:
    """Whatever is done to an appointment, its newest version is wanted, in the same transaction."""
    scheduler.link(HOST, LINK)
    scheduler.link(HOST, Link("another"))
    booked = book(scheduler)
    assert [row.provider for row in scheduler.sync_rows(HOST)] == ["another", "calendar"]
    scheduler.reschedule(booked.id, NINE + HOUR)
    scheduler.amend(booked.id, notes="allergic")
    scheduler.cancel(booked.id)
    scheduler.purge(booked.id)
    assert [row.desired_version for row in scheduler.sync_rows(HOST)] == [5, 5]


def test_a_refused_change_wants_nothing(scheduler: Scheduler) -> None:
    """What is refused leaves the deliveries as they were."""
    scheduler.link(HOST, LINK)
    booked = book(scheduler)
    known = scheduler.sync_rows(HOST)
    with pytest.raises(BookingRefused):
        book(scheduler)
    with pytest.raises(BookingRefused):
        scheduler.reschedule(booked.id, NOW - HOUR)
    assert scheduler.sync_rows(HOST) == known


def test_all_or_nothing(scheduler: Scheduler, storage: Storage) -> None:
    """A transaction that raises after a booking keeps neither the appointment nor its delivery."""
    scheduler.link(HOST, LINK)

    def work(unit: UnitOfWork) -> None:
        usecases.book(unit, Stamp(NOW, "a"), BookingRequest(HOST, VISIT, NINE, "Ann"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        storage.transact(work)
    assert (scheduler.sync_rows(HOST), scheduler.upcoming(HOST)) == ((), ())


def test_unlinking_stops_everything(scheduler: Scheduler) -> None:
    """Deliveries are off, busy times from there are forgotten, and a new link begins anew."""
    scheduler.link(HOST, LINK)
    book(scheduler)
    scheduler.copy_busy(HOST, "calendar", [Interval.of(NINE + HOUR, HOUR)])
    scheduler.unlink(HOST, "calendar")
    assert (scheduler.links(HOST), scheduler.sync_rows(HOST)) == ((), ())
    book(scheduler, NINE + HOUR)
    scheduler.link(HOST, LINK)
    assert {row.state for row in scheduler.sync_rows(HOST)} == {SyncState.PENDING}
    assert len(scheduler.sync_rows(HOST)) == 2
    with pytest.raises(NotFound, match="link"):
        scheduler.unlink(HOST, "another")


def test_busy_times_are_copied_whole(scheduler: Scheduler, clock: ManualClock) -> None:
    """A copy takes the place of the one before; only a different one is a change of the agenda."""
    scheduler.link(HOST, LINK)
    first, second = Interval.of(NINE, HOUR), Interval.of(NINE + 3 * HOUR, HOUR)
    scheduler.copy_busy(HOST, "calendar", [second, first])
    version = scheduler.changes(HOST)[-1].version
    assert scheduler.changes(HOST)[-1].change == BusyCopied(HOST, NOW, "calendar", (first, second))
    clock.advance(HOUR)
    scheduler.copy_busy(HOST, "calendar", [first, second])
    assert scheduler.changes(HOST)[-1].version == version
    [reason] = scheduler.explain(HOST, VISIT, NINE)
    assert isinstance(reason, ExternallyBusy)
    assert (reason.busy.during, reason.busy.source, reason.busy.as_of) == (first, "calendar", NOW + HOUR)
    scheduler.copy_busy(HOST, "calendar", [second])
    assert book(scheduler).during == first


def test_a_stale_copy_is_refused_where_the_host_wants_that(scheduler: Scheduler, clock: ManualClock) -> None:
    """With a copy older than the link allows nothing is offered, and the reason says how old it is."""
    scheduler.link(HOST, LINK)
    assert scheduler.find_slots(HOST, VISIT, DAY)
    clock.advance(2 * HOUR)
    assert scheduler.find_slots(HOST, VISIT, DAY)
    clock.advance(dt.timedelta(seconds=1))
    assert scheduler.find_slots(HOST, VISIT, DAY) == []
    with pytest.raises(BookingRefused) as refused:
        book(scheduler)
    [reason] = refused.value.reasons
    assert isinstance(reason, ExternallyBusy)
    assert (reason.busy.source, reason.busy.as_of) == ("calendar", NOW)
    scheduler.copy_busy(HOST, "calendar", ())
    booked = book(scheduler)
    assert scheduler.upcoming(HOST) == (booked,)


def test_busy_times_are_told_as_the_rules_see_them(scheduler: Scheduler, clock: ManualClock) -> None:
    """What overlaps the window is told whole and in order; of a copy that is too old, all of the window."""
    assert scheduler.busy(HOST, DAY) == ()
    scheduler.link(HOST, LINK)
    scheduler.link(HOST, Link("another"))
    first, second = Interval.of(NINE, HOUR), Interval(NINE + 2 * HOUR, DAY.end + HOUR)
    scheduler.copy_busy(HOST, "calendar", [second, first, Interval.of(DAY.end + 2 * HOUR, HOUR)])
    scheduler.copy_busy(HOST, "another", [first])
    clock.advance(HOUR)
    scheduler.copy_busy(HOST, "another", [first])
    assert scheduler.busy(HOST, DAY) == (
        BusyInterval(first, "another", NOW + HOUR),
        BusyInterval(first, "calendar", NOW),
        BusyInterval(second, "calendar", NOW),
    )
    assert scheduler.busy(HOST, Interval(first.end, second.start)) == ()
    clock.advance(2 * HOUR)
    assert scheduler.busy(HOST, DAY)[0] == BusyInterval(DAY, "calendar", NOW)
    with pytest.raises(NotFound):
        scheduler.busy(HostId("nobody"), DAY)


def test_busy_times_need_a_link(scheduler: Scheduler) -> None:
    """A source that the host is not tied to cannot claim its time."""
    with pytest.raises(NotFound, match="link"):
        scheduler.copy_busy(HOST, "calendar", [DAY])


def test_a_reference_is_the_id_of_the_booking_there(scheduler: Scheduler, storage: Storage) -> None:
    """It is told for what starts in the window and is there, by that calendar and to that host alone."""
    scheduler.link(HOST, LINK)
    scheduler.link(HOST, Link("another"))
    booked, waiting = book(scheduler), book(scheduler, NINE + HOUR)
    assert scheduler.references(HOST, "calendar", DAY) == {}
    row = row_of(scheduler, booked)
    remote = sync.RemoteBooking("uid", booked.during, is_active=True, appointment=booked.id)
    storage.transact(lambda work: work.outbox.put(deliveries.arrive(row, 1, remote, NOW)))
    assert scheduler.references(HOST, "calendar", DAY) == {booked.id: "uid"}
    assert scheduler.references(HOST, "another", DAY) == {}
    assert scheduler.references(HOST, "calendar", waiting.during) == {}
    assert scheduler.references(HostId("nobody"), "calendar", DAY) == {}
    scheduler.unlink(HOST, "calendar")
    assert scheduler.references(HOST, "calendar", DAY) == {}


def test_requeueing_looks_first(scheduler: Scheduler, storage: Storage) -> None:
    """What had stopped is tried again after a look at the other side; without a delivery there is none."""
    scheduler.link(HOST, LINK)
    booked = book(scheduler)
    [row] = scheduler.sync_rows(HOST)
    assert scheduler.requeue(booked.id, "calendar") == row
    storage.transact(lambda work: work.outbox.put(deliveries.give_up(row, "refused", NOW)))
    again = scheduler.requeue(booked.id, "calendar")
    assert (again.state, again.must_observe, again.last_error) == (SyncState.PENDING, True, None)
    assert scheduler.sync_rows(HOST) == (again,)
    with pytest.raises(NotFound, match="delivery"):
        scheduler.requeue(booked.id, "another")


def test_due_rows_come_in_turn(scheduler: Scheduler, storage: Storage) -> None:
    """The one that has waited longest comes first, and what is claimed or not yet due is left alone."""
    scheduler.link(HOST, LINK)
    first, second = book(scheduler), book(scheduler, NINE + HOUR)

    def claim(now: dt.datetime) -> sync.SyncRow | None:
        def work(unit: UnitOfWork) -> sync.SyncRow | None:
            row = unit.outbox.due("calendar", now)
            if row is not None:
                row = deliveries.claim(row, now, sync.SyncPolicy())
                unit.outbox.put(row)
            return row

        return storage.transact(work)

    claimed = [claim(NOW), claim(NOW), claim(NOW)]
    assert [row and row.appointment for row in claimed] == [first.id, second.id, None]
    again = claim(NOW + sync.SyncPolicy().lease)
    assert again is not None
    assert (again.appointment, again.fence, again.must_observe) == (first.id, 2, True)
    counts = storage.read(lambda work: work.outbox.count("calendar"))
    assert counts == {SyncState.IN_FLIGHT: 2}
    assert storage.read(lambda work: work.outbox.due("another", NOW)) is None


def test_a_row_is_found_by_what_is_there(scheduler: Scheduler, storage: Storage) -> None:
    """The uid of a booking leads to its appointment, for its own provider only."""
    scheduler.link(HOST, LINK)
    booked = book(scheduler)
    [row] = scheduler.sync_rows(HOST)
    remote = sync.RemoteBooking("uid", booked.during, is_active=True, appointment=booked.id)
    arrived = deliveries.arrive(row, 1, remote, NOW)
    storage.transact(lambda work: work.outbox.put(arrived))
    assert storage.read(lambda work: work.outbox.row_of("calendar", "uid")) == arrived
    assert storage.read(lambda work: work.outbox.row_of("another", "uid")) is None
    assert storage.read(lambda work: work.outbox.row_of("calendar", "other")) is None

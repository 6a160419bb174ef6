"""What a type checker knows of the public interface; checked by mypy, never run."""

import datetime as dt
from collections.abc import Callable
from typing import assert_type
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from scheduling_core import (
    Agenda,
    Amended,
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    AsyncScheduler,
    Availability,
    Booked,
    BookingPolicy,
    BookingRefused,
    BookingRequest,
    BusyInterval,
    Cancelled,
    DateOverride,
    HostId,
    Interval,
    Limit,
    Link,
    LogEntry,
    MemoryStorage,
    NotFound,
    Overlaps,
    Period,
    PolicyOverride,
    Questions,
    Reason,
    Rescheduled,
    Schedule,
    Scheduler,
    Status,
    SyncRow,
    SyncState,
    TimeOff,
    TimeRange,
    TooSoon,
    TypeInUse,
    TypeRemoved,
    WeeklyHours,
    decisions,
    explain,
    find_slots,
    intersect,
    local_time,
    next_slot,
    subtract,
    suggest,
    union,
    usecases,
)
from scheduling_core.ports import AsyncStorage, Stamp, Storage
from scheduling_core.sql import LostRace, SqlUnitOfWork
from scheduling_core.sync import Hint, Provider
from scheduling_core.testing import contracts

HOST, TYPE, ID = HostId("host"), AppointmentTypeId("talk"), AppointmentId("a1")


def values(now: dt.datetime, window: Interval) -> None:
    """Values are built from plain Python, and tell their parts."""
    half_hour = dt.timedelta(minutes=30)
    assert_type(Interval.of(now, half_hour), Interval)
    assert_type(window.duration, dt.timedelta)
    assert_type(window.overlaps(window), bool)
    assert_type(union([window]), tuple[Interval, ...])
    assert_type(intersect([window], (window,)), tuple[Interval, ...])
    assert_type(subtract([window], iter([window])), tuple[Interval, ...])
    hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
    schedule = Schedule(ZoneInfo("Europe/Berlin"), hours, [DateOverride(dt.date(2026, 1, 6))])
    assert_type(Schedule("Europe/Berlin").timezone, ZoneInfo)
    assert_type(schedule.overrides, tuple[DateOverride, ...])
    assert_type(schedule.hours_on(dt.date(2026, 1, 5)), tuple[TimeRange, ...])
    assert_type(schedule.open_intervals(window), tuple[Interval, ...])
    policy = BookingPolicy(slot_interval=half_hour, limits=[Limit(Period.DAY, count=3)])
    assert_type(policy.limits, tuple[Limit, ...])
    assert_type(AppointmentType(TYPE, "Talk", [half_hour], policy).durations, tuple[dt.timedelta, ...])
    assert_type(local_time.to_utc(dt.date(2026, 1, 5), dt.time(9), ZoneInfo("UTC")), dt.datetime)
    assert_type(local_time.to_local(now, ZoneInfo("UTC")), dt.datetime)


def rules(agenda: Agenda, type: AppointmentType, request: BookingRequest, now: dt.datetime) -> None:
    """Slots, reasons and decisions are functions of an agenda."""
    assert_type(find_slots(agenda, type, now=now), list[dt.datetime])
    assert_type(next_slot(agenda, type, now=now), dt.datetime | None)
    assert_type(suggest(agenda, type, now, now=now, count=3), list[dt.datetime])
    for reason in explain(agenda, type, request.start, now=now):
        assert_type(reason, Reason)
        assert_type(reason.starts, Interval)
        if isinstance(reason, Overlaps):
            assert_type(reason.appointment, AppointmentId)
        if isinstance(reason, TooSoon):
            assert_type(reason.earliest, dt.datetime)
    override = PolicyOverride("boss", "a favour", ["off_grid"])
    booked = decisions.book(agenda, type, request, id=ID, now=now, override=override)
    assert_type(booked, Booked)
    assert_type(booked.appointment.status, Status)
    assert_type(booked.appointment.metadata["case"], str)
    assert_type(decisions.reschedule(agenda, type, booked.appointment, now, now=now), Rescheduled)
    assert_type(decisions.amend(booked.appointment, now=now, metadata={"case": "77"}), Amended)
    assert_type(decisions.cancel(booked.appointment, now=now, by="customer"), Cancelled)


def agendas(window: Interval, schedule: Schedule, known: Appointment) -> None:
    """An agenda takes any iterable of claims, and bare intervals as busy time."""
    agenda = Agenda(HOST, window, schedule, [known], [TimeOff(window)], [window, BusyInterval(window)])
    assert_type(agenda.appointments, tuple[Appointment, ...])
    assert_type(agenda.external_busy, tuple[BusyInterval, ...])


def errors(scheduler: Scheduler, request: BookingRequest) -> None:
    """Errors carry data."""
    try:
        scheduler.book(request)
    except BookingRefused as refusal:
        assert_type(refusal.reasons, tuple[Reason, ...])
    except NotFound as missing:
        assert_type(missing.kind, str)
    try:
        assert_type(scheduler.remove_type(HOST, TYPE), None)
    except TypeInUse as using:
        assert_type(using.appointments, tuple[str, ...])


def use_cases(scheduler: Scheduler, request: BookingRequest, start: dt.datetime, window: Interval) -> None:
    """Each method of the scheduler has the result of its use case."""
    assert_type(scheduler.book(request, idempotency_key="key"), Appointment)
    assert_type(scheduler.book(request, or_first_type=True), Appointment)
    assert_type(scheduler.reschedule(ID, start, expected_version=2), Appointment)
    assert_type(scheduler.amend(ID, notes="new", metadata={"case": "77"}), Appointment)
    outcome = scheduler.set_availability(HostId("ann"), weekly=WeeklyHours(), time_off=[])
    assert_type(outcome, tuple[Availability, tuple[Appointment, ...]])
    assert_type(scheduler.revise(ID, notes="new", start=start, host=HostId("ann")), Appointment)
    assert_type(scheduler.confirm(ID), Appointment)
    assert_type(scheduler.decline(ID, reason="full"), Appointment)
    assert_type(scheduler.cancel(ID, reason="ill", by="customer"), Appointment)
    assert_type(scheduler.complete(ID), Appointment)
    assert_type(scheduler.mark_no_show(ID), Appointment)
    assert_type(scheduler.purge(ID), Appointment)
    assert_type(scheduler.set_schedule(HOST, Schedule("UTC")), tuple[Appointment, ...])
    assert_type(scheduler.add_time_off(HOST, TimeOff(window)), tuple[Appointment, ...])
    assert_type(scheduler.get(ID), Appointment)
    assert_type(scheduler.find_slots(HOST, TYPE, window), list[dt.datetime])
    assert_type(scheduler.next_slot(HOST, TYPE), dt.datetime | None)
    assert_type(scheduler.explain(HOST, TYPE, start, moving=ID), tuple[Reason, ...])
    assert_type(scheduler.suggest(HOST, TYPE, start, count=3), list[dt.datetime])
    assert_type(scheduler.upcoming(HOST, limit=10), tuple[Appointment, ...])
    assert_type(scheduler.between(HOST, window), tuple[Appointment, ...])
    assert_type(scheduler.history(ID), tuple[LogEntry, ...])
    assert_type(scheduler.changes(HOST, after=7), tuple[LogEntry, ...])
    assert_type(scheduler.version(HOST), int)
    assert_type(scheduler.schedule(HOST), Schedule)
    assert_type(scheduler.affected(HOST, Schedule("UTC")), tuple[Appointment, ...])
    assert_type(scheduler.time_off(HOST), tuple[TimeOff, ...])
    assert_type(scheduler.busy(HOST, window), tuple[BusyInterval, ...])
    assert_type(scheduler.types(HOST), tuple[AppointmentType, ...])
    assert_type(scheduler.snapshot(lambda asked: (asked, asked.version(HOST))), tuple[Questions, int])


def changes(scheduler: Scheduler) -> None:
    """A change tells its parts once it is known which one it is."""
    for entry in scheduler.changes(HOST):
        if isinstance(entry.change, TypeRemoved):
            assert_type(entry.change.type, AppointmentType)


async def awaited(
    scheduler: AsyncScheduler, request: BookingRequest, start: dt.datetime, window: Interval
) -> None:
    """Awaited, the results are the same."""
    assert_type(await scheduler.book(request, idempotency_key="key"), Appointment)
    assert_type(await scheduler.reschedule(ID, start, expected_version=2), Appointment)
    assert_type(await scheduler.cancel(ID, reason="ill", by="customer"), Appointment)
    assert_type(await scheduler.set_schedule(HOST, Schedule("UTC")), tuple[Appointment, ...])
    assert_type(await scheduler.find_slots(HOST, TYPE, window), list[dt.datetime])
    assert_type(await scheduler.next_slot(HOST, TYPE), dt.datetime | None)
    assert_type(await scheduler.explain(HOST, TYPE, start), tuple[Reason, ...])
    assert_type(await scheduler.upcoming(HOST, limit=10), tuple[Appointment, ...])
    assert_type(await scheduler.changes(HOST, after=7), tuple[LogEntry, ...])
    assert_type(await scheduler.schedule(HOST), Schedule)
    assert_type(await scheduler.snapshot(lambda asked: asked.version(HOST)), int)


def mistakes(scheduler: Scheduler, request: BookingRequest) -> None:
    """A wrong argument is found before the program runs."""
    scheduler.book(request, key="x")  # type: ignore[call-arg]
    scheduler.book("tomorrow at nine")  # type: ignore[arg-type]
    scheduler.get(HOST)  # type: ignore[arg-type]
    scheduler.reschedule(ID)  # type: ignore[call-arg]
    scheduler.snapshot(lambda asked: asked.cancel(ID))  # type: ignore[attr-defined]
    request.start = dt.datetime(2026, 1, 5)  # type: ignore[misc]


def storages(storage: Storage, waiting: AsyncStorage) -> None:
    """The storage in memory is one of those that the scheduler takes."""
    assert_type(Scheduler(storage), Scheduler)
    assert_type(AsyncScheduler(waiting, clock=lambda: dt.datetime(2026, 1, 5, tzinfo=dt.UTC)), AsyncScheduler)
    Scheduler(MemoryStorage(), new_id=lambda: "a1")
    Scheduler(waiting)  # type: ignore[arg-type]
    AsyncScheduler(MemoryStorage())  # type: ignore[arg-type]


def links(scheduler: Scheduler, window: Interval) -> None:
    """A host is tied to external calendars, and each delivery says how far it is."""
    assert_type(scheduler.link(HOST, Link("calendar", {"event": "7"})), None)
    assert_type(scheduler.copy_busy(HOST, "calendar", [window]), None)
    assert_type(scheduler.links(HOST), tuple[Link, ...])
    [row] = scheduler.sync_rows(HOST)
    assert_type(row, SyncRow)
    assert_type(row.state, SyncState)
    assert_type(scheduler.references(HOST, "calendar", window), dict[AppointmentId, str])
    assert_type(scheduler.requeue(ID, "calendar"), SyncRow)
    assert_type(scheduler.provider("calendar"), Provider)
    assert_type(scheduler.keep_hint(Hint("d", "calendar", "moved", "uid", window.start)), bool)
    assert_type(scheduler.unlink(HOST, "calendar"), None)


class OwnContract(contracts.StorageContract):
    """A storage of one's own is held against the contract with a fixture that opens it."""

    lasting = False
    examples = 200

    @pytest.fixture
    def open_storage(self) -> Callable[[], Storage]:
        """Any storage will do."""
        return MemoryStorage


def own_transaction(connection: sa.Connection, stamp: Stamp, request: BookingRequest) -> None:
    """A use case can be called inside a transaction of the application's own."""
    try:
        assert_type(usecases.book(SqlUnitOfWork(connection), stamp, request), Appointment)
    except LostRace as lost:
        assert_type(lost, LostRace)

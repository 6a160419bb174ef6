"""What is written into rows and documents, and read back from them."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, get_args
from zoneinfo import ZoneInfo

import attrs
import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from scheduling_core import (
    Amended,
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    Booked,
    BookingPolicy,
    BusyInterval,
    Cancelled,
    Completed,
    Confirmed,
    DateOverride,
    Declined,
    HostId,
    Interval,
    Limit,
    LogEntry,
    MarkedNoShow,
    Period,
    PolicyOverride,
    Purged,
    Rescheduled,
    Schedule,
    ScheduleSet,
    Status,
    TimeOff,
    TimeOffAdded,
    TimeOffRemoved,
    TimeRange,
    TypeAdded,
    TypeRemoved,
    WeeklyHours,
)
from scheduling_core.changes import Change
from scheduling_core.ports import Answer, Host, UnitOfWork
from scheduling_core.sql import SqlStorage, SqlUnitOfWork, documents, hours, offers, rows, schema
from scheduling_core.sql.columns import Instant
from scheduling_core.testing import strategies

T = TypeVar("T")

HOST = HostId("host")
NOW = dt.datetime(2026, 3, 2, 8, 30, 0, 1, tzinfo=dt.UTC)
FIRST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
LAST = dt.datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)

# As far as every field goes: the ends of time, all microseconds, and clocks that have changed their rules.
ODD_APPOINTMENT = Appointment(
    id=AppointmentId("ø" * 200),
    host=HOST,
    type=AppointmentTypeId(" %s\\'\";-- "),
    customer_name="\N{FAMILY}\U0001f469\u200d\U0001f467",
    during=Interval(NOW, LAST),
    occupied=Interval(FIRST, LAST),
    status=Status.NO_SHOW,
    version=1,
    timezone=ZoneInfo("America/Argentina/ComodRivadavia"),
    notes="one\n\ttwo\n",
    metadata={"a" * 40: "b" * 500, "null": "null"},
    created_at=FIRST,
    updated_at=LAST,
    local_start=dt.datetime(2026, 3, 2, 1, 2, 3, 4),
)
ODD_HOURS = (
    TimeRange(dt.time(22), dt.time(0)),
    TimeRange(dt.time(0), dt.time(0)),
    TimeRange(dt.time(9, 0, 0, 1), dt.time(23, 59, 59, 999_999)),
)
ODD_SCHEDULE = Schedule(
    ZoneInfo("Antarctica/Troll"),
    WeeklyHours(monday=ODD_HOURS, sunday=ODD_HOURS[::-1]),
    [DateOverride(dt.date.min), DateOverride(dt.date.max, ODD_HOURS)],
)
ODD_TYPE = AppointmentType(
    AppointmentTypeId("visit"),
    "Besuch, 30 % länger",
    policy=BookingPolicy(
        slot_interval=dt.timedelta(seconds=1, microseconds=1),
        buffer_before=dt.timedelta(days=366),
        limits=[Limit(Period.YEAR, total=dt.timedelta(microseconds=7)), Limit(Period.DAY, 1)],
        any_start=True,
    ),
    duration_range=(dt.timedelta(microseconds=3), dt.timedelta(microseconds=9), dt.timedelta(microseconds=2)),
)


def overrides() -> st.SearchStrategy[PolicyOverride | None]:
    """Draw the host's wish to set rules aside, or none."""
    codes = st.sets(st.sampled_from(["too_soon", "off_grid", "time_off"]), min_size=1)
    return st.none() | st.builds(PolicyOverride, st.just("Ann"), st.just("an old friend"), codes)


def changes() -> st.SearchStrategy[Change]:
    """Draw a change of any kind."""
    appointments = strategies.appointments()
    texts = st.sampled_from(["", "ill", "two\nlines"])
    here, now = st.just(HOST), strategies.instants()
    absences = strategies.time_off(NOW)
    return st.one_of(
        st.builds(Booked, appointments, overrides()),
        st.builds(Rescheduled, appointments, strategies.intervals(), overrides()),
        st.builds(Cancelled, appointments, texts, st.sampled_from([None, "host"])),
        st.builds(Declined, appointments, texts),
        *(st.builds(plain, appointments) for plain in (Amended, Completed, Confirmed, MarkedNoShow, Purged)),
        st.builds(ScheduleSet, here, now, strategies.schedules()),
        st.builds(TypeAdded, here, now, strategies.appointment_types()),
        st.builds(TypeRemoved, here, now, strategies.appointment_types()),
        st.builds(TimeOffAdded, here, now, absences),
        st.builds(TimeOffRemoved, here, now, absences),
    )


@given(changes())
@example(Booked(ODD_APPOINTMENT))
@example(ScheduleSet(HOST, NOW, ODD_SCHEDULE))
@example(TypeAdded(HOST, NOW, ODD_TYPE))
def test_a_change_survives_its_document(change: Change) -> None:
    """A change that was written as JSON is read back as the same change."""
    document = json.loads(json.dumps(documents.write_change(change)))
    assert documents.read_change(change.kind, document) == change


def test_every_kind_of_change_has_a_document() -> None:
    """There is no kind of change that the log cannot hold."""
    kinds = {kind for part in get_args(Change) for kind in get_args(part) or [part]}
    assert set(documents.KINDS.values()) == kinds


@given(strategies.schedules(), strategies.schedules())
@example(ODD_SCHEDULE, ODD_SCHEDULE)
def test_a_fingerprint_stands_for_one_schedule(one: Schedule, other: Schedule) -> None:
    """Two schedules have the same fingerprint if and only if they are equal."""
    same = offers.fingerprint_schedule(one) == offers.fingerprint_schedule(other)
    assert same == (one == other)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStorage]:
    """A storage with one host in it."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("database")
        storage = SqlStorage.from_url(f"sqlite:///{folder / 'scheduling.db'}")
    else:
        server = request.getfixturevalue("postgres_server")
        storage = SqlStorage.from_url(server.create_database())
    storage.migrate()
    storage.transact(lambda work: work.record(ScheduleSet(HOST, NOW, Schedule("UTC"))))
    yield storage
    if request.param == "postgresql":
        server.drop_database(storage.engine.url.render_as_string(hide_password=False))
    storage.close()


class UndoneError(Exception):
    """Raised to leave nothing behind."""


def after(storage: SqlStorage, changes: list[Change], read: Callable[[UnitOfWork], T]) -> T:
    """Return what *read* finds after *changes*, all in one transaction that is undone."""
    found: list[T] = []

    def work(unit: UnitOfWork) -> None:
        for change in changes:
            unit.record(change)
        # Another unit of work knows only what the database holds.
        assert isinstance(unit, SqlUnitOfWork)
        found.append(read(SqlUnitOfWork(unit._connection, locking=False)))
        raise UndoneError

    with pytest.raises(UndoneError):
        storage.transact(work)
    return found[0]


def check_appointment(storage: SqlStorage, appointment: Appointment) -> None:
    """Hold the storage to giving the appointment back in every way there is."""
    booked = attrs.evolve(appointment, version=1)
    answer = Answer("f" * 64, booked, NOW)

    def read(unit: UnitOfWork) -> object:
        unit.remember(HOST, "key", answer, NOW)
        everything = Interval(FIRST, LAST)
        counted = (booked.type, Interval.of(booked.during.start, dt.timedelta(microseconds=1)))
        return [
            unit.appointment(booked.id),
            *unit.between(HOST, everything),
            *unit.claimed(HOST, booked.occupied, None).appointments,
            *unit.claimed(HOST, booked.during, counted).appointments,
            *unit.history(booked.id),
            unit.recall(HOST, "key", NOW),
        ]

    held = [booked] * 2 if booked.holds_time else []
    expected = [booked, booked, *held, LogEntry(2, Booked(booked)), answer]
    assert after(storage, [Booked(booked)], read) == expected
    # The identity of the zone is what makes comparisons as fast as those of numbers.
    read_back = after(storage, [Booked(booked)], lambda unit: unit.appointment(booked.id))
    assert read_back is not None
    assert read_back.during.start.tzinfo is read_back.created_at.tzinfo is dt.UTC


@given(appointment=strategies.appointments())
@example(appointment=ODD_APPOINTMENT)
def test_property_08_an_appointment_survives_the_round_trip(
    storage: SqlStorage, appointment: Appointment
) -> None:
    """An appointment is read back equal from the table, from the log and from the stored answers."""
    check_appointment(storage, appointment)


@given(schedule=strategies.schedules())
@example(schedule=ODD_SCHEDULE)
def test_property_17_availability_survives_the_round_trip(storage: SqlStorage, schedule: Schedule) -> None:
    """A schedule is read back equal, ranges in the order written, closed dates and 24:00 included."""

    def read(unit: UnitOfWork) -> object:
        hours.forget()
        cold, warm = unit.host(HOST), unit.host(HOST)
        return [cold and cold.schedule, warm and warm.schedule, *unit.changes(HOST, 2)]

    first, second = ScheduleSet(HOST, NOW, ODD_SCHEDULE), ScheduleSet(HOST, NOW, schedule)
    expected = [schedule, schedule, LogEntry(3, second)]
    assert after(storage, [first, second], read) == expected


@given(type=strategies.appointment_types(), title=strategies.customer_names())
@example(type=ODD_TYPE, title="%")
def test_an_appointment_type_survives_the_round_trip(
    storage: SqlStorage, type: AppointmentType, title: str
) -> None:
    """An appointment type is read back equal, also when it replaces one with its id."""
    change = TypeAdded(HOST, NOW, attrs.evolve(type, title=title))
    changes: list[Change] = [TypeAdded(HOST, NOW, attrs.evolve(ODD_TYPE, id=type.id)), change]
    found = after(storage, changes, lambda unit: [unit.appointment_type(HOST, type.id), *unit.types(HOST)])
    assert found == [change.type, change.type]


@given(absences=st.lists(strategies.time_off(NOW), min_size=1, max_size=4, unique=True))
def test_time_off_survives_the_round_trip(storage: SqlStorage, absences: list[TimeOff]) -> None:
    """Time off is read back equal and in order of start, and what is removed is gone."""
    removed, *left = absences
    added: list[Change] = [TimeOffAdded(HOST, NOW, absence) for absence in absences]

    def read(unit: UnitOfWork) -> tuple[tuple[TimeOff, ...], ...]:
        return unit.time_off(HOST), unit.claimed(HOST, Interval(FIRST, LAST), None).time_off

    listed, claimed = after(storage, [*added, TimeOffRemoved(HOST, NOW, removed)], read)
    assert [item.during.start for item in listed] == sorted(item.during.start for item in left)
    assert set(listed) == set(claimed) == set(left)


@given(busy=strategies.busy_intervals(NOW))
def test_a_busy_interval_survives_the_round_trip(storage: SqlStorage, busy: BusyInterval) -> None:
    """A busy interval that lies in the table is read back equal, source and age included."""

    def read(unit: UnitOfWork) -> object:
        assert isinstance(unit, SqlUnitOfWork)
        known = unit._find_host(HOST)
        assert known
        values = {"host": known.key, **rows.busy_to_row(busy)}
        unit._connection.execute(sa.insert(schema.busy_interval), values)
        return unit.claimed(HOST, busy.during, None).external_busy

    assert after(storage, [], read) == (busy,)


def test_a_naive_datetime_is_no_instant(storage: SqlStorage) -> None:
    """A datetime without a zone is refused before it reaches the database."""
    with storage.engine.connect() as connection, pytest.raises(sa.exc.StatementError, match="time zone"):
        connection.scalar(sa.select(sa.literal(dt.datetime(2026, 1, 1), Instant)))


@pytest.mark.parametrize("instant", [FIRST, NOW, LAST], ids=["first", "now", "last"])
def test_an_instant_keeps_every_microsecond(storage: SqlStorage, instant: dt.datetime) -> None:
    """An instant is read back to the microsecond, in UTC, whatever zone it was written in."""
    abroad = instant.astimezone(dt.timezone(dt.timedelta(hours=-5)))
    with storage.engine.connect() as connection:
        found = connection.scalar(sa.select(sa.literal(abroad, Instant)))
    assert found == instant
    assert found is not None
    assert found.tzinfo is dt.UTC


def test_memory_for_hours_has_an_end(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """When as many hours are kept as may be, they make room, and are still read right."""
    monkeypatch.setattr(hours, "_MOST_KEPT", 1)
    hours.forget()
    for schedule in (ODD_SCHEDULE, Schedule("Europe/Berlin"), ODD_SCHEDULE):

        def read(unit: UnitOfWork) -> list[Host | None]:
            return [unit.host(HOST), unit.host(HOST)]

        host = Host(HOST, 2, schedule)
        assert after(storage, [ScheduleSet(HOST, NOW, schedule)], read) == [host, host]


def test_hours_that_somebody_else_wrote_count_for_their_host_alone(storage: SqlStorage) -> None:
    """Rows that do not fit their fingerprint are read, but never taken for those of another host."""
    other = HostId("other")
    same = ODD_SCHEDULE
    changes: list[Change] = [ScheduleSet(HOST, NOW, same), ScheduleSet(other, NOW, same)]

    def read(unit: UnitOfWork) -> object:
        assert isinstance(unit, SqlUnitOfWork)
        known = unit._find_host(HOST)
        assert known
        rules = schema.availability_rule
        unit._connection.execute(sa.delete(rules).where(rules.c.host == known.key))
        hours.forget()
        return [found and found.schedule for found in (unit.host(HOST), unit.host(other))]

    edited = Schedule(same.timezone, overrides=same.overrides)
    assert after(storage, changes, read) == [edited, same]

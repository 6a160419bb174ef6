"""Transactions and snapshots: all or nothing, run again, and nothing seen before its time."""

from collections.abc import Callable

import pytest

from scheduling_core.agenda import TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.changes import Amended, Booked, Change, Purged, ScheduleSet, TimeOffAdded, TypeAdded
from scheduling_core.errors import Conflict
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.ports import Answer, LostRace, UnitOfWork
from scheduling_core.schedules import Schedule
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import (
    ALL_DAY,
    ALWAYS,
    HOUR,
    NINE,
    NOW,
    VISIT,
    VISITS,
    WEEK,
    appointment,
)


class Raised(Exception):
    """What the work of a test raises."""


def everything(work: UnitOfWork, host: HostId) -> tuple[object, ...]:
    """Return all that can be asked about *host*."""
    found, claimed = work.between(host, ALWAYS), work.claimed(host, ALWAYS, None)
    return (
        work.host(host),
        work.types(host),
        work.time_off(host),
        found,
        work.upcoming(host, NOW, None),
        work.changes(host, 0),
        sorted(each.id for each in claimed.appointments),
        (claimed.time_off, sorted(map(repr, claimed.external_busy))),
        work.outbox.of_host(host),
        [work.history(each.id) for each in found],
        [work.recall(host, key, NOW) for key in ("key", "other key")],
    )


class Transactions(Contract):
    """What a transaction keeps, and what a snapshot sees."""

    def test_what_was_written_is_there(self, stage: Stage) -> None:
        """A transaction sees its own writes, and after it everybody does."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id())

        def work(unit: UnitOfWork) -> tuple[object, ...]:
            unit.record(Booked(booked))
            unit.remember(host, "key", Answer("print", booked, NOW), NOW)
            return everything(unit, host)

        seen = stage.storage.transact(work)
        assert booked in seen[3]  # type: ignore[operator]  # These are the appointments.
        assert stage.storage.read(lambda unit: everything(unit, host)) == seen
        assert stage.beside().read(lambda unit: everything(unit, host)) == seen

    def test_a_new_read_sees_the_last_write(self, stage: Stage) -> None:
        """A read that begins after a transaction has ended sees what that wrote, through any storage."""
        host, beside = stage.new_host(), stage.beside()
        for hours in range(3):
            booked = appointment(host, stage.new_id(), NINE + hours * HOUR)
            stage.record(Booked(booked))
            seen = [
                storage.read(lambda work: work.between(host, WEEK)) for storage in (stage.storage, beside)
            ]
            assert seen[0] == seen[1]
            assert booked in seen[0]

    def test_what_raises_leaves_nothing(self, stage: Stage) -> None:
        """After any of its writes, what raises takes back all that it wrote; the error comes through."""
        host = stage.new_host()
        known, first = (appointment(host, stage.new_id(), NINE + hours * HOUR) for hours in (1, 0))
        stage.record(Booked(known))
        stage.storage.transact(lambda work: work.remember(host, "key", Answer("print", known, NOW), NOW))
        later = {"version": 2, "customer_name": "Grace", "notes": "late"}
        writes: list[Callable[[UnitOfWork], object]] = [
            _recording(Booked(first)),
            _recording(Amended(appointment(host, known.id, known.during.start, **later))),
            _recording(ScheduleSet(host, NOW, Schedule("Asia/Tokyo"))),
            _recording(TypeAdded(host, NOW, AppointmentType(AppointmentTypeId("new"), "New"))),
            _recording(TimeOffAdded(host, NOW, TimeOff(Interval.of(NINE, HOUR)))),
            _recording(Purged(appointment(host, known.id, known.during.start, version=3).without_customer())),
            lambda work: work.remember(host, "other key", Answer("print", first, NOW), NOW),
        ]
        before = stage.storage.read(lambda work: everything(work, host))
        for most in range(1, len(writes) + 1):

            def work(unit: UnitOfWork, most: int = most) -> None:
                for write in writes[:most]:
                    write(unit)
                raise Raised

            with pytest.raises(Raised):
                stage.storage.transact(work)
            assert stage.storage.read(lambda work: everything(work, host)) == before

    def test_a_lost_race_is_run_again(self, stage: Stage) -> None:
        """Work that loses a race starts anew, without what it wrote before, and may win."""
        host, runs = stage.new_host(), list[int]()
        booked = appointment(host, stage.new_id())

        def work(unit: UnitOfWork) -> None:
            runs.append(unit.record(Booked(booked)))
            if len(runs) == 1:
                raise LostRace

        stage.storage.transact(work)
        assert runs == [4, 4]
        assert stage.find(booked.id) == booked

    def test_a_race_that_stays_lost_is_a_conflict(self, stage: Stage) -> None:
        """In the end the caller is told how often it was tried, and nothing is kept."""
        host, runs = stage.new_host(), list[int]()
        lost = appointment(host, stage.new_id())

        def work(unit: UnitOfWork) -> None:
            runs.append(unit.record(Booked(lost)))
            raise LostRace

        with pytest.raises(Conflict) as conflict:
            stage.storage.transact(work)
        assert conflict.value.attempts == len(runs) > 1
        assert stage.find(lost.id) is None

    def test_a_snapshot_does_not_move(self, stage: Stage) -> None:
        """What is committed while a snapshot is looked at is not seen in it, and is not held up by it."""
        host, beside = stage.new_host(), stage.beside()
        booked = appointment(host, stage.new_id())

        def look(work: UnitOfWork) -> tuple[object, object]:
            before = everything(work, host)
            beside.transact(lambda unit: unit.record(Booked(booked)))
            return before, everything(work, host)

        before, after = stage.storage.read(look)
        assert before == after
        assert stage.find(booked.id) == booked

    def test_what_is_not_committed_is_not_seen(self, stage: Stage) -> None:
        """A snapshot that is taken during a transaction waits for nothing and sees nothing of it."""
        host, beside = stage.new_host(), stage.beside()
        before = stage.storage.read(lambda unit: everything(unit, host))

        def work(unit: UnitOfWork) -> tuple[object, ...]:
            unit.record(Booked(appointment(host, stage.new_id())))
            return beside.read(lambda other: everything(other, host))

        assert stage.storage.transact(work) == before

    def test_nobody_has_nothing(self, stage: Stage) -> None:
        """Whatever is asked about an unknown host or appointment is answered with nothing."""
        host = stage.unknown_host()
        nothing = AppointmentId(stage.new_id())

        def ask(work: UnitOfWork) -> list[object]:
            claimed = work.claimed(host, WEEK, None)
            return [
                work.host(host),
                work.appointment(nothing),
                work.appointment_type(host, VISIT),
                work.recall(host, "key", NOW),
                *work.types(host),
                *work.time_off(host),
                *work.between(host, WEEK),
                *work.upcoming(host, NOW, None),
                *work.changes(host, 0),
                *work.history(nothing),
                *claimed.appointments,
                *claimed.time_off,
                *claimed.external_busy,
            ]

        assert stage.storage.read(ask) == stage.storage.transact(ask) == [None] * 4

    def test_only_hours_make_a_host_known(self, stage: Stage) -> None:
        """For an unknown host nothing else is recorded, and no answer is kept."""
        host = stage.unknown_host()
        booked = appointment(host, stage.new_id())
        assert stage.refuses(_recording(Booked(booked)))
        assert stage.refuses(_recording(TypeAdded(host, NOW, VISITS[0])))
        assert stage.refuses(lambda work: work.remember(host, "key", Answer("print", booked, NOW), NOW))
        assert stage.record(ScheduleSet(host, NOW, ALL_DAY)) == [1]


def _recording(change: Change) -> Callable[[UnitOfWork], int]:
    return lambda work: work.record(change)

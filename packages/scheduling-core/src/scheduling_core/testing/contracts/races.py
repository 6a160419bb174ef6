"""Races: many at once, and two that are made to meet between deciding and writing."""

import datetime as dt
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import attrs

from scheduling_core.appointments import Appointment
from scheduling_core.changes import Amended, Booked, ScheduleSet, TypeAdded
from scheduling_core.errors import SchedulingError
from scheduling_core.ids import HostId
from scheduling_core.ports import Storage, UnitOfWork
from scheduling_core.reasons import BookingRefused
from scheduling_core.scheduler import Scheduler
from scheduling_core.testing.clocks import ManualClock
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import (
    ALL_DAY,
    HOUR,
    NINE,
    NOW,
    VISIT,
    VISITS,
    WEEK,
    appointment,
    request,
)

T = TypeVar("T")
_PATIENCE = 0.2
_LONGEST = 60
_SHORT = 1e-5


def at_once(clients: int, call: Callable[[int], T]) -> list[T | SchedulingError]:
    """Make the call in many threads that start together; return what came of each, in their order."""
    start = threading.Barrier(clients)

    def run(number: int) -> T | SchedulingError:
        start.wait(_LONGEST)
        try:
            return call(number)
        except SchedulingError as error:
            return error

    usual = sys.getswitchinterval()
    # Threads take turns so often that even what takes a moment is interrupted.
    sys.setswitchinterval(_SHORT)
    try:
        with ThreadPoolExecutor(clients) as pool:
            return list(pool.map(run, range(clients)))
    finally:
        sys.setswitchinterval(usual)


class Meeting:
    """Where two transactions wait for each other, for a moment.

    A storage that lets one wait for the other's end does not let them meet, and they go on one by one.
    """

    def __init__(self) -> None:
        self._both = threading.Barrier(2)

    def wait(self) -> None:
        """Wait for the other; in vain, go on alone."""
        try:
            self._both.wait(_PATIENCE)
        except threading.BrokenBarrierError:
            return


def in_two(stage: Stage, call: Callable[[Storage], T]) -> list[T]:
    """Make the call in two threads at once, each with a storage of its own on the same data."""
    storages = (stage.storage, stage.beside())
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(call, storages))


class Races(Contract):
    """Whatever happens at once has the outcome of one thing after another."""

    def test_one_slot_has_one_winner(self, stage: Stage) -> None:
        """Of many who want one time, or one that overlaps it, one gets it and the others are refused."""
        schedulers = self._schedulers(stage)
        for _ in range(3):
            host = stage.new_host()

            def book(number: int, host: HostId = host) -> Appointment:
                return schedulers[number].book(request(host, NINE + number % 4 * HOUR / 4))

            outcomes = at_once(self.clients, book)
            won = [outcome for outcome in outcomes if isinstance(outcome, Appointment)]
            lost = [outcome for outcome in outcomes if isinstance(outcome, BookingRefused)]
            assert (len(won), len(lost)) == (1, self.clients - 1), f"{outcomes}"
            assert self._between(stage, host) == tuple(won)

    def test_twins_get_one_answer(self, stage: Stage) -> None:
        """One request that is sent many times at once under one key makes one appointment."""
        schedulers, host = self._schedulers(stage), stage.new_host()
        outcomes = at_once(
            self.clients, lambda number: schedulers[number].book(request(host), idempotency_key="key")
        )
        [booked] = self._between(stage, host)
        assert outcomes == [booked] * self.clients

    def test_one_free_slot_takes_one_move(self, stage: Stage) -> None:
        """Of many appointments that are moved to one free time at once, one goes and the others stay."""
        schedulers, host = self._schedulers(stage), stage.new_host()
        booked = [
            schedulers[0].book(request(host, NINE + (number + 1) * HOUR)) for number in range(self.clients)
        ]
        outcomes = at_once(
            self.clients, lambda number: schedulers[number].reschedule(booked[number].id, NINE)
        )
        [moved] = [outcome for outcome in outcomes if isinstance(outcome, Appointment)]
        stayed = [each for each in booked if each.id != moved.id]
        assert self._between(stage, host) == (moved, *stayed)

    def test_versions_have_no_gaps(self, stage: Stage) -> None:
        """Of many changes at once each has its own version, one after the other."""
        schedulers, host = self._schedulers(stage), stage.new_host()

        def work(number: int) -> Appointment:
            booked = schedulers[number].book(request(host, NINE + number * HOUR))
            return schedulers[number].cancel(booked.id)

        outcomes = at_once(self.clients, work)
        assert [type(outcome) for outcome in outcomes] == [Appointment] * self.clients
        log = stage.storage.read(lambda work: work.changes(host, 0))
        assert [entry.version for entry in log] == list(range(1, 2 + len(VISITS) + 2 * self.clients))

    def test_what_is_read_cannot_change_before_the_end(self, stage: Stage) -> None:
        """Of two who both see a free time and then book it, only one has seen it in the end."""
        host, meeting = stage.new_host(), Meeting()

        def book(storage: Storage) -> bool:
            wanted = Booked(appointment(host, stage.new_id()))

            def work(unit: UnitOfWork) -> bool:
                unit.host(host)
                is_free = not unit.claimed(host, wanted.appointment.occupied, None).appointments
                meeting.wait()
                if is_free:
                    unit.record(wanted)
                return is_free

            return storage.transact(work)

        assert sorted(in_two(stage, book)) == [False, True]
        assert len(self._between(stage, host)) == 1

    def test_no_update_is_lost(self, stage: Stage) -> None:
        """Of two who both read one appointment and then write it, the later has read the earlier one's."""
        host, meeting = stage.new_host(), Meeting()
        booked = appointment(host, stage.new_id())
        stage.record(Booked(booked))

        def amend(storage: Storage) -> None:
            def work(unit: UnitOfWork) -> None:
                found = unit.appointment(booked.id)
                assert found is not None
                meeting.wait()
                more = attrs.evolve(found, version=found.version + 1, notes=found.notes + "more ")
                unit.record(Amended(more))

            storage.transact(work)

        in_two(stage, amend)
        [found] = self._between(stage, host)
        assert (found.version, found.notes) == (3, "more more ")
        log = stage.storage.read(lambda work: work.changes(host, 0))
        assert [entry.version for entry in log] == list(range(1, len(log) + 1))

    def test_a_type_that_was_read_cannot_change_before_the_end(self, stage: Stage) -> None:
        """Of two who both read a type and then write it, the later has read what the earlier one wrote."""
        host, meeting = stage.new_host(), Meeting()

        def rename(storage: Storage) -> None:
            def work(unit: UnitOfWork) -> None:
                found = unit.appointment_type(host, VISIT)
                assert found is not None
                meeting.wait()
                unit.record(TypeAdded(host, NOW, attrs.evolve(found, title=found.title + " again")))

            storage.transact(work)

        in_two(stage, rename)
        found = stage.storage.read(lambda work: work.appointment_type(host, VISIT))
        assert found is not None
        assert found.title == "Visit again again"

    def test_a_host_is_made_once(self, stage: Stage) -> None:
        """Of two who both see that a host is not known and make it, the later one finds it made."""
        host, meeting = stage.unknown_host(), Meeting()

        def make(storage: Storage) -> int:
            def work(unit: UnitOfWork) -> int:
                unit.host(host)
                meeting.wait()
                return unit.record(ScheduleSet(host, NOW, ALL_DAY))

            return storage.transact(work)

        assert sorted(in_two(stage, make)) == [1, 2]

    def test_readers_see_whole_transactions(self, stage: Stage) -> None:
        """While pairs are written, every snapshot has pairs, and as many log entries as its version says."""
        host, looking, over = stage.new_host(), threading.Event(), threading.Event()
        reading, writing = stage.storage, stage.beside()

        def look(unit: UnitOfWork) -> tuple[int, int, int]:
            known = unit.host(host)
            assert known is not None
            return known.version, len(unit.changes(host, 0)), len(unit.between(host, WEEK))

        def write_pair(start: dt.datetime) -> None:
            pair = [Booked(appointment(host, stage.new_id(), at)) for at in (start, start + HOUR)]
            writing.transact(lambda unit: [unit.record(change) for change in pair])

        def work(number: int) -> list[tuple[int, int, int]]:
            if number:
                seen = []
                while not over.is_set():
                    seen.append(reading.read(look))
                    looking.set()
                return seen
            try:
                looking.wait(_LONGEST)
                for hours in range(0, 24, 2):
                    write_pair(NINE + hours * HOUR)
                return []
            finally:
                over.set()

        _, seen = at_once(2, work)
        assert isinstance(seen, list)
        assert seen
        assert [each for each in seen if each[0] != each[1] or each[2] % 2] == []

    def _schedulers(self, stage: Stage) -> Sequence[Scheduler]:
        """Return one for each client, in turn over two storages on the same data."""
        storages = (stage.storage, stage.beside())
        clock = ManualClock(NOW)
        return [
            Scheduler(storages[number % 2], clock=clock, new_id=stage.new_id)
            for number in range(self.clients)
        ]

    def _between(self, stage: Stage, host: HostId) -> tuple[Appointment, ...]:
        return stage.storage.read(lambda work: work.between(host, WEEK))

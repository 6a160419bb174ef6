"""Transactions and snapshots that are none."""

from typing import TypeVar

import attrs

from broken_storages.altered import Unit, Work
from scheduling_core import Conflict, HostId, MemoryStorage
from scheduling_core.memory.contents import Kept
from scheduling_core.ports import LostRace, UnitOfWork

T = TypeVar("T")


class NoLock(MemoryStorage):
    """Everybody decides on what was there at the beginning, and what everybody wrote is added up."""

    def transact(self, work: Work[T]) -> T:
        """Run *work* on what is there, and add what it wrote to whatever is there by then."""
        unit = Unit(self._kept, self._owners, self._calendars)
        result = work(unit)
        with self._lock:
            self._owners.update(unit.new_owners)
            self._calendars = unit.calendars
            for host, written in unit.written.items():
                now = self._kept.get(host, written)
                self._kept = {**self._kept, host: self._merged(now, written)}
        return result

    def _merged(self, now: Kept, written: Kept) -> Kept:
        return attrs.evolve(written, appointments={**now.appointments, **written.appointments})


class LostUpdate(NoLock):
    """Everybody decides on what was there at the beginning, and the last one to write overwrites."""

    def _merged(self, now: Kept, written: Kept) -> Kept:
        return written


class RunsOnce(MemoryStorage):
    """A lost race is not run again."""

    def transact(self, work: Work[T]) -> T:
        """Run *work* once."""

        def once(unit: UnitOfWork) -> T:
            try:
                return work(unit)
            except LostRace:
                raise Conflict(1) from None

        return super().transact(once)


class KeepsWhatWasLost(MemoryStorage):
    """What a run wrote before it lost its race is there in the next run."""

    def transact(self, work: Work[T]) -> T:
        """Run *work* again on the same unit of work."""
        with self._lock:
            unit = Unit(self._kept, self._owners, self._calendars)
            for _ in range(4):
                try:
                    result = work(unit)
                except LostRace:
                    continue
                self._owners.update(unit.new_owners)
                self._calendars = unit.calendars
                self._kept = {**self._kept, **unit.written}
                return result
        raise Conflict(4)


class KeepsTheLog(MemoryStorage):
    """What raises is rolled back, but for the log."""

    def transact(self, work: Work[T]) -> T:
        """Run *work*, and keep the log whatever happens."""
        units: list[Unit] = []

        def noted(unit: UnitOfWork) -> T:
            assert isinstance(unit, Unit)
            units.append(unit)
            return work(unit)

        try:
            return super().transact(noted)
        except Exception:
            for host, written in units[-1].written.items():
                kept = self._kept.get(host)
                if kept is not None:
                    self._kept = {**self._kept, host: attrs.evolve(kept, log=written.log)}
            raise


class KeyOutsideTheTransaction(MemoryStorage):
    """What is remembered is remembered at once, whatever becomes of the transaction."""

    def transact(self, work: Work[T]) -> T:
        """Run *work*, and keep its answers whatever happens."""
        units: list[Unit] = []

        def noted(unit: UnitOfWork) -> T:
            assert isinstance(unit, Unit)
            units.append(unit)
            return work(unit)

        try:
            return super().transact(noted)
        except Exception:
            for host, written in units[-1].written.items():
                kept = self._kept.get(host)
                if kept is not None:
                    self._kept = {**self._kept, host: attrs.evolve(kept, answers=written.answers)}
            raise


class DirtyRead(MemoryStorage):
    """A snapshot sees what a transaction has written so far."""

    def __init__(self) -> None:
        super().__init__()
        self._running: Unit | None = None

    def transact(self, work: Work[T]) -> T:
        """Run *work*, and let everybody look."""

        def watched(unit: UnitOfWork) -> T:
            assert isinstance(unit, Unit)
            self._running = unit
            return work(unit)

        try:
            return super().transact(watched)
        finally:
            self._running = None

    def read(self, work: Work[T]) -> T:
        """Run *work* on what is being written."""
        running = self._running
        return super().read(work) if running is None else work(running)


class MovingSnapshot(MemoryStorage):
    """Each question of a snapshot is answered with what is there by then."""

    def read(self, work: Work[T]) -> T:
        """Run *work* on whatever is there."""
        storage = self

        class Moving(Unit):
            def of(self, host: HostId) -> Kept | None:
                return storage._kept.get(host)

        return work(Moving(self._kept, self._owners, self._calendars))


class StaleRead(MemoryStorage):
    """A snapshot is one transaction old, as that of a replica that lags behind."""

    def __init__(self) -> None:
        super().__init__()
        self._before = self._kept, self._calendars

    def transact(self, work: Work[T]) -> T:
        """Run *work*, and remember what was there before."""
        before = self._kept, self._calendars
        result = super().transact(work)
        self._before = before
        return result

    def read(self, work: Work[T]) -> T:
        """Run *work* on what was there before."""
        kept, calendars = self._before
        return work(Unit(kept, self._owners, calendars))

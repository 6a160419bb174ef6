"""The storage in which nothing that is due can be claimed, which the harness has to catch."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import attrs

from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import SqlStorage, SqlUnitOfWork
from scheduling_core.sql.failures import translated
from scheduling_core.sql.outbox import SqlOutbox
from scheduling_core.sync import SyncRow, SyncState

T = TypeVar("T")


class UnclaimedOutbox(SqlOutbox):
    """Gives what is due to everybody who asks, and lets every one of them record what became of it."""

    def due(self, provider: str, now: dt.datetime) -> SyncRow | None:
        """Return the row that has been due for longest, whoever else is at it.

        The fence is one too low, so that under a claim it is what it was.
        """
        row = SqlOutbox(self._connection, locking=False).due(provider, now)
        return None if row is None else attrs.evolve(row, fence=row.fence - 1)

    def put(self, row: SyncRow) -> None:
        """Write a row, but no claim."""
        if row.state is not SyncState.IN_FLIGHT:
            super().put(row)


class UnclaimedUnitOfWork(SqlUnitOfWork):
    """A unit of work with that outbox."""

    @property
    def outbox(self) -> UnclaimedOutbox:
        """What external calendars have been told."""
        return UnclaimedOutbox(self._connection, locking=self._locking)


class UnclaimedStorage(SqlStorage):
    """A storage with that outbox."""

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in one transaction."""
        with translated(), self.engine.begin() as connection:
            return work(UnclaimedUnitOfWork(connection))

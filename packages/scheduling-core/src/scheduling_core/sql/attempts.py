"""How a transaction is tried, and when it is tried again."""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import TypeVar

import attrs
import sqlalchemy as sa

from scheduling_core.errors import Conflict, StorageUnavailable
from scheduling_core.ports import LostRace, UnitOfWork
from scheduling_core.sql.failures import ConnectionLost, translated
from scheduling_core.sql.unit_of_work import SqlUnitOfWork

T = TypeVar("T")
Work = Callable[[UnitOfWork], T]
Chance = Callable[[], float]
"""Returns a number from 0 up to 1, another one each time."""

RERUNS = 3
_SHORTEST_PAUSE = dt.timedelta(milliseconds=10)

draw: Chance = secrets.SystemRandom().random


def write(connection: sa.Connection, work: Work[T]) -> T:
    """Run *work* in one transaction of the connection, and commit."""
    with translated(), connection.begin() as transaction:
        result = work(SqlUnitOfWork(connection))
        try:
            with translated():
                transaction.commit()
        except ConnectionLost as lost:
            # Nobody knows whether the commit arrived, so nothing must make this run again unasked.
            raise StorageUnavailable(lost.retry_after) from lost
        return result


def look(connection: sa.Connection, work: Work[T]) -> T:
    """Run *work* on one snapshot of the connection."""
    with translated(), connection.begin():
        return work(SqlUnitOfWork(connection, locking=False))


@attrs.define
class Attempts:
    """What one call has been through so far, and whether it goes on."""

    _chance: Chance
    _lost_races: int = 0
    _lost_connection: bool = False

    def pause_after(self, failure: LostRace | ConnectionLost) -> float:
        """Return for how many seconds to wait before the next try; raises where there is none.

        A lost race is run again three times, after a random part of a pause that doubles, so that those
        who met once do not meet again. A lost connection is replaced once and at once: the others of the
        pool, which broke with it, are gone as well by then.
        """
        if isinstance(failure, ConnectionLost):
            if self._lost_connection:
                raise failure
            self._lost_connection = True
            return 0
        self._lost_races += 1
        if self._lost_races > RERUNS:
            raise Conflict(self._lost_races) from failure
        return self._chance() * _SHORTEST_PAUSE.total_seconds() * (1 << self._lost_races)

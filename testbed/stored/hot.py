"""The use cases that run all the time, and what each statement of theirs is for.

They are run as they are, through the library, and taken back; what they send is heard, not retyped.
"""

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import attrs
import sqlalchemy as sa

from scheduling_core import (
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    Interval,
    Limit,
    Period,
    Scheduler,
)
from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import SqlStorage, SqlUnitOfWork
from scheduling_core.testing import ManualClock
from stored.filling import HORIZON, NOW, TYPE, host_named
from stored.listening import Sent, listen

T = TypeVar("T")
HOST, LIMITED = host_named(7), AppointmentTypeId("limited")
DAY = dt.timedelta(days=1)
MONTH = Interval.of(NOW, 30 * DAY)

_FIND, _TYPE, _CLAIMS = "find the host", "find the type", "find what takes the host's time"
_OFFER, _LOCK_OFFER = "find the host and the type", "lock the host, and find the type"
_LOCK_OF = "lock the host of an appointment"
_OF, _GET = "find the host of an appointment", "get an appointment"
_BOOK = "write an appointment, its log entry and the host's version"
_CHANGE = "write a changed appointment, its log entry and the host's version"


@attrs.frozen
class Hot:
    """A use case, the purpose of each statement that it sends, and whether all of them name the host."""

    use: Callable[[Scheduler, AppointmentId], object]
    purposes: tuple[str, ...]
    names_host: bool = True


def _request(type: AppointmentTypeId = TYPE) -> BookingRequest:
    return BookingRequest(HOST, type, NOW + 3 * DAY, "Ann Other")


HOT = {
    "book": Hot(lambda it, _: it.book(_request()), (_LOCK_OFFER, _CLAIMS, _BOOK)),
    "book with a key": Hot(
        lambda it, _: it.book(_request(), idempotency_key="key"),
        (_LOCK_OFFER, "find an answer", _CLAIMS, _BOOK, "forget old answers", "keep an answer"),
    ),
    "book under limits": Hot(
        lambda it, _: it.book(_request(LIMITED)),
        (_LOCK_OFFER, "find what takes time, and what counts", _BOOK),
    ),
    "find slots": Hot(lambda it, _: it.find_slots(HOST, TYPE, MONTH), (_OFFER, _CLAIMS)),
    "upcoming": Hot(lambda it, _: it.upcoming(HOST, limit=50), (_FIND, "find the next appointments")),
    "between": Hot(lambda it, _: it.between(HOST, MONTH), (_FIND, "find the appointments in a window")),
    "changes": Hot(lambda it, _: it.changes(HOST, after=5), (_FIND, "read the log from a version on")),
    "get": Hot(lambda it, booked: it.get(booked), (_OF, _GET), names_host=False),
    "reschedule": Hot(
        lambda it, booked: it.reschedule(booked, NOW + 4 * DAY),
        (_LOCK_OF, _GET, _TYPE, _CLAIMS, _CHANGE),
        names_host=False,
    ),
    "cancel": Hot(lambda it, booked: it.cancel(booked), (_LOCK_OF, _GET, _CHANGE), names_host=False),
    "history": Hot(
        lambda it, booked: it.history(booked),
        (_OF, _GET, "read the history of an appointment"),
        names_host=False,
    ),
}


@attrs.frozen
class UndoingStorage:
    """Runs each use case to its end, has a look at its transaction, and takes it back."""

    engine: sa.Engine
    look: Callable[[sa.Connection], object]

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in a transaction."""
        return self._undo(work, locking=True)

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* without locks."""
        return self._undo(work, locking=False)

    def close(self) -> None:
        """Do nothing: the engine is somebody else's."""

    def _undo(self, work: Callable[[UnitOfWork], T], *, locking: bool) -> T:
        with self.engine.connect() as connection, connection.begin() as transaction:
            result = work(SqlUnitOfWork(connection, locking=locking))
            self.look(connection)
            transaction.rollback()
            return result


def prepare_hot(storage: SqlStorage) -> AppointmentId:
    """Give the host of the hot use cases a type with limits and an appointment, and return its id."""
    scheduler = Scheduler(storage, clock=ManualClock(NOW))
    policy = BookingPolicy(horizon_days=HORIZON, limits=[Limit(Period.MONTH, 1_000)])
    scheduler.add_type(HOST, AppointmentType(LIMITED, "Limited", policy=policy))
    return scheduler.book(attrs.evolve(_request(), start=NOW + DAY)).id


def hear_hot(
    url: sa.URL, booked: AppointmentId, look: Callable[[str, sa.Connection], object] = lambda _, __: None
) -> dict[str, list[Sent]]:
    """Run the hot use cases on the database at *url*; return what each of them sends.

    *look* is told the name of each, and given its connection before all that it did is taken back.
    """
    heard: dict[str, list[Sent]] = {}
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        sent = listen(storage.engine)
        Scheduler(storage).schedule(HOST)  # Hours are read once.
        for name, hot in HOT.items():

            def finished(connection: sa.Connection, name: str = name) -> None:
                heard[name] = list(sent)
                look(name, connection)

            sent.clear()
            undoing = UndoingStorage(storage.engine, finished)
            hot.use(Scheduler(undoing, clock=ManualClock(NOW)), booked)
    return heard

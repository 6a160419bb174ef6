"""Everything in memory: the reference implementation of the ports, for tests, examples and small tools.

What a host has is one immutable value. A transaction works on new values and puts them in place at its
end, under a lock; a snapshot is simply the values as they are.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from scheduling_core.errors import Conflict
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.memory.contents import Calendars, Kept
from scheduling_core.memory.unit_of_work import MemoryUnitOfWork
from scheduling_core.ports import LostRace, UnitOfWork

__all__ = ["MemoryStorage"]

T = TypeVar("T")
_TRIES = 4


class MemoryStorage:
    """A storage that forgets everything with the process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._open = False
        self._kept: dict[HostId, Kept] = {}
        self._owners: dict[AppointmentId, HostId] = {}
        self._calendars = Calendars()

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* alone, and keep what it wrote unless it raises.

        Raises Conflict where it lost the race again and again.
        """
        with self._lock, self._alone():
            for _ in range(_TRIES):
                unit = MemoryUnitOfWork(self._kept, self._owners, self._calendars)
                try:
                    result = work(unit)
                except LostRace:
                    continue
                self._owners.update(unit.new_owners)
                self._kept = {**self._kept, **unit.written}
                self._calendars = unit.calendars
                return result
        raise Conflict(_TRIES)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if self._open:
            raise RuntimeError("a transaction is open in this thread already, and would overwrite this one")
        self._open = True
        try:
            yield
        finally:
            self._open = False

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* on what is there now."""
        return work(MemoryUnitOfWork(self._kept, self._owners, self._calendars))

    def close(self) -> None:
        """Do nothing; the contents stay until the storage is let go."""

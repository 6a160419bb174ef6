"""Storages in memory whose unit of work is another one."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from scheduling_core import MemoryStorage
from scheduling_core.memory.unit_of_work import MemoryUnitOfWork
from scheduling_core.ports import UnitOfWork

T = TypeVar("T")
Work = Callable[[UnitOfWork], T]
Unit = MemoryUnitOfWork


class Altered(MemoryStorage):
    """A storage in memory whose unit of work is another one."""

    unit: ClassVar[type[Unit]]

    def transact(self, work: Work[T]) -> T:
        """Run *work* with the other unit of work."""

        def altered(unit: UnitOfWork) -> T:
            assert isinstance(unit, Unit)
            other = self._altered(unit)
            result = work(other)
            unit.calendars = other.calendars
            return result

        return super().transact(altered)

    def read(self, work: Work[T]) -> T:
        """Run *work* with the other unit of work."""
        return super().read(lambda unit: work(self._altered(unit)))

    def _altered(self, unit: UnitOfWork) -> Unit:
        assert isinstance(unit, Unit)
        altered = self.unit(unit._kept, unit._owners, unit.calendars)
        altered.written, altered.new_owners = unit.written, unit.new_owners
        return altered


def storing_by(unit: type[Unit]) -> type[Altered]:
    """Return a storage in memory whose unit of work is *unit*, under its name."""
    return type(unit.__name__, (Altered,), {"unit": unit, "__doc__": unit.__doc__})

"""What a test of the kit stands on: storages over one place, hosts of its own, and ids."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling_core import system
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import Appointment
from scheduling_core.changes import Change, ScheduleSet, TypeAdded
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.ports import LostRace, Storage, UnitOfWork
from scheduling_core.scheduler import Scheduler
from scheduling_core.testing.clocks import ManualClock
from scheduling_core.testing.contracts.values import ALL_DAY, NOW, VISITS

T = TypeVar("T")
OpenStorage = Callable[[], Storage]


class Stage:
    """One place that storages keep their data in, for one test.

    *storage* is the first of them. The place need not be empty, and nothing is ever removed: what needs an
    empty agenda takes a new host.
    """

    def __init__(self, open_storage: OpenStorage, *, lasting: bool, examples: int | None) -> None:
        self._open_storage = open_storage
        self._opened: list[Storage] = []
        self._examples = examples
        self.lasting = lasting
        self.storage = self._open()

    def _open(self) -> Storage:
        storage = self._open_storage()
        self._opened.append(storage)
        return storage

    def new_id(self) -> str:
        """Return an id that the place does not know."""
        return system.new_id()

    def beside(self) -> Storage:
        """Return a second storage on the same data, as another process has it; the same if there is none."""
        return self._open() if self.lasting else self.storage

    def reopen(self) -> None:
        """Close every storage and open one anew, as a restart does."""
        self.close()
        self.storage = self._open()

    def close(self) -> None:
        """Close every storage that was opened."""
        while self._opened:
            self._opened.pop().close()

    def scheduler(self, clock: ManualClock | None = None) -> Scheduler:
        """Return a scheduler over the storage, whose clock stands still unless it is given."""
        return Scheduler(self.storage, clock=clock or ManualClock(NOW), new_id=self.new_id)

    def new_host(self, *types: AppointmentType) -> HostId:
        """Return a new host, open all day, with *types* or with visits of any usual length."""
        host = self.unknown_host()
        self.record(ScheduleSet(host, NOW, ALL_DAY), *(TypeAdded(host, NOW, it) for it in types or VISITS))
        return host

    def unknown_host(self) -> HostId:
        """Return a host that the storage does not know."""
        return HostId(f"host {self.new_id()}")

    def record(self, *changes: Change) -> list[int]:
        """Record *changes* in one transaction, and return the versions that they made."""
        return self.storage.transact(lambda work: [work.record(change) for change in changes])

    def find(self, id: AppointmentId) -> Appointment | None:
        """Return the appointment as it is stored."""
        return self.storage.read(lambda work: work.appointment(id))

    def refuses(self, work: Callable[[UnitOfWork], object]) -> bool:
        """Return whether *work* loses a race at its first try; roll it back in either case."""

        def once(unit: UnitOfWork) -> None:
            try:
                work(unit)
            except LostRace:
                raise _Over(lost=True) from None
            raise _Over(lost=False)

        with pytest.raises(_Over) as over:
            self.storage.transact(once)
        return over.value.lost

    def for_all(self, values: st.SearchStrategy[T], promise: Callable[[T], None]) -> None:
        """Hold *promise* against many of the *values*."""
        usual = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
        examples = self._examples or usual.max_examples
        settings(usual, max_examples=examples)(given(values)(promise))()


class _Over(Exception):
    """Ends a transaction, which is rolled back and not run again."""

    def __init__(self, *, lost: bool) -> None:
        super().__init__(lost)
        self.lost = lost


class Contract:
    """What every part of the contract has in common: what an author may set, and the fixture."""

    lasting: ClassVar[bool] = True
    """Whether the data outlive the storage, and a second one that is opened beside it sees the same."""

    examples: ClassVar[int | None] = None
    """How many examples Hypothesis tries of each property; those of its profile if there is no number."""

    machines: ClassVar[int] = 20
    """How many runs of up to 20 steps are made against the list model."""

    clients: ClassVar[int] = 8
    """How many threads take part in a race."""

"""The way between the two sides, and the machine on this one: what fails, how often, and when."""

import datetime as dt
import random  # noqa: TID251  A run has to be repeatable from its seed.
from collections.abc import Callable
from typing import TypeVar

import attrs
import httpx

from scheduling_calcom.testing import FakeCalCom, ManualTime, connect, faults
from scheduling_core.ports import Storage, UnitOfWork

T = TypeVar("T")


class Crash(BaseException):
    """The process dies here. No code of ours may catch it."""


@attrs.frozen
class Faults:
    """How often what goes wrong, as parts of all requests, or of all effects for *crash*.

    An *outage* begins at that part of all requests, and lasts for ten minutes.
    """

    before: float = 0.0
    after: float = 0.0
    late: float = 0.0
    crash: float = 0.0
    outage: float = 0.0
    refused: float = 0.0


NO_FAULTS = Faults()
USUAL_FAULTS = Faults(before=0.05, after=0.03, late=0.01, crash=0.005, outage=0.002, refused=0.03)


class Machine:
    """Chance and time of one run, and where it crashes."""

    def __init__(self, seed: int, start: dt.datetime) -> None:
        self.chance = random.Random(seed)  # noqa: S311  A run must be repeatable, not secret.
        self.time = ManualTime(start)
        self.faults = NO_FAULTS
        self.crashes = 0
        self._outage_until = 0.0

    def happens(self, part: float) -> bool:
        """Return whether what happens in this part of all cases happens now."""
        return self.chance.random() < part

    def maybe_crash(self) -> None:
        """Die, now and then."""
        if self.happens(self.faults.crash):
            self.crashes += 1
            raise Crash

    def is_out(self) -> bool:
        """Return whether nothing gets through."""
        if self.happens(self.faults.outage):
            self._outage_until = self.time.stopwatch() + 600
        return self.faults != NO_FAULTS and self.time.stopwatch() < self._outage_until


class UnreliableStorage:
    """A storage whose process may die before a transaction or after it was kept."""

    def __init__(self, storage: Storage, machine: Machine) -> None:
        self._storage = storage
        self._machine = machine

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do as the storage does, or die."""
        self._machine.maybe_crash()
        result = self._storage.transact(work)
        self._machine.maybe_crash()
        return result

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do as the storage does."""
        return self._storage.read(work)

    def close(self) -> None:
        """Do as the storage does."""
        self._storage.close()


class UnreliableNetwork(httpx.BaseTransport):
    """The way to a fake, on which requests and answers are lost, late or spoiled."""

    def __init__(self, fake: FakeCalCom, machine: Machine) -> None:
        self._fake = fake
        self._machine = machine
        self._way = connect(fake, wait=machine.time.advance)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, or what becomes of it."""
        machine, chance = self._machine, self._machine.chance
        machine.maybe_crash()
        machine.time.advance(chance.uniform(0.05, 0.5))
        self._fake.faults[:] = [fault] if (fault := self._draw(request.method)) else []
        try:
            response = self._way.handle_request(request)
        finally:
            self._fake.faults.clear()
        machine.maybe_crash()
        return response

    def _draw(self, method: str) -> faults.Fault | None:
        machine, chance = self._machine, self._machine.chance
        if machine.is_out() or machine.happens(machine.faults.refused):
            return faults.refuse()
        if machine.happens(machine.faults.before):
            return chance.choice(
                [
                    faults.fail_before(),
                    faults.answer_html(),
                    faults.throttle(),
                    faults.drop_before(),
                    faults.hang(),
                ]
            )
        if machine.happens(machine.faults.after):
            return chance.choice([faults.fail_after(), faults.drop_after(), faults.truncate()])
        if method != "GET" and machine.happens(machine.faults.late):
            return faults.write_late(delay=dt.timedelta(seconds=chance.uniform(1, 20)))
        return None

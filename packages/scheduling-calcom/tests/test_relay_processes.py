"""Relays in processes of their own, at one database: killed, stopped and started again, they do as one."""

import datetime as dt
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from reliability.crowds import run_at_once
from reliability.practice import HOST, Claim, Practice
from reliability.relaying import POLICY
from reliability.relays import RelayProcess, Relays
from reliability.witness import Witness
from scheduling_calcom.event_types import PROVIDER
from scheduling_calcom.testing import Server
from scheduling_core import AppointmentId, StorageUnavailable, system
from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import SqlStorage, Timeouts

LEASE = POLICY.lease.total_seconds()
ENOUGH = 30.0
"""Seconds in which everything comes to rest that ever will."""
RECORDED = 0.5
"""Seconds from an answer of Cal.com until a relay has recorded it, if it may."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStorage]:
    """A storage in a database that programs can be started at."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'scheduling.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    storage = SqlStorage.from_url(url)
    storage.migrate()
    yield storage
    storage.close()


@pytest.fixture
def shared(postgres_url: str) -> Iterator[SqlStorage]:
    """A storage in a PostgreSQL database that programs can be started at."""
    storage = SqlStorage.from_url(postgres_url)
    storage.migrate()
    yield storage
    storage.close()


@pytest.fixture
def witness() -> Witness:
    """A Cal.com that remembers."""
    return Witness()


@pytest.fixture
def calcom(witness: Witness) -> Iterator[str]:
    """The address at which it is served."""
    with Server(witness).running() as address:
        yield address


def url_of(storage: SqlStorage) -> str:
    """Return the address of a database for another process."""
    return storage.engine.url.render_as_string(hide_password=False)


def a_while(longest: float) -> None:
    """Wait for a random time, of so many seconds at most."""
    time.sleep(longest * secrets.randbelow(1000) / 1000)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something has happened over there."""
    until = time.monotonic() + ENOUGH
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@attrs.frozen
class Size:
    """So many relays, appointments at a time, changes and kills, and at least those, in one run."""

    relays: int
    appointments: int
    changes: int
    kills: int


SHORT = Size(relays=2, appointments=20, changes=120, kills=2)
LONG = Size(relays=4, appointments=40, changes=2000, kills=12)


@attrs.define
class Run:
    """Changes at a practice, one of which in ten goes wrong over there, while its relays are killed."""

    practice: Practice
    witness: Witness
    relays: Relays
    size: Size
    killed: int = 0
    abandoned: set[Claim] = attrs.field(factory=set)
    failed: bool = False

    def go(self) -> None:
        """Change and kill until there was enough of both."""
        outcomes = run_at_once(lambda number: self._kill() if number else self._change(), 2)
        assert outcomes == [None, None]

    def _is_over(self) -> bool:
        # Kills that never met a step would prove nothing.
        enough = self.killed >= self.size.kills and len(self.abandoned) >= self.size.kills / 3
        return self.failed or (enough and self.practice.changes >= self.size.changes)

    def _change(self) -> None:
        try:
            while not self._is_over():
                self.practice.change()
                if secrets.randbelow(10) == 0:
                    self.witness.go_wrong()
                a_while(0.05)
        except BaseException:
            self.failed = True
            raise

    def _kill(self) -> None:
        try:
            while not self._is_over():
                a_while(2)
                self.relays.kill_one()
                self.killed += 1
                claimed = self.practice.claims()
                self.relays.start()
                time.sleep(1)
                # Every step of the others has ended by now. What is still claimed, nobody is at.
                self.abandoned |= claimed & self.practice.claims()
                assert self.killed < 10 * self.size.kills
        except BaseException:
            self.failed = True
            raise


@pytest.mark.crash
@pytest.mark.parametrize(
    "size", [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.soak)]
)
def test_killed_relays_lose_double_and_reverse_nothing(
    storage: SqlStorage, witness: Witness, calcom: str, size: Size
) -> None:
    """Whenever relays are killed: all is over there once, where it should be, and was never put back."""
    practice = Practice(storage, witness, size=size.appointments)
    with Relays(size.relays, url_of(storage), calcom) as relays:
        run = Run(practice, witness, relays, size)
        run.go()
        practice.rest(ENOUGH)
        assert practice.find_divergences() == []
        practice.sweep()
        practice.rest(ENOUGH)
        assert relays.are_running()
    assert practice.find_divergences() == []
    assert practice.find_complaints() == []


@pytest.mark.crash
def test_relays_that_claim_nothing_are_noticed(shared: SqlStorage, witness: Witness, calcom: str) -> None:
    """The harness notices, without any kill or fault, relays that all take the same row."""
    practice = Practice(shared, witness, size=1)
    with Relays(4, url_of(shared), calcom, storage="unclaimed") as relays:
        while not practice.find_complaints():
            assert practice.changes < 600
            assert relays.are_running()
            visit = practice.book()
            a_while(0.1)
            practice.move(visit)
            a_while(0.1)
            practice.cancel(visit)
            a_while(0.1)


def make_one_too_late(
    practice: Practice,
    relays: Relays,
    *stops: str,
    change: Callable[[Practice, AppointmentId], None] = Practice.move,
) -> RelayProcess:
    """Let a relay stop for longer than its lease, and return it before it makes what is no longer wanted."""
    slow = relays.start("before create", *stops)
    visit = practice.book()
    slow.wait_for("stopped")
    change(practice, visit)
    relays.start()
    practice.rest(LEASE + ENOUGH)
    assert practice.find_divergences() == []
    return slow


@pytest.mark.crash
@pytest.mark.parametrize("change", [Practice.move, Practice.cancel])
def test_a_booking_made_too_late_goes(
    shared: SqlStorage, witness: Witness, calcom: str, change: Callable[[Practice, AppointmentId], None]
) -> None:
    """A relay that was stopped for longer than its lease has what it makes then looked at once more."""
    practice = Practice(shared, witness, size=1)
    with Relays(0, url_of(shared), calcom) as relays:
        slow = make_one_too_late(practice, relays, change=change)
        made = len(witness.made())
        slow.go_on()
        wait_until(lambda: len(witness.made()) > made)
        wait_until(lambda: practice.find_divergences() == [])
        practice.rest(ENOUGH)
        assert relays.are_running()
    assert practice.find_divergences() == []


@pytest.mark.crash
def test_a_booking_made_too_late_by_one_who_dies_is_found(
    shared: SqlStorage, witness: Witness, calcom: str
) -> None:
    """Where nobody is left to say what was done too late, a sweep finds it, and the relays put it right."""
    practice = Practice(shared, witness, size=1)
    with Relays(0, url_of(shared), calcom) as relays:
        slow = make_one_too_late(practice, relays, "after create")
        slow.go_on()
        slow.wait_for("stopped")
        relays.kill(slow)
        assert len(practice.find_divergences()) == 1
        practice.sweep()
        practice.rest(ENOUGH)
    assert practice.find_divergences() == []


@pytest.mark.crash
def test_a_booking_moved_too_late_stays_where_it_is(
    shared: SqlStorage, witness: Witness, calcom: str
) -> None:
    """Cal.com itself refuses what a relay, stopped for longer than its lease, wants of a booking it knew."""
    practice = Practice(shared, witness, size=1)
    with Relays(0, url_of(shared), calcom) as relays:
        slow = relays.start("before move")
        visit = practice.book()
        practice.rest(ENOUGH)
        practice.move(visit)
        slow.wait_for("stopped")
        practice.move(visit)
        relays.start()
        practice.rest(LEASE + ENOUGH)
        rows = practice.scheduler.sync_rows(HOST)
        slow.go_on()
        wait_until(lambda: sum(asked.path.endswith("/reschedule") for asked in witness.asked) == 2)
        time.sleep(RECORDED)
        assert practice.scheduler.sync_rows(HOST) == rows
        assert relays.are_running()
    assert practice.find_divergences() == []
    assert practice.find_complaints() == []


def test_claims_are_in_nobodys_way(postgres_url: str, witness: Witness) -> None:
    """While a claim is open, the next one takes another row, and one more finds nothing: none has to wait."""
    impatient = Timeouts(lock=dt.timedelta(milliseconds=200))
    storage = SqlStorage.from_url(postgres_url, timeouts=impatient)
    storage.migrate()
    practice = Practice(storage, witness, size=2)
    booked = {practice.book(), practice.book()}

    def take(work: UnitOfWork) -> AppointmentId | None:
        row = work.outbox.due(PROVIDER, system.read_clock())
        return None if row is None else row.appointment

    def take_in_turn(work: UnitOfWork) -> tuple[AppointmentId | None, ...]:
        first = take(work)
        assert first is not None
        # Whoever does not leave out what is locked has to wait, and here for too long.
        with pytest.raises(StorageUnavailable):
            storage.transact(lambda other: other.outbox.rows(first))
        return first, *storage.transact(lambda other: (take(other), storage.transact(take)))

    *taken, nothing = storage.transact(take_in_turn)
    assert set(taken) == booked
    assert nothing is None
    storage.close()

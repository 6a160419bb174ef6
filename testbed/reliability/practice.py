"""A host whose customers keep changing their minds, and whether Cal.com knows of it in the end."""

import contextlib
import datetime as dt
import secrets
import time
from collections.abc import Callable

from reliability.relaying import ATTENDEES, INSTALLATION
from reliability.witness import Witness, find_complaints
from scheduling_calcom import NO_RETRIES, Account, ApiKey, CalComClient, Quota
from scheduling_calcom.calendar import CalComCalendar
from scheduling_calcom.testing import KEY, connect
from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRefused,
    BookingRequest,
    HostId,
    Schedule,
    Scheduler,
    SyncState,
    TimeRange,
    WeeklyHours,
    system,
)
from scheduling_core.inbound import Inbound
from scheduling_core.ports import Storage
from scheduling_core.sync import SyncRow

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
LENGTH = dt.timedelta(minutes=30)
STARTS = 120
"""So few that an appointment often wants the place that another one has just left."""

Claim = tuple[AppointmentId, int]


class Practice:
    """One host at *storage*, linked to the *witness*, with about *size* appointments to come.

    Relays, which run elsewhere, are to deliver what changes here.
    """

    def __init__(self, storage: Storage, witness: Witness, *, size: int) -> None:
        self.scheduler = Scheduler(storage)
        self.histories: dict[AppointmentId, list[Appointment]] = {}
        self.changes = 0
        self._storage = storage
        self._witness = witness
        self._size = size
        self._alive: list[AppointmentId] = []
        tomorrow = system.read_clock() + dt.timedelta(days=1)
        self._first = tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
        all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
        self.scheduler.set_schedule(HOST, Schedule("UTC", all_day))
        policy = BookingPolicy(slot_interval=LENGTH, horizon_days=1000)
        self.scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", [LENGTH], policy))
        self.scheduler.link(HOST, witness.link)

    def change(self) -> None:
        """Book, move or cancel at random; half of what is moved is the newest, hardly known over there."""
        usual = ["move", "move", "cancel"]
        kind = secrets.choice(usual if len(self._alive) >= self._size else ["book", "book", *usual])
        if kind == "book" or not self._alive:
            self.book()
        elif kind == "move":
            self.move(secrets.choice([self._alive[-1], secrets.choice(self._alive)]))
        else:
            self.cancel(secrets.choice(self._alive))

    def book(self) -> AppointmentId:
        """Book a free start, and return the id."""

        def try_to_book() -> Appointment:
            return self.scheduler.book(BookingRequest(HOST, VISIT, self._some_start(), "Ann"))

        booked = self._insist(try_to_book)
        self._alive.append(booked.id)
        return booked.id

    def move(self, id: AppointmentId) -> None:
        """Move to a free start where the appointment never was, so that its start tells its version."""
        known = {version.during.start for version in self.histories[id]}

        def try_to_move() -> Appointment:
            start = self._some_start()
            while start in known:
                start = self._some_start()
            return self.scheduler.reschedule(id, start)

        self._insist(try_to_move)

    def cancel(self, id: AppointmentId) -> None:
        """Cancel."""
        self._alive.remove(id)
        self._insist(lambda: self.scheduler.cancel(id, reason="ill"))

    def _insist(self, change: Callable[[], Appointment]) -> Appointment:
        """Make a change at random again and again until it is not refused, and remember it."""
        while True:
            with contextlib.suppress(BookingRefused):
                changed = change()
                self.histories.setdefault(changed.id, []).append(changed)
                self.changes += 1
                return changed

    def _some_start(self) -> dt.datetime:
        return self._first + secrets.randbelow(STARTS) * LENGTH

    def claims(self) -> set[Claim]:
        """Return which rows are claimed now, each with its fence."""
        rows = self.scheduler.sync_rows(HOST)
        return {(row.appointment, row.fence) for row in rows if row.state is SyncState.IN_FLIGHT}

    def rest(self, longest: float) -> None:
        """Wait until everything is delivered; fail with all that is not after so many seconds."""
        until = time.monotonic() + longest
        while left := [row for row in self.scheduler.sync_rows(HOST) if row.state is not SyncState.SYNCED]:
            if time.monotonic() > until:
                words = "\n".join(map(_describe, left))
                raise AssertionError(f"{len(left)} deliveries do not come to rest:\n{words}")
            time.sleep(0.1)

    def sweep(self) -> None:
        """Look at everything over there, as is done once a day."""
        self._witness.faults.clear()
        self._witness.is_slow = False
        account = Account(ApiKey(KEY), retry=NO_RETRIES, quota=Quota(1_000_000, 900_000))
        with CalComClient(account, transport=connect(self._witness)) as client:
            calendar = CalComCalendar(client, installation=INSTALLATION, attendees=ATTENDEES)
            inbound = Inbound(self._storage, calendar, clock=system.read_clock, new_id=system.new_id)
            inbound.sweep(whole=True)

    def find_divergences(self) -> list[str]:
        """Return in words what is not over there as it is here, or not here as customers were told."""
        active = self._witness.active()
        found = [f"{unknown} is there and not here" for unknown in active.keys() - self.histories.keys()]
        for id, versions in self.histories.items():  # noqa: A001  The word of the library.
            here, there = self.scheduler.get(id), active.get(id, [])
            wanted = [here.during] if here.holds_time else []
            if here != versions[-1]:
                found.append(f"{id} is {here}, and the customer knows of {versions[-1]}")
            if there != wanted:
                found.append(f"{id} should be {wanted} and is {there}")
        return found

    def find_complaints(self) -> list[str]:
        """Return what was wrong over there at any time."""
        return find_complaints(self._witness.writes, self.histories)


def _describe(row: SyncRow) -> str:
    return (
        f"{row.appointment} {row.state.value} version {row.desired_version}, synced {row.synced_version}, "
        f"attempts {row.attempts}, fence {row.fence}, due {row.next_due}, last error {row.last_error}"
    )

"""One run: a host, customers, people at Cal.com, and the processes between the two sides."""

import contextlib
import datetime as dt
import itertools
from collections.abc import Callable
from zoneinfo import ZoneInfo

from scheduling_calcom import NO_RETRIES, Account, ApiKey, CalComClient, Quota
from scheduling_calcom.attendees import AttendeePolicy
from scheduling_calcom.calendar import CalComCalendar
from scheduling_calcom.event_types import EventTypeChoice, calcom_link
from scheduling_calcom.testing import KEY, Delivery, FakeCalCom, Mischief, WebhookSender
from scheduling_calcom.testing.messages import Failure
from scheduling_calcom.testing.records import FakeBooking
from scheduling_calcom.webhooks import SIGNATURE_HEADER, read_hint, verify
from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRefused,
    BookingRequest,
    ExternalCalendarError,
    HostId,
    MemoryStorage,
    Schedule,
    Scheduler,
    SyncState,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.inbound import Inbound
from scheduling_core.relay import Relay
from simulation.controls import BestEffort
from simulation.network import NO_FAULTS, Crash, Faults, Machine, UnreliableNetwork, UnreliableStorage

BERLIN = ZoneInfo("Europe/Berlin")
START = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
HALF_HOUR = dt.timedelta(minutes=30)
SECRET = "the secret of the webhooks of a simulation"  # noqa: S105  Of nobody's account.
SWEPT_EVERY = 300.0
TRIGGERS = ("BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED")


class Simulation:
    """One seed's world. *people* is the part of all changes that people make over there.

    >>> simulation = Simulation(7)
    >>> simulation.run(20, faults=NO_FAULTS)
    >>> simulation.divergences()
    []
    """

    def __init__(
        self,
        seed: int,
        *,
        calendar: type[CalComCalendar] = CalComCalendar,
        best_effort: bool = False,
        people: float = 0.0,
        mischief: Mischief | None = None,
    ) -> None:
        self.machine = machine = Machine(seed, START)
        self.people = people
        self.refused_calls = 0
        self.steps = 0
        time, chance = machine.time, machine.chance
        self.sender = WebhookSender(self._receive, mischief, clock=time.clock, draw=chance.random)
        uids = (f"uid-{number}" for number in itertools.count(1))
        self.fake = FakeCalCom(
            clock=time.clock, new_uid=lambda: next(uids), deliver=self.sender.take
        ).furnish()
        account = Account(
            ApiKey(KEY),
            retry=NO_RETRIES,
            quota=Quota(stopwatch=time.stopwatch),
            clock=time.clock,
            stopwatch=time.stopwatch,
            draw=chance.random,
        )
        self._client = CalComClient(
            account, transport=UnreliableNetwork(self.fake, machine), sleep=time.sleep
        )
        self._client.create_webhook(
            subscriber_url="https://here.example/hook", triggers=TRIGGERS, secret=SECRET
        )
        self.calendar = calendar(
            self._client,
            installation="simulation",
            attendees=AttendeePolicy("appointments.example.org"),
            clock=time.clock,
        )
        ids = (f"id-{number}" for number in itertools.count(1))
        self._new_id: Callable[[], str] = lambda: next(ids)
        self._storage = MemoryStorage()
        self.scheduler = Scheduler(self._storage, clock=time.clock, new_id=self._new_id)
        office = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
        self.scheduler.set_schedule(HOST, Schedule(BERLIN, office))
        policy = BookingPolicy(slot_interval=HALF_HOUR)
        self.scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (HALF_HOUR, 2 * HALF_HOUR), policy))
        plain = [one for one in self.fake.world.event_types.values() if not one.options]
        choices = [EventTypeChoice(one.id, dt.timedelta(minutes=one.minutes)) for one in plain]
        self.link = calcom_link(*choices)
        self.scheduler.link(HOST, self.link)
        self._best_effort = BestEffort(self.calendar) if best_effort else None
        self._ids: list[AppointmentId] = []
        self._swept = 0.0
        self._restart()

    def _restart(self) -> None:
        """Start the processes that deliver and look, as after a crash: they remember nothing."""
        storage = UnreliableStorage(self._storage, self.machine)
        clock = self.machine.time.clock
        self._relay = Relay(storage, self.calendar, clock=clock, chance=self.machine.chance.random)
        self._inbound = Inbound(storage, self.calendar, clock=clock, new_id=self._new_id)

    def run(self, operations: int, *, faults: Faults) -> None:
        """Let so many things happen with faults, then heal everything and come to rest."""
        self.machine.faults = faults
        for _ in range(operations):
            if self.machine.happens(self.people):
                self._act_over_there()
            else:
                self._act_here()
            self.machine.time.advance(self.machine.chance.uniform(0, 20))
            self._work(self.machine.chance.randint(0, 3))
        self.heal()

    def act_here(self, operations: int) -> None:
        """Let so many things happen on our side alone, with no process between the two sides."""
        for _ in range(operations):
            self._act_here()

    def echo(self) -> None:
        """Have Cal.com tell of every booking once more, and come to rest again."""
        for booking in self.fake.world.bookings.values():
            self.fake.world.tell("BOOKING_RESCHEDULED", booking, {})
        self.heal()

    def heal(self) -> None:
        """Take away all faults, and go on until nothing changes any more."""
        self.machine.faults = NO_FAULTS
        for _ in range(200):
            before = len(self.writes), self.scheduler.sync_rows(HOST)
            self.machine.time.advance(120)
            self.fake.settle(self.machine.time.clock())
            self._work(10_000)
            self._survive(lambda: self._inbound.sweep(whole=True))
            if (len(self.writes), self.scheduler.sync_rows(HOST)) == before:
                return
        raise AssertionError("the two sides never come to rest")

    @property
    def writes(self) -> list[str]:
        """All that was asked of Cal.com and may change something there."""
        return [f"{asked.method} {asked.path}" for asked in self.fake.asked if asked.method != "GET"]

    def divergences(self) -> list[str]:
        """Return in words what the two sides do not agree on, conflicts that a person was told of aside."""
        rows = {row.appointment: row for row in self.scheduler.sync_rows(HOST)}
        found = []
        for id in self._ids:  # noqa: A001  The word of the library.
            appointment, row = self.scheduler.get(id), rows.get(id)
            if row is not None and row.state is SyncState.CONFLICT:
                continue
            there = [booking.interval for booking in self._active() if booking.metadata["sched_id"] == id]
            wanted = [appointment.during] if appointment.holds_time else []
            if there != wanted:
                found.append(f"{id} should be {wanted} and is {there}")
            if row is not None and row.state is not SyncState.SYNCED and self._best_effort is None:
                found.append(f"{id} rests as {row.state.value}: {row.last_error}")
        return found

    def conflicts(self) -> list[str | None]:
        """Return why appointments are in conflict."""
        rows = self.scheduler.sync_rows(HOST)
        return [row.last_error for row in rows if row.state is SyncState.CONFLICT]

    def _active(self) -> list[FakeBooking]:
        held = self.fake.world.bookings.values()
        ours = [booking for booking in held if "sched_id" in booking.metadata]
        return [booking for booking in ours if booking.status in {"accepted", "pending"}]

    def _act_here(self) -> None:
        chance = self.machine.chance
        upcoming = self.scheduler.upcoming(HOST)
        [what] = chance.choices(["book", "move", "cancel"], [6, 2, 2])
        length = chance.choice([HALF_HOUR, 2 * HALF_HOUR])
        try:
            if what == "book" or not upcoming:
                request = BookingRequest(HOST, VISIT, self._some_start(), "Ann", duration=length)
                changed = self.scheduler.book(request)
                self._ids.append(changed.id)
            elif what == "move":
                changed = self.scheduler.reschedule(
                    chance.choice(upcoming).id, self._some_start(), duration=chance.choice([None, length])
                )
            else:
                changed = self.scheduler.cancel(chance.choice(upcoming).id, reason="ill")
        except BookingRefused:
            return
        if self._best_effort is not None:
            self._tell(self._best_effort, changed)

    def _tell(self, best_effort: BestEffort, changed: Appointment) -> None:
        self._survive(lambda: best_effort.tell(self.link, changed))

    def _act_over_there(self) -> None:
        """Move or cancel a booking of ours on the pages of Cal.com, where that is possible."""
        active = self._active()
        if not active:
            return
        booking = self.machine.chance.choice(active)
        if self.machine.happens(0.5):
            self.fake.world.cancel(booking.uid)
            return
        self.fake.world.quirks.keeps_length = True
        with contextlib.suppress(Failure):  # Somebody has that time, or the office is closed.
            self.fake.world.reschedule(booking.uid, self._some_start())
        self.fake.world.quirks.keeps_length = False

    def _some_start(self) -> dt.datetime:
        day = dt.timedelta(days=self.machine.chance.randint(1, 40))
        clock = dt.time(self.machine.chance.randint(9, 16), self.machine.chance.choice([0, 30]))
        return dt.datetime.combine(START.date() + day, clock, BERLIN)

    def _receive(self, delivery: Delivery) -> None:
        """Do what an endpoint for webhooks does."""
        if not verify(delivery.body, delivery.headers.get(SIGNATURE_HEADER), [SECRET]):
            self.refused_calls += 1
            return
        now = self.machine.time.clock()
        hint = read_hint(delivery.body, now)
        if hint is not None:
            self._storage.transact(lambda work: work.outbox.keep_hint(hint, now - dt.timedelta(days=7)))

    def _work(self, steps: int) -> None:
        self.sender.send_due()
        if self._best_effort is not None:
            return
        for _ in range(steps):
            if not self._survive(self._relay.step):
                break
            self.steps += 1
        if self.people:
            self._survive(self._inbound.follow_hints)
        if self.machine.time.stopwatch() - self._swept > SWEPT_EVERY:
            self._swept = self.machine.time.stopwatch()
            self._survive(self._inbound.sweep)

    def _survive(self, call: Callable[[], object]) -> object:
        """Make a call; after a crash begin anew with what was kept."""
        try:
            return call()
        except ExternalCalendarError:
            return None
        except Crash:
            self._restart()
            return True

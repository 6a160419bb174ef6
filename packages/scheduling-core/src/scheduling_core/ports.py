"""What the use cases need of the world, shaped by them.

An adapter implements `Storage` (or `AsyncStorage`) and its `UnitOfWork`, and proves itself with
`scheduling_core.testing.contracts`.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

import attrs

from scheduling_core.agenda import BusyInterval, TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import Appointment, Status
from scheduling_core.changes import Change, LogEntry
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import Interval, to_instant
from scheduling_core.schedules import Schedule
from scheduling_core.sync import Hint, Link, Provider, SyncRow, SyncState

T = TypeVar("T")


class LostRace(Exception):
    """Raised inside a transaction whose work must run again, because another one came first."""


@attrs.frozen
class Stamp:
    """What a use case may not make itself: the instant that is *now*, and the *id* for what is new."""

    now: dt.datetime = attrs.field(converter=to_instant)
    id: str


@attrs.frozen
class Host:
    """A host as stored; *version* rises by one with every change of the agenda.

    *links* are the external calendars that are told of every change, one for each provider.
    """

    id: HostId
    version: int
    schedule: Schedule
    links: tuple[Link, ...] = ()

    def link_to(self, provider: str) -> Link | None:
        """Return the tie to the calendar of *provider*, or None."""
        return next((tie for tie in self.links if tie.provider == provider), None)


@attrs.frozen
class Claimed:
    """What claims a host's time in some span."""

    appointments: tuple[Appointment, ...] = ()
    time_off: tuple[TimeOff, ...] = ()
    external_busy: tuple[BusyInterval, ...] = ()


@attrs.frozen
class Answer:
    """What was answered under an idempotency key, to a request with this *fingerprint*.

    Where the customer was erased there is no fingerprint any more, since it could confirm a guess.
    """

    fingerprint: str
    appointment: Appointment
    at: dt.datetime

    def answers(self, fingerprint: str) -> bool:
        """Return whether this is the answer to a request with *fingerprint*, as far as can be told."""
        return self.fingerprint in {"", fingerprint}

    def without_customer(self) -> "Answer":
        """Return the answer as it is kept after a purge."""
        return attrs.evolve(self, fingerprint="", appointment=self.appointment.without_customer())


class Outbox(Protocol):
    """What external calendars have been told, kept beside the appointments in the same transaction.

    In a transaction every row that is returned is locked until the end. Whoever needs the lock of the host
    as well takes that first.
    """

    def rows(self, appointment: AppointmentId) -> tuple[SyncRow, ...]:
        """Return the rows of one appointment, in order of provider."""

    def row_of(self, provider: str, uid: str) -> SyncRow | None:
        """Return the row whose booking at *provider* has this *uid*, or None."""

    def due(self, provider: str, now: dt.datetime) -> SyncRow | None:
        """Return the row that has been due for longest, leaving out those that others have locked."""

    def put(self, row: SyncRow) -> None:
        """Write a row, in place of the one for the same appointment and provider."""

    def of_host(self, host: HostId) -> tuple[SyncRow, ...]:
        """Return the host's rows that are not off, by appointment, then provider."""

    def references(self, host: HostId, provider: str, window: Interval) -> Mapping[AppointmentId, str]:
        """Return the uid that *provider* has for each of the host's appointments that starts in *window*.

        Rows that are off, and those that know of no booking there, are left out.
        """

    def count(self, provider: str) -> Mapping[SyncState, int]:
        """Return how many rows are in each state; a state without rows may be missing."""

    def provider(self, name: str) -> Provider:
        """Return what is known of a provider, also where that is nothing; it is not locked."""

    def put_provider(self, provider: Provider) -> None:
        """Write what is known of a provider."""

    def clock(self, now: dt.datetime) -> dt.datetime:
        """Return the instant that all who share the storage agree on; *now* where it has no clock."""

    def keep_hint(self, hint: Hint, since: dt.datetime) -> bool:
        """Keep a hint and return True, or False where it is known; forget those handled before *since*."""

    def open_hints(self, provider: str, limit: int) -> tuple[Hint, ...]:
        """Return the hints that nobody has followed yet, oldest first."""

    def settle_hint(self, hint: Hint, at: dt.datetime) -> None:
        """Note that a hint was followed."""


class UnitOfWork(Protocol):
    """One transaction, or one snapshot.

    In a transaction `host`, `appointment` and `appointment_type` first take the lock of the host, so that
    neither what they return nor what is read after them can change before the end. In a snapshot nothing is
    locked and nothing may be written.
    """

    @property
    def outbox(self) -> Outbox:
        """What external calendars have been told."""

    def host(self, host: HostId) -> Host | None:
        """Return the host, or None."""

    def appointment(self, id: AppointmentId) -> Appointment | None:
        """Return the appointment, or None."""

    def appointment_type(self, host: HostId, id: AppointmentTypeId) -> AppointmentType | None:
        """Return one of the host's types, or None."""

    def types(self, host: HostId) -> tuple[AppointmentType, ...]:
        """Return the host's types, in order of id."""

    def claimed(
        self, host: HostId, span: Interval, counted: tuple[AppointmentTypeId, Interval] | None
    ) -> Claimed:
        """Return everything that overlaps *span*: occupied intervals, time off and busy intervals.

        Of appointments, those that hold time are meant. With *counted*, those of that type which start in
        the second span are returned too; none comes twice.
        """

    def time_off(self, host: HostId) -> tuple[TimeOff, ...]:
        """Return all time off, in order of start."""

    def between(self, host: HostId, window: Interval) -> tuple[Appointment, ...]:
        """Return the appointments in any status whose own time overlaps *window*, by start, then id."""

    def page(
        self,
        host: HostId,
        window: Interval,
        statuses: frozenset[Status],
        after: tuple[dt.datetime, AppointmentId] | None,
        limit: int,
    ) -> tuple[Appointment, ...]:
        """Return the first *limit* of those `between` in *statuses* that come behind a start and an id."""

    def upcoming(self, host: HostId, now: dt.datetime, limit: int | None) -> tuple[Appointment, ...]:
        """Return the pending and confirmed appointments that end after *now*, by start, then id."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        """Write a change, its log entry and all that hangs on it; return the host's new version.

        With it go *deliveries*, the rows of the outbox that the change makes due, as by `Outbox.put`.
        Raises LostRace where the guard refuses an overlap, or the appointment's stored version is not the
        one before the change's: another transaction came first.
        """

    def set_links(self, host: HostId, links: tuple[Link, ...]) -> None:
        """Keep *links* in place of those that the host has; its version stays as it is."""

    def busy(self, host: HostId, source: str) -> tuple[Interval, ...]:
        """Return the busy times that were last copied from *source*, in order."""

    def history(self, id: AppointmentId) -> tuple[LogEntry, ...]:
        """Return the log entries of one appointment, oldest first."""

    def changes(self, host: HostId, after: int) -> tuple[LogEntry, ...]:
        """Return the host's log entries above version *after*, oldest first."""

    def recall(self, host: HostId, key: str, since: dt.datetime) -> Answer | None:
        """Return what was answered under *key* at *since* or later, or None."""

    def remember(self, host: HostId, key: str, answer: Answer, since: dt.datetime) -> None:
        """Keep an answer, and forget the host's answers from before *since*.

        Raises LostRace where the key has an answer already.
        """


class Storage(Protocol):
    """Keeps everything; shared by threads."""

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in one transaction and commit, or roll back what it wrote if it raises.

        *work* runs again after a lost race, so it must do nothing but use its unit of work. Raises Conflict
        when the race stays lost, and StorageUnavailable where the storage cannot answer.
        """

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* on a snapshot, without a lock."""

    def close(self) -> None:
        """Give back what the storage holds; it is not used afterwards."""


class AsyncStorage(Protocol):
    """A storage whose waiting does not block an event loop; *work* itself is synchronous all the same."""

    def transact(self, work: Callable[[UnitOfWork], T]) -> Awaitable[T]:
        """Do as `Storage.transact`."""

    def read(self, work: Callable[[UnitOfWork], T]) -> Awaitable[T]:
        """Do as `Storage.read`."""

    def close(self) -> Awaitable[None]:
        """Do as `Storage.close`."""

"""Everything in memory: the reference implementation of the ports, for tests, examples and small tools.

What a host has is one immutable value. A transaction works on new values and puts them in place at its
end, under a lock; a snapshot is simply the values as they are.
"""

import contextlib
import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import TypeGuard, TypeVar

import attrs

from scheduling_core.agenda import BusyInterval, TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import MOVABLE, Appointment
from scheduling_core.changes import (
    AppointmentChange,
    Booked,
    BusyCopied,
    Change,
    LogEntry,
    Purged,
    ScheduleSet,
    TimeOffAdded,
    TimeOffRemoved,
    TypeAdded,
    without_customer,
)
from scheduling_core.errors import Conflict
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.ports import Answer, Claimed, Host, LostRace, UnitOfWork
from scheduling_core.sync import Link, SyncRow, SyncState, is_due

T = TypeVar("T")
_TRIES = 4


@attrs.frozen
class _Kept:
    """What the storage knows of one host."""

    host: Host
    types: Mapping[AppointmentTypeId, AppointmentType] = {}
    appointments: Mapping[AppointmentId, Appointment] = {}
    time_off: tuple[TimeOff, ...] = ()
    busy: Mapping[str, tuple[BusyInterval, ...]] = {}
    log: tuple[LogEntry, ...] = ()
    answers: Mapping[str, Answer] = {}
    sync: Mapping[tuple[AppointmentId, str], SyncRow] = {}


class MemoryStorage:
    """A storage that forgets everything with the process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._open = False
        self._kept: dict[HostId, _Kept] = {}
        self._owners: dict[AppointmentId, HostId] = {}

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* alone, and keep what it wrote unless it raises."""
        with self._lock, self._alone():
            for _ in range(_TRIES):
                unit = _MemoryUnitOfWork(self._kept, self._owners)
                try:
                    result = work(unit)
                except LostRace:
                    continue
                self._owners.update(unit.new_owners)
                self._kept = {**self._kept, **unit.written}
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
        return work(_MemoryUnitOfWork(self._kept, self._owners))

    def close(self) -> None:
        """Do nothing; the contents stay until the storage is let go."""


class _MemoryUnitOfWork:
    def __init__(self, kept: Mapping[HostId, _Kept], owners: Mapping[AppointmentId, HostId]) -> None:
        self._kept = kept
        self._owners = owners
        self.written: dict[HostId, _Kept] = {}
        self.new_owners: dict[AppointmentId, HostId] = {}

    @property
    def outbox(self) -> "_MemoryOutbox":
        return _MemoryOutbox(self)

    def host(self, host: HostId) -> Host | None:
        kept = self.of(host)
        return None if kept is None else kept.host

    def appointment(self, id: AppointmentId) -> Appointment | None:
        kept = self.of_owner(id)
        return None if kept is None else kept.appointments.get(id)

    def appointment_type(self, host: HostId, id: AppointmentTypeId) -> AppointmentType | None:
        kept = self.of(host)
        return None if kept is None else kept.types.get(id)

    def types(self, host: HostId) -> tuple[AppointmentType, ...]:
        kept = self.of(host)
        return () if kept is None else tuple(sorted(kept.types.values(), key=attrgetter("id")))

    def claimed(
        self, host: HostId, span: Interval, counted: tuple[AppointmentTypeId, Interval] | None
    ) -> Claimed:
        kept = self.of(host)
        if kept is None:
            return Claimed()
        return Claimed(
            tuple(
                appointment
                for appointment in kept.appointments.values()
                if appointment.holds_time
                and (appointment.occupied.overlaps(span) or _counts(appointment, counted))
            ),
            tuple(item for item in kept.time_off if item.during.overlaps(span)),
            tuple(item for source in kept.busy.values() for item in source if item.during.overlaps(span)),
        )

    def time_off(self, host: HostId) -> tuple[TimeOff, ...]:
        kept = self.of(host)
        return () if kept is None else kept.time_off

    def between(self, host: HostId, window: Interval) -> tuple[Appointment, ...]:
        kept = self.of(host)
        found = () if kept is None else kept.appointments.values()
        return _by_start(item for item in found if item.during.overlaps(window))

    def upcoming(self, host: HostId, now: dt.datetime, limit: int | None) -> tuple[Appointment, ...]:
        kept = self.of(host)
        found = () if kept is None else kept.appointments.values()
        coming = (item for item in found if item.status in MOVABLE and item.during.end > now)
        return _by_start(coming)[:limit]

    def record(self, change: Change) -> int:
        kept = self.of(change.host)
        if kept is None:
            if not isinstance(change, ScheduleSet):
                raise LostRace
            kept = _Kept(Host(change.host, 0, change.schedule))
        kept = _apply(kept, change)
        version = kept.host.version + 1
        self.written[change.host] = attrs.evolve(
            kept,
            host=attrs.evolve(kept.host, version=version),
            log=(*kept.log, LogEntry(version, change)),
        )
        if isinstance(change, Booked):
            self.new_owners[change.appointment.id] = change.host
        return version

    def set_links(self, host: HostId, links: tuple[Link, ...]) -> None:
        kept = self.of(host)
        if kept is None:
            raise LostRace
        self.written[host] = attrs.evolve(kept, host=attrs.evolve(kept.host, links=links))

    def busy(self, host: HostId, source: str) -> tuple[Interval, ...]:
        kept = self.of(host)
        return () if kept is None else tuple(item.during for item in kept.busy.get(source, ()))

    def history(self, id: AppointmentId) -> tuple[LogEntry, ...]:
        appointment = self.appointment(id)
        return (
            ()
            if appointment is None
            else tuple(entry for entry in self.changes(appointment.host, 0) if _is_about(entry.change, id))
        )

    def changes(self, host: HostId, after: int) -> tuple[LogEntry, ...]:
        kept = self.of(host)
        return () if kept is None else kept.log[after:]

    def recall(self, host: HostId, key: str, since: dt.datetime) -> Answer | None:
        kept = self.of(host)
        answer = None if kept is None else kept.answers.get(key)
        return answer if answer is not None and answer.at >= since else None

    def remember(self, host: HostId, key: str, answer: Answer, since: dt.datetime) -> None:
        kept = self.of(host)
        if kept is None:
            raise LostRace
        recent = {name: old for name, old in kept.answers.items() if old.at >= since}
        if key in recent:
            raise LostRace
        self.written[host] = attrs.evolve(kept, answers={**recent, key: answer})

    def of(self, host: HostId) -> _Kept | None:
        return self.written.get(host) or self._kept.get(host)

    def of_owner(self, id: AppointmentId) -> _Kept | None:
        owner = self.new_owners.get(id, self._owners.get(id))
        return None if owner is None else self.of(owner)

    def all(self) -> Iterable[_Kept]:
        return {**self._kept, **self.written}.values()


class _MemoryOutbox:
    def __init__(self, work: _MemoryUnitOfWork) -> None:
        self._work = work

    def rows(self, appointment: AppointmentId) -> tuple[SyncRow, ...]:
        kept = self._work.of_owner(appointment)
        found = () if kept is None else kept.sync.values()
        return _in_order(row for row in found if row.appointment == appointment)

    def row_of(self, provider: str, uid: str) -> SyncRow | None:
        for row in self._all():
            if row.provider == provider and row.remote is not None and row.remote.uid == uid:
                return row
        return None

    def due(self, provider: str, now: dt.datetime) -> SyncRow | None:
        due = (row for row in self._all() if row.provider == provider and is_due(row, now))
        return min(due, key=lambda row: (row.next_due or now, row.appointment), default=None)

    def put(self, row: SyncRow) -> None:
        kept = self._work.of(row.host)
        if kept is None:
            raise LostRace
        rows = {**kept.sync, (row.appointment, row.provider): row}
        self._work.written[row.host] = attrs.evolve(kept, sync=rows)

    def of_host(self, host: HostId) -> tuple[SyncRow, ...]:
        kept = self._work.of(host)
        found = () if kept is None else kept.sync.values()
        return _in_order(row for row in found if row.state is not SyncState.OFF)

    def count(self, provider: str) -> Mapping[SyncState, int]:
        return Counter(row.state for row in self._all() if row.provider == provider)

    def _all(self) -> Iterator[SyncRow]:
        return (row for kept in self._work.all() for row in kept.sync.values())


def _in_order(rows: Iterable[SyncRow]) -> tuple[SyncRow, ...]:
    return tuple(sorted(rows, key=lambda row: (row.appointment, row.provider)))


def _apply(kept: _Kept, change: Change) -> _Kept:
    """Return what is kept after *change*, but for its log entry; raises LostRace where it comes too late."""
    if isinstance(change, ScheduleSet):
        return attrs.evolve(kept, host=attrs.evolve(kept.host, schedule=change.schedule))
    if isinstance(change, TypeAdded):
        return attrs.evolve(kept, types={**kept.types, change.type.id: change.type})
    if isinstance(change, TimeOffAdded):
        ordered = sorted((*kept.time_off, change.time_off), key=lambda item: item.during.start)
        return attrs.evolve(kept, time_off=tuple(ordered))
    if isinstance(change, TimeOffRemoved):
        left = tuple(item for item in kept.time_off if item != change.time_off)
        return attrs.evolve(kept, time_off=left)
    if isinstance(change, BusyCopied):
        copied = tuple(BusyInterval(during, change.source, change.at) for during in change.busy)
        return attrs.evolve(kept, busy={**kept.busy, change.source: copied})
    appointment = change.appointment
    known = kept.appointments.get(appointment.id)
    if (0 if known is None else known.version) != appointment.version - 1:
        raise LostRace
    if appointment.holds_time and any(
        other.occupied.overlaps(appointment.occupied)
        for other in kept.appointments.values()
        if other.holds_time and other.id != appointment.id
    ):
        raise LostRace
    kept = attrs.evolve(kept, appointments={**kept.appointments, appointment.id: appointment})
    return _erase(kept, appointment) if isinstance(change, Purged) else kept


def _erase(kept: _Kept, appointment: Appointment) -> _Kept:
    log = tuple(
        LogEntry(entry.version, without_customer(entry.change))
        if _is_about(entry.change, appointment.id)
        else entry
        for entry in kept.log
    )
    answers = {
        key: answer.without_customer() if answer.appointment.id == appointment.id else answer
        for key, answer in kept.answers.items()
    }
    return attrs.evolve(kept, log=log, answers=answers)


def _counts(appointment: Appointment, counted: tuple[AppointmentTypeId, Interval] | None) -> bool:
    return (
        counted is not None
        and appointment.type == counted[0]
        and counted[1].contains(appointment.during.start)
    )


def _is_about(change: Change, id: AppointmentId) -> TypeGuard[AppointmentChange]:
    return isinstance(change, AppointmentChange) and change.appointment.id == id


def _by_start(appointments: Iterable[Appointment]) -> tuple[Appointment, ...]:
    return tuple(sorted(appointments, key=lambda item: (item.during.start, item.id)))

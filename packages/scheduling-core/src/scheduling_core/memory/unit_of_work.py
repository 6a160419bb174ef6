"""One transaction over what is in memory, or one look at it."""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from operator import attrgetter

import attrs

from scheduling_core.agenda import TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import MOVABLE, Appointment, Status
from scheduling_core.changes import Booked, Change, LogEntry, ScheduleSet
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.memory.contents import Calendars, Kept, apply_change, is_about
from scheduling_core.memory.outbox import MemoryOutbox
from scheduling_core.ports import Answer, Claimed, Host, LostRace
from scheduling_core.sync import Link, SyncRow


class MemoryUnitOfWork:
    """The ports of a use case: what it writes stays its own until the transaction ends."""

    def __init__(
        self,
        kept: Mapping[HostId, Kept],
        owners: Mapping[AppointmentId, HostId],
        calendars: Calendars,
    ) -> None:
        self._kept = kept
        self._owners = owners
        self.calendars = calendars
        self.written: dict[HostId, Kept] = {}
        self.new_owners: dict[AppointmentId, HostId] = {}

    @property
    def outbox(self) -> MemoryOutbox:
        """What external calendars have been told."""
        return MemoryOutbox(self)

    def host(self, host: HostId) -> Host | None:
        """Return the host, or None."""
        kept = self.of(host)
        return None if kept is None else kept.host

    def appointment(self, id: AppointmentId) -> Appointment | None:
        """Return the appointment, or None."""
        kept = self.of_owner(id)
        return None if kept is None else kept.appointments.get(id)

    def appointment_type(self, host: HostId, id: AppointmentTypeId) -> AppointmentType | None:
        """Return one of the host's types, or None."""
        kept = self.of(host)
        return None if kept is None else kept.types.get(id)

    def types(self, host: HostId) -> tuple[AppointmentType, ...]:
        """Return the host's types, in order of id."""
        kept = self.of(host)
        return () if kept is None else tuple(sorted(kept.types.values(), key=attrgetter("id")))

    def claimed(
        self, host: HostId, span: Interval, counted: tuple[AppointmentTypeId, Interval] | None
    ) -> Claimed:
        """Return everything that overlaps *span*: occupied intervals, time off and busy intervals."""
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
        """Return all time off, in order of start."""
        kept = self.of(host)
        return () if kept is None else kept.time_off

    def between(self, host: HostId, window: Interval) -> tuple[Appointment, ...]:
        """Return the appointments in any status whose own time overlaps *window*, by start, then id."""
        kept = self.of(host)
        found = () if kept is None else kept.appointments.values()
        return _by_start(item for item in found if item.during.overlaps(window))

    def page(
        self,
        host: HostId,
        window: Interval,
        statuses: frozenset[Status],
        after: tuple[dt.datetime, AppointmentId] | None,
        limit: int,
    ) -> tuple[Appointment, ...]:
        """Return the first *limit* of those between in *statuses* that come behind a start and an id."""
        found = (
            item
            for item in self.between(host, window)
            if item.status in statuses and (after is None or (item.during.start, item.id) > after)
        )
        return tuple(itertools.islice(found, limit))

    def upcoming(self, host: HostId, now: dt.datetime, limit: int | None) -> tuple[Appointment, ...]:
        """Return the pending and confirmed appointments that end after *now*, by start, then id."""
        kept = self.of(host)
        found = () if kept is None else kept.appointments.values()
        coming = (item for item in found if item.status in MOVABLE and item.during.end > now)
        return _by_start(coming)[:limit]

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        """Write a change, its log entry and all that hangs on it; return the host's new version."""
        kept = self.of(change.host)
        if kept is None:
            if not isinstance(change, ScheduleSet):
                raise LostRace
            kept = Kept(Host(change.host, 0, change.schedule))
        if isinstance(change, Booked) and self.of_owner(change.appointment.id) is not None:
            raise LostRace
        kept = apply_change(kept, change)
        version = kept.host.version + 1
        self.written[change.host] = attrs.evolve(
            kept,
            host=attrs.evolve(kept.host, version=version),
            log=(*kept.log, LogEntry(version, change)),
        )
        if isinstance(change, Booked):
            self.new_owners[change.appointment.id] = change.host
        for row in deliveries:
            self.outbox.put(row)
        return version

    def set_links(self, host: HostId, links: tuple[Link, ...]) -> None:
        """Keep *links* in place of those that the host has; its version stays as it is."""
        kept = self.of(host)
        if kept is None:
            raise LostRace
        self.written[host] = attrs.evolve(kept, host=attrs.evolve(kept.host, links=links))

    def busy(self, host: HostId, source: str) -> tuple[Interval, ...]:
        """Return the busy times that were last copied from *source*, in order."""
        kept = self.of(host)
        return () if kept is None else tuple(item.during for item in kept.busy.get(source, ()))

    def history(self, id: AppointmentId) -> tuple[LogEntry, ...]:
        """Return the log entries of one appointment, oldest first."""
        appointment = self.appointment(id)
        return (
            ()
            if appointment is None
            else tuple(entry for entry in self.changes(appointment.host, 0) if is_about(entry.change, id))
        )

    def changes(self, host: HostId, after: int) -> tuple[LogEntry, ...]:
        """Return the host's log entries above version *after*, oldest first."""
        kept = self.of(host)
        return () if kept is None else kept.log[after:]

    def recall(self, host: HostId, key: str, since: dt.datetime) -> Answer | None:
        """Return what was answered under *key* at *since* or later, or None."""
        kept = self.of(host)
        answer = None if kept is None else kept.answers.get(key)
        return answer if answer is not None and answer.at >= since else None

    def remember(self, host: HostId, key: str, answer: Answer, since: dt.datetime) -> None:
        """Keep an answer, and forget the host's answers from before *since*."""
        kept = self.of(host)
        if kept is None:
            raise LostRace
        recent = {name: old for name, old in kept.answers.items() if old.at >= since}
        if key in recent:
            raise LostRace
        self.written[host] = attrs.evolve(kept, answers={**recent, key: answer})

    def of(self, host: HostId) -> Kept | None:
        """Return what is kept of a host, or None."""
        return self.written.get(host) or self._kept.get(host)

    def of_owner(self, id: AppointmentId) -> Kept | None:
        """Return what is kept of the host of an appointment, or None."""
        owner = self.new_owners.get(id, self._owners.get(id))
        return None if owner is None else self.of(owner)

    def all(self) -> Iterable[Kept]:
        """Return all that is kept of every host."""
        return {**self._kept, **self.written}.values()


def _counts(appointment: Appointment, counted: tuple[AppointmentTypeId, Interval] | None) -> bool:
    return (
        counted is not None
        and appointment.type == counted[0]
        and counted[1].contains(appointment.during.start)
    )


def _by_start(appointments: Iterable[Appointment]) -> tuple[Appointment, ...]:
    return tuple(sorted(appointments, key=lambda item: (item.during.start, item.id)))

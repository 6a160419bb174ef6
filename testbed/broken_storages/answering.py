"""Units of work that answer wrongly."""

import datetime as dt
from collections.abc import Mapping

import attrs

from broken_storages.altered import Unit
from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    HostId,
    Interval,
    LogEntry,
    Status,
    SyncRow,
    TimeOff,
)
from scheduling_core.changes import AppointmentChange
from scheduling_core.deliveries import is_due
from scheduling_core.intervals import EARLIEST, LATEST, TICK
from scheduling_core.local_time import to_wall
from scheduling_core.memory.outbox import MemoryOutbox
from scheduling_core.ports import Answer, Claimed, Host


class MeaningLost(Unit):
    """What the clocks were meant to show is reckoned anew from today's rules."""

    def appointment(self, id: AppointmentId) -> Appointment | None:
        found = super().appointment(id)
        return found and attrs.evolve(found, local_start=to_wall(found.during.start, found.timezone))


class WholeSeconds(Unit):
    """Instants are kept to the second."""

    def appointment(self, id: AppointmentId) -> Appointment | None:
        found = super().appointment(id)
        if found is None:
            return None
        start, end = (at.replace(microsecond=0) for at in (found.during.start, found.during.end))
        during = Interval(start, max(end, start + dt.timedelta(seconds=1)))
        return attrs.evolve(found, during=during, occupied=during)


class NaiveTimes(Unit):
    """Instants are kept as what the clocks of the zone show."""

    def appointment(self, id: AppointmentId) -> Appointment | None:
        found = super().appointment(id)
        if found is None:
            return None
        shown = found.during.start.astimezone(found.timezone).replace(fold=0)
        during = Interval.of(shown, found.during.duration)
        return attrs.evolve(found, during=during, occupied=during)


class IgnoredBuffers(Unit):
    """What is claimed is the appointments' own time."""

    def claimed(
        self, host: HostId, span: Interval, counted: tuple[AppointmentTypeId, Interval] | None
    ) -> Claimed:
        found = super().claimed(host, span, counted)
        own = tuple(item for item in found.appointments if item.during.overlaps(span))
        return attrs.evolve(found, appointments=own)


class NothingCounted(Unit):
    """Of limits, nothing is known."""

    def claimed(
        self, host: HostId, span: Interval, counted: tuple[AppointmentTypeId, Interval] | None
    ) -> Claimed:
        return super().claimed(host, span, None)


class VersionOfAppointmentsOnly(Unit):
    """The host's version rises with its appointments, but not with its hours."""

    def host(self, host: HostId) -> Host | None:
        found = super().host(host)
        log = self.changes(host, 0)
        others = sum(not isinstance(entry.change, AppointmentChange) for entry in log)
        return found and attrs.evolve(found, version=found.version - others)


class UpcomingUnsorted(Unit):
    """What is upcoming comes as it was booked."""

    def upcoming(self, host: HostId, now: dt.datetime, limit: int | None) -> tuple[Appointment, ...]:
        return tuple(sorted(super().upcoming(host, now, limit), key=lambda item: item.id))


class LimitBeforeOrder(Unit):
    """The first that were booked are given, in order of start."""

    def upcoming(self, host: HostId, now: dt.datetime, limit: int | None) -> tuple[Appointment, ...]:
        booked = sorted(super().upcoming(host, now, None), key=lambda item: item.id)[:limit]
        return tuple(sorted(booked, key=lambda item: item.during.start))


class NewestFirst(Unit):
    """The log comes the wrong way round."""

    def changes(self, host: HostId, after: int) -> tuple[LogEntry, ...]:
        return super().changes(host, after)[::-1]


class KeysOfAll(Unit):
    """A key belongs to all hosts together."""

    def recall(self, host: HostId, key: str, since: dt.datetime) -> Answer | None:
        for each in {**self._kept, **self.written}:
            answer = super().recall(each, key, since)
            if answer is not None:
                return answer
        return None


class NothingClaimed(Unit):
    """All time is free, until the guard says no."""

    def claimed(
        self, host: HostId, span: Interval, counted: tuple[AppointmentTypeId, Interval] | None
    ) -> Claimed:
        return Claimed()


class NothingRecalled(Unit):
    """No key has been heard of."""

    def recall(self, host: HostId, key: str, since: dt.datetime) -> Answer | None:
        return None


class AnswersThatFollow(Unit):
    """What was answered is told as it stands by now."""

    def recall(self, host: HostId, key: str, since: dt.datetime) -> Answer | None:
        answer = super().recall(host, key, since)
        now = None if answer is None else self.appointment(answer.appointment.id)
        return answer if answer is None or now is None else attrs.evolve(answer, appointment=now)


class OrderLost(Unit):
    """What there is comes in any order, here the reverse."""

    def types(self, host: HostId) -> tuple[AppointmentType, ...]:
        return super().types(host)[::-1]

    def time_off(self, host: HostId) -> tuple[TimeOff, ...]:
        return super().time_off(host)[::-1]

    def between(self, host: HostId, window: Interval) -> tuple[Appointment, ...]:
        return super().between(host, window)[::-1]

    @property
    def outbox(self) -> "_Unordered":
        return _Unordered(self)


class _Unordered(MemoryOutbox):
    def rows(self, appointment: AppointmentId) -> tuple[SyncRow, ...]:
        return super().rows(appointment)[::-1]

    def due(self, provider: str, now: dt.datetime) -> SyncRow | None:
        due = [row for row in self._all() if row.provider == provider and is_due(row, now)]
        return due[0] if due else None


class WindowsIgnored(Unit):
    """What calendars call an appointment is told of all that there are, whenever they start."""

    @property
    def outbox(self) -> "_TellingAll":
        return _TellingAll(self)


class _TellingAll(MemoryOutbox):
    def references(self, host: HostId, provider: str, _window: Interval) -> Mapping[AppointmentId, str]:
        return super().references(host, provider, Interval(EARLIEST, LATEST - TICK))


class TwinsSkipped(Unit):
    """A page goes on behind a start, whatever else starts in the same instant."""

    def page(
        self,
        host: HostId,
        window: Interval,
        statuses: frozenset[Status],
        after: tuple[dt.datetime, AppointmentId] | None,
        limit: int,
    ) -> tuple[Appointment, ...]:
        behind = after and (after[0], AppointmentId("\uffff"))
        return super().page(host, window, statuses, behind, limit)


class HostsMixed(Unit):
    """What is asked about one host is answered about all."""

    def between(self, host: HostId, window: Interval) -> tuple[Appointment, ...]:
        return tuple(
            item for each in self.all() for item in super(HostsMixed, self).between(each.host.id, window)
        )

    def host(self, host: HostId) -> Host | None:
        found = super().host(host)
        return found and attrs.evolve(found, version=sum(each.host.version for each in self.all()))

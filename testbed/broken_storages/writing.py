"""Units of work that write wrongly, or refuse what they should not."""

import datetime as dt
from typing import Any, cast

import attrs

from broken_storages.altered import Unit
from scheduling_core import (
    Booked,
    HostId,
    Purged,
    Schedule,
    Status,
    SyncRow,
    TypeRemoved,
)
from scheduling_core.changes import AppointmentChange, Change
from scheduling_core.local_time import find_zone
from scheduling_core.memory.contents import Kept
from scheduling_core.memory.outbox import MemoryOutbox
from scheduling_core.ports import Answer, Host, LostRace
from scheduling_core.sync import Hint


class ClosedIntervals(Unit):
    """Appointments may not touch."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        if isinstance(change, AppointmentChange):
            occupied, everything = change.appointment.occupied, self.of(change.host)
            for other in everything.appointments.values() if everything else ():
                if other.holds_time and other.occupied.end == occupied.start:
                    raise LostRace
        return super().record(change, *deliveries)


class CancelledBlocks(Unit):
    """A cancelled appointment still stands in the way."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        if isinstance(change, Booked):
            everything = self.of(change.host)
            for other in everything.appointments.values() if everything else ():
                if other.status is Status.CANCELLED and other.occupied.overlaps(change.appointment.occupied):
                    raise LostRace
        return super().record(change, *deliveries)


class OneGuardForAll(Unit):
    """An appointment of one host stands in the way of another host's."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        if isinstance(change, Booked):
            for kept in self.all():
                for other in kept.appointments.values():
                    if other.host != change.host and other.occupied.overlaps(change.appointment.occupied):
                        raise LostRace
        return super().record(change, *deliveries)


class HostsOutOfNothing(Unit):
    """Whoever is asked for is there, without hours."""

    def of(self, host: HostId) -> Kept | None:
        return super().of(host) or Kept(Host(host, 0, Schedule("UTC")))


class IgnoredVersion(Unit):
    """A change is written over whatever is there."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        kept = self.of(change.host)
        if kept is not None and isinstance(change, AppointmentChange) and change.appointment.version > 1:
            expected = attrs.evolve(change.appointment, version=change.appointment.version - 1)
            appointments = {**kept.appointments, expected.id: expected}
            self.written[change.host] = attrs.evolve(kept, appointments=appointments)
        return super().record(change, *deliveries)


class IdsGivenTwice(Unit):
    """Under an id that is known to another host, there is another appointment."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        owners, self._owners = self._owners, {}
        try:
            return super().record(change, *deliveries)
        finally:
            self._owners = owners


class TypesForEver(Unit):
    """A type that was removed can still be booked."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        before = self.of(change.host)
        version = super().record(change, *deliveries)
        if before is not None and isinstance(change, TypeRemoved):
            self.written[change.host] = attrs.evolve(self.written[change.host], types=before.types)
        return version


class ZoneLost(Unit):
    """The zone in which a time was meant is not kept."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        return super().record(_with_appointment(change, timezone=find_zone("UTC")), *deliveries)


class KeyOverwritten(Unit):
    """A second answer takes the place of the first."""

    def remember(self, host: HostId, key: str, answer: Answer, since: dt.datetime) -> None:
        kept = self.of(host)
        if kept is None:
            raise LostRace
        self.written[host] = attrs.evolve(kept, answers={**kept.answers, key: answer})


class _TellingAtOnce(MemoryOutbox):
    def put(self, row: SyncRow) -> None:
        super().put(row)
        everything = cast("dict[HostId, Kept]", self._work._kept)
        kept = everything.get(row.host)
        if kept is not None:
            everything[row.host] = attrs.evolve(
                kept, sync={**kept.sync, (row.appointment, row.provider): row}
            )


class DeliveriesForgotten(Unit):
    """A change is kept without what calendars are to be told of it."""

    def record(self, change: Change, *_deliveries: SyncRow) -> int:
        return super().record(change)


class NonAtomicOutbox(Unit):
    """What is to be delivered is written at once, whatever becomes of the transaction."""

    @property
    def outbox(self) -> _TellingAtOnce:
        return _TellingAtOnce(self)


class _Credulous(MemoryOutbox):
    def keep_hint(self, hint: Hint, since: dt.datetime) -> bool:
        super().keep_hint(hint, since)
        return True


class HintsTwice(Unit):
    """Every message is a new hint."""

    @property
    def outbox(self) -> _Credulous:
        return _Credulous(self)


class _TellingLittle(MemoryOutbox):
    def put(self, row: SyncRow) -> None:
        super().put(attrs.evolve(row, remote=None))


class RemoteLost(Unit):
    """What the other calendar holds is not kept."""

    @property
    def outbox(self) -> _TellingLittle:
        return _TellingLittle(self)


class PurgedFromTheAppointmentOnly(Unit):
    """The customer stays in the log and in stored answers."""

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        if not isinstance(change, Purged):
            return super().record(change, *deliveries)
        kept = self.of(change.host)
        version = super().record(change, *deliveries)
        written = self.written[change.host]
        assert kept is not None
        self.written[change.host] = attrs.evolve(
            written, log=(*kept.log, written.log[-1]), answers=kept.answers
        )
        return version


def _with_appointment(change: Change, **fields: Any) -> Change:  # noqa: ANN401  Whatever an appointment has.
    if not isinstance(change, AppointmentChange):
        return change
    return attrs.evolve(change, appointment=attrs.evolve(change.appointment, **fields))

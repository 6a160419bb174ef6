"""The rows of delivery in memory."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from scheduling_core.deliveries import is_due
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.ports import LostRace
from scheduling_core.sync import Hint, Provider, SyncRow, SyncState

if TYPE_CHECKING:
    from scheduling_core.memory.unit_of_work import MemoryUnitOfWork


class MemoryOutbox:
    """The outbox of one unit of work."""

    def __init__(self, work: "MemoryUnitOfWork") -> None:
        self._work = work

    def rows(self, appointment: AppointmentId) -> tuple[SyncRow, ...]:
        """Return the rows of one appointment, in order of provider."""
        kept = self._work.of_owner(appointment)
        found = () if kept is None else kept.sync.values()
        return _in_order(row for row in found if row.appointment == appointment)

    def row_of(self, provider: str, uid: str) -> SyncRow | None:
        """Return the row whose booking at *provider* has this *uid*, or None."""
        for row in self._all():
            if row.provider == provider and row.remote is not None and row.remote.uid == uid:
                return row
        return None

    def due(self, provider: str, now: dt.datetime) -> SyncRow | None:
        """Return the row that has been due for longest, leaving out those that others have locked."""
        due = (row for row in self._all() if row.provider == provider and is_due(row, now))
        return min(due, key=lambda row: (row.next_due or now, row.appointment), default=None)

    def put(self, row: SyncRow) -> None:
        """Write a row, in place of the one for the same appointment and provider."""
        kept = self._work.of(row.host)
        if kept is None:
            raise LostRace
        rows = {**kept.sync, (row.appointment, row.provider): row}
        self._work.written[row.host] = attrs.evolve(kept, sync=rows)

    def of_host(self, host: HostId) -> tuple[SyncRow, ...]:
        """Return the host's rows that are not off, by appointment, then provider."""
        kept = self._work.of(host)
        found = () if kept is None else kept.sync.values()
        return _in_order(row for row in found if row.state is not SyncState.OFF)

    def references(self, host: HostId, provider: str, window: Interval) -> Mapping[AppointmentId, str]:
        """Return the uid that *provider* has for each of the host's appointments that starts in *window*."""
        kept = self._work.of(host)
        booked = {} if kept is None else kept.appointments
        return {
            row.appointment: row.remote.uid
            for row in self.of_host(host)
            if row.provider == provider
            and row.remote is not None
            and window.contains(booked[row.appointment].during.start)
        }

    def count(self, provider: str) -> Mapping[SyncState, int]:
        """Return how many rows are in each state; a state without rows may be missing."""
        return Counter(row.state for row in self._all() if row.provider == provider)

    def provider(self, name: str) -> Provider:
        """Return what is known of a provider, also where that is nothing; it is not locked."""
        return self._work.calendars.providers.get(name, Provider(name))

    def put_provider(self, provider: Provider) -> None:
        """Write what is known of a provider."""
        known = self._work.calendars
        providers = {**known.providers, provider.name: provider}
        self._work.calendars = attrs.evolve(known, providers=providers)

    def clock(self, now: dt.datetime) -> dt.datetime:
        """Return the instant that all who share the storage agree on; *now* where it has no clock."""
        return now

    def keep_hint(self, hint: Hint, since: dt.datetime) -> bool:
        """Keep a hint and return True, or False where it is known; forget those handled before *since*."""
        known = self._work.calendars
        old = {digest for digest, at in known.handled.items() if at < since}
        hints = {digest: kept for digest, kept in known.hints.items() if digest not in old}
        handled = {digest: at for digest, at in known.handled.items() if digest not in old}
        is_new = hint.digest not in hints
        hints = {hint.digest: hint, **hints}
        self._work.calendars = attrs.evolve(known, hints=hints, handled=handled)
        return is_new

    def open_hints(self, provider: str, limit: int) -> tuple[Hint, ...]:
        """Return the hints that nobody has followed yet, oldest first."""
        known = self._work.calendars
        waiting = [
            hint
            for hint in known.hints.values()
            if hint.provider == provider and hint.digest not in known.handled
        ]
        return tuple(sorted(waiting, key=lambda hint: (hint.at, hint.digest))[:limit])

    def settle_hint(self, hint: Hint, at: dt.datetime) -> None:
        """Note that a hint was followed."""
        known = self._work.calendars
        self._work.calendars = attrs.evolve(known, handled={**known.handled, hint.digest: at})

    def _all(self) -> Iterator[SyncRow]:
        return (row for kept in self._work.all() for row in kept.sync.values())


def _in_order(rows: Iterable[SyncRow]) -> tuple[SyncRow, ...]:
    return tuple(sorted(rows, key=lambda row: (row.appointment, row.provider)))

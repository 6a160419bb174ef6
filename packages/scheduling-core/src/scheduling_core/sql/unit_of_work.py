"""One transaction, or one snapshot, over a connection of SQLAlchemy's."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs
import sqlalchemy as sa

from scheduling_core.agenda import TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import Appointment, Status
from scheduling_core.changes import AppointmentChange, Change, LogEntry, ScheduleSet
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import TICK, Interval
from scheduling_core.ports import Answer, Claimed, Host, LostRace
from scheduling_core.sql import at_once, documents, hours, recording, rows, statements
from scheduling_core.sql.outbox import SqlOutbox
from scheduling_core.sql.prepared import Prepared, Row
from scheduling_core.sync import Link, SyncRow

_NONE = dt.timedelta(0)


class SqlUnitOfWork:
    """The ports of a use case over *connection*, inside a transaction that somebody else began and ends.

    So an application can call use cases in a transaction of its own, and all or nothing of both is kept.
    It may be used for as long as that transaction, by one thread, and while it is nobody else writes to its
    tables through the same connection. With *locking* switched off it is for a snapshot, and for reading.

    Every method raises StorageUnavailable where the database cannot answer, and LostRace where another
    transaction came first: then the transaction has to be rolled back, and may be run again.
    """

    def __init__(self, connection: sa.Connection, *, locking: bool = True) -> None:
        self._connection = connection
        self._locking = locking
        self._hosts: dict[HostId, rows.HostRow | None] = {}

    @property
    def outbox(self) -> SqlOutbox:
        """What external calendars have been told."""
        return SqlOutbox(self._connection, locking=self._locking)

    def host(self, host: HostId) -> Host | None:
        """Return the host, or None; take its lock first."""
        row = self._find_host(host)
        if row is None:
            return None
        return Host(row.id, row.version, hours.read_schedule(self._connection, row), row.links)

    def appointment(self, id: AppointmentId) -> Appointment | None:
        """Return the appointment, or None; take the lock of its host first."""
        find = (
            statements.lock_host_of[self._connection.dialect.name]
            if self._locking
            else statements.find_host_of
        )
        found = [rows.host_from_row(row) for row in find.run(self._connection, {"wanted": id})]
        if not found:
            return None
        host = self._hosts[found[0].id] = found[0]
        wanted = {"host_key": host.key, "wanted": id}
        [row] = statements.get_appointment.run(self._connection, wanted)
        return rows.appointment_from_row(row, host.id)

    def appointment_type(self, host: HostId, id: AppointmentTypeId) -> AppointmentType | None:
        """Return one of the host's types, or None; take the lock of the host first."""
        # SQLite locks by writing, and what is written comes back without what stands beside it.
        if host not in self._hosts and not (self._locking and self._connection.dialect.name == "sqlite"):
            return self._find_offer(host, id)
        known = self._find_host(host)
        if known is None:
            return None
        for row in statements.find_type.run(self._connection, {"host_key": known.key, "wanted": id}):
            return rows.type_from_row(row, id)
        return None

    def types(self, host: HostId) -> tuple[AppointmentType, ...]:
        """Return the host's types, in order of id."""
        found = self._of_host(host, statements.find_types)
        return tuple(rows.type_from_row(row, AppointmentTypeId(row.id)) for row in found)

    def claimed(
        self, host: HostId, span: Interval, counted: tuple[AppointmentTypeId, Interval] | None
    ) -> Claimed:
        """Return all that overlaps *span*, and the appointments that are *counted*."""
        known = self._find_host(host)
        if known is None:
            return Claimed()
        reach = known.longest_occupied
        first, last = span.start - reach, span.end + reach
        wanted: dict[str, Any] = {"host_key": known.key, "from_": span.start, "to": span.end}
        find = statements.find_claims
        if counted is not None:
            find = statements.find_claims_and_counted
            counted_type, during = counted
            first, last = min(first, during.start - TICK), max(last, during.end)
            wanted |= {"counted_type": counted_type}
            wanted |= {"counted_from": during.start, "counted_to": during.end}
        found = find.run(self._connection, wanted | {"first": first, "last": last})
        by_kind: dict[str, list[Row]] = {"appointment": [], "time off": [], "busy": []}
        for row in found:
            by_kind[row.kind].append(row)
        return Claimed(
            tuple(rows.appointment_from_row(row, host) for row in by_kind["appointment"]),
            tuple(map(rows.time_off_from_row, by_kind["time off"])),
            tuple(map(rows.busy_from_row, by_kind["busy"])),
        )

    def time_off(self, host: HostId) -> tuple[TimeOff, ...]:
        """Return all time off, in order of start."""
        return tuple(map(rows.time_off_from_row, self._of_host(host, statements.find_time_off)))

    def between(self, host: HostId, window: Interval) -> tuple[Appointment, ...]:
        """Return the appointments in any status that overlap *window*, by start, then id."""
        reach = self._reach(host)
        return self._appointments(
            host,
            statements.find_between,
            from_=window.start,
            to=window.end,
            first=window.start - reach,
            last=window.end,
        )

    def page(
        self,
        host: HostId,
        window: Interval,
        statuses: frozenset[Status],
        after: tuple[dt.datetime, AppointmentId] | None,
        limit: int,
    ) -> tuple[Appointment, ...]:
        """Return the first *limit* of those between in *statuses* that come behind a start and an id."""
        if not statuses:
            return ()
        first = window.start - self._reach(host)
        behind, behind_id = (first, AppointmentId("")) if after is None else after
        return self._appointments(
            host,
            statements.find_page,
            **statements.to_statuses(statuses),
            from_=window.start,
            to=window.end,
            first=max(first, behind - TICK),
            last=window.end,
            after=behind,
            after_id=behind_id,
            most=limit,
        )

    def upcoming(self, host: HostId, now: dt.datetime, limit: int | None) -> tuple[Appointment, ...]:
        """Return the pending and confirmed appointments that end after *now*, by start, then id."""
        wanted: dict[str, Any] = {"from_": now, "first": now - self._reach(host)}
        if limit is None:
            return self._appointments(host, statements.find_upcoming, **wanted)
        return self._appointments(host, statements.find_next, **wanted, most=limit)

    def record(self, change: Change, *deliveries: SyncRow) -> int:
        """Write *change*, its log entry and its *deliveries*; return the host's new version.

        Raises LostRace where the guard refuses an overlap, or the stored version is not the one before.
        """
        known, connection = self._find_host(change.host), self._connection
        if known is None:
            if not isinstance(change, ScheduleSet):
                raise LostRace
            raised = recording.record_change(connection, recording.add_host(connection, change), change)
        elif isinstance(change, AppointmentChange) and connection.dialect.name == "postgresql":
            first, deliveries = deliveries[:1], deliveries[1:]
            raised = at_once.record_at_once(connection, known, change, *first)
        else:
            raised = recording.record_change(connection, known.key, change)
        for row in deliveries:
            self.outbox.put(row)
        self._hosts[raised.id] = raised
        return raised.version

    def set_links(self, host: HostId, links: tuple[Link, ...]) -> None:
        """Keep *links* in place of those that the host has; its version stays as it is."""
        known = self._find_host(host)
        if known is None:
            raise LostRace
        values = {"host_key": known.key, "links": documents.write_links(links)}
        statements.set_links.run(self._connection, values)
        self._hosts[host] = attrs.evolve(known, links=links)

    def busy(self, host: HostId, source: str) -> tuple[Interval, ...]:
        """Return the busy times that were last copied from *source*, in order."""
        found = self._of_host(host, statements.find_busy, of_source=source)
        return tuple(Interval(row.start, row.end) for row in found)

    def history(self, id: AppointmentId) -> tuple[LogEntry, ...]:
        """Return the log entries of one appointment, oldest first."""
        return tuple(map(rows.entry_from_row, statements.find_history.run(self._connection, {"wanted": id})))

    def changes(self, host: HostId, after: int) -> tuple[LogEntry, ...]:
        """Return the host's log entries above version *after*, oldest first."""
        found = self._of_host(host, statements.find_changes, after=after)
        return tuple(map(rows.entry_from_row, found))

    def recall(self, host: HostId, key: str, since: dt.datetime) -> Answer | None:
        """Return what was answered under *key* at *since* or later, or None."""
        for row in self._of_host(host, statements.find_answer, of_key=key, since=since):
            return rows.answer_from_row(row)
        return None

    def remember(self, host: HostId, key: str, answer: Answer, since: dt.datetime) -> None:
        """Keep an answer, and forget the host's answers from before *since*.

        Raises LostRace where the key has an answer already, or the host is not known.
        """
        known = self._find_host(host)
        if known is None:
            raise LostRace
        statements.forget_answers.run(self._connection, {"host_key": known.key, "since": since})
        statements.add_answer.run(self._connection, rows.answer_to_row(known.key, key, answer))

    def _find_host(self, host: HostId) -> rows.HostRow | None:
        if host not in self._hosts:
            find = (
                statements.lock_host[self._connection.dialect.name] if self._locking else statements.find_host
            )
            found = [rows.host_from_row(row) for row in find.run(self._connection, {"wanted": host})]
            self._hosts[host] = found[0] if found else None
        return self._hosts[host]

    def _find_offer(self, host: HostId, id: AppointmentTypeId) -> AppointmentType | None:
        """Return one of the types of a host that is looked up with it."""
        find = statements.lock_offer if self._locking else statements.find_offer
        found = find.run(self._connection, {"wanted": host, "of_type": id})
        self._hosts[host] = rows.host_from_row(found[0]) if found else None
        if not found:
            return None
        if self._locking and found[0].seen_version != found[0].version:
            return self.appointment_type(host, id)  # Somebody changed something while this one waited.
        return None if found[0].terms is None else rows.type_from_row(found[0], id)

    def _of_host(self, host: HostId, statement: Prepared, **wanted: object) -> Sequence[Row]:
        known = self._find_host(host)
        return () if known is None else statement.run(self._connection, {"host_key": known.key, **wanted})

    def _appointments(self, host: HostId, statement: Prepared, **wanted: object) -> tuple[Appointment, ...]:
        found = self._of_host(host, statement, **wanted)
        return tuple(rows.appointment_from_row(row, host) for row in found)

    def _reach(self, host: HostId) -> dt.timedelta:
        known = self._find_host(host)
        return _NONE if known is None else known.longest_occupied

"""The rows of delivery, in the transaction of whatever else is done."""

import datetime as dt
from collections.abc import Mapping
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.sql import sync_rows
from scheduling_core.sql.columns import Identity, Instant
from scheduling_core.sql.prepared import Prepared
from scheduling_core.sql.schema import UNFINISHED, appointment, host, inbound_event, provider, sync
from scheduling_core.sync import Hint, Provider, SyncRow, SyncState

_Insert = TypeVar("_Insert", postgresql.Insert, sqlite.Insert)

_columns = [column for column in sync.c if column.name != "host"]
_rows = sa.select(*_columns, host.c.id.label("host_id")).join_from(sync, host)
_provider = sync.c.provider == sa.bindparam("of_provider", type_=sa.String)
_by_key = (sync.c.appointment, sync.c.provider)


def _both_ways(rows: sa.Select[tuple[object, ...]], *, skip: bool = False) -> dict[bool, Prepared]:
    """Return the statement for a snapshot, and the one that locks what it finds."""
    return {False: Prepared(rows), True: Prepared(rows.with_for_update(of=sync, skip_locked=skip))}


_of_appointment = _both_ways(
    _rows.where(sync.c.appointment == sa.bindparam("wanted", type_=Identity)).order_by(sync.c.provider)
)
_with_uid = _both_ways(_rows.where(_provider, sync.c.remote_uid == sa.bindparam("uid", type_=sa.Text)))
# A row that is pending waits for nothing, whatever the clocks of those who wrote it.
_due = _both_ways(
    _rows.where(
        _provider,
        UNFINISHED,
        sa.or_(sync.c.state == sa.text("'pending'"), sync.c.next_due <= sa.bindparam("now", type_=Instant)),
    )
    .order_by(sync.c.next_due, sync.c.appointment)
    .limit(1),
    skip=True,
)
_of_host = _both_ways(
    _rows.where(
        host.c.id == sa.bindparam("of_host", type_=Identity), sync.c.state != sa.text("'off'")
    ).order_by(*_by_key)
)
_references = Prepared(
    sa.select(sync.c.appointment, sync.c.remote_uid)
    .select_from(sync)
    .join(host)
    .join(appointment, appointment.c.id == sync.c.appointment)
    .where(
        _provider,
        host.c.id == sa.bindparam("of_host", type_=Identity),
        sync.c.state != sa.text("'off'"),
        sync.c.remote_uid.is_not(None),
        appointment.c.host == host.c.key,
        appointment.c.start >= sa.bindparam("first", type_=Instant),
        appointment.c.start < sa.bindparam("last", type_=Instant),
    )
)
_count = Prepared(
    sa.select(sync.c.state, sa.func.count().label("number")).where(_provider).group_by(sync.c.state)
)


def on_conflict(insert: _Insert) -> _Insert:
    """Return what writes a row of delivery in place of the one for the same appointment and provider."""
    changed = {c.name: insert.excluded[c.name] for c in _columns if c not in set(_by_key)}
    return insert.on_conflict_do_update(index_elements=_by_key, set_=changed)


_key_of_host = (
    sa.select(host.c.key).where(host.c.id == sa.bindparam("of_host", type_=Identity)).scalar_subquery()
)
_puts = {
    "postgresql": Prepared(on_conflict(postgresql.insert(sync).values(host=_key_of_host))),
    "sqlite": Prepared(on_conflict(sqlite.insert(sync).values(host=_key_of_host))),
}

_get_provider = Prepared(sa.select(provider).where(provider.c.name == sa.bindparam("wanted")))


def _put_provider(insert: postgresql.Insert | sqlite.Insert) -> Prepared:
    changed = {c.name: insert.excluded[c.name] for c in provider.c if c.name != "name"}
    return Prepared(insert.on_conflict_do_update(index_elements=[provider.c.name], set_=changed))


_put_providers = {
    "postgresql": _put_provider(postgresql.insert(provider)),
    "sqlite": _put_provider(sqlite.insert(provider)),
}
_clock = Prepared(sa.select(sa.type_coerce(sa.func.clock_timestamp(), Instant).label("now")))

_keep_hints = {
    "postgresql": Prepared(
        postgresql.insert(inbound_event).on_conflict_do_nothing().returning(inbound_event.c.digest)
    ),
    "sqlite": Prepared(
        sqlite.insert(inbound_event).on_conflict_do_nothing().returning(inbound_event.c.digest)
    ),
}
_forget_hints = Prepared(
    sa.delete(inbound_event).where(inbound_event.c.handled_at < sa.bindparam("since", type_=Instant))
)
_open_hints = Prepared(
    sa.select(inbound_event)
    .where(
        inbound_event.c.handled_at.is_(None),
        inbound_event.c.provider == sa.bindparam("of_provider", type_=sa.String),
    )
    .order_by(inbound_event.c.received_at, inbound_event.c.digest)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_settle_hint = Prepared(
    sa.update(inbound_event).where(inbound_event.c.digest == sa.bindparam("wanted", type_=sa.String))
)


class SqlOutbox:
    """What external calendars have been told, over one connection."""

    def __init__(self, connection: sa.Connection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking

    def rows(self, appointment: AppointmentId) -> tuple[SyncRow, ...]:
        """Return the rows of one appointment, in order of provider."""
        return self._find(_of_appointment[self._locking], wanted=appointment)

    def row_of(self, provider: str, uid: str) -> SyncRow | None:
        """Return the row whose booking at *provider* has this *uid*, or None."""
        found = self._find(_with_uid[self._locking], of_provider=provider, uid=uid)
        return found[0] if found else None

    def due(self, provider: str, now: dt.datetime) -> SyncRow | None:
        """Return the row that has been due for longest, leaving out those that others have locked."""
        found = self._find(_due[self._locking], of_provider=provider, now=now)
        return found[0] if found else None

    def put(self, row: SyncRow) -> None:
        """Write a row, in place of the one for the same appointment and provider."""
        values = {"of_host": row.host, **sync_rows.sync_to_row(row)}
        _puts[self._connection.dialect.name].run(self._connection, values)

    def of_host(self, host: HostId) -> tuple[SyncRow, ...]:
        """Return the host's rows that are not off, by appointment, then provider."""
        return self._find(_of_host[self._locking], of_host=host)

    def references(self, host: HostId, provider: str, window: Interval) -> Mapping[AppointmentId, str]:
        """Return the uid that *provider* has for each of the host's appointments that starts in *window*."""
        wanted = {"of_host": host, "of_provider": provider, "first": window.start, "last": window.end}
        return {row.appointment: row.remote_uid for row in _references.run(self._connection, wanted)}

    def count(self, provider: str) -> Mapping[SyncState, int]:
        """Return how many rows are in each state."""
        found = _count.run(self._connection, {"of_provider": provider})
        return {SyncState(row.state): row.number for row in found}

    def provider(self, name: str) -> Provider:
        """Return what is known of a provider, also where that is nothing; it is not locked."""
        for row in _get_provider.run(self._connection, {"wanted": name}):
            return sync_rows.provider_from_row(row)
        return Provider(name)

    def put_provider(self, provider: Provider) -> None:
        """Write what is known of a provider."""
        _put_providers[self._connection.dialect.name].run(
            self._connection, sync_rows.provider_to_row(provider)
        )

    def clock(self, now: dt.datetime) -> dt.datetime:
        """Return the clock of the server; SQLite has none but that of the machine, which is *now*."""
        if self._connection.dialect.name == "sqlite":
            return now
        [row] = _clock.run(self._connection, {})
        instant: dt.datetime = row.now
        return instant

    def keep_hint(self, hint: Hint, since: dt.datetime) -> bool:
        """Keep a hint and return True, or False where it is known; forget those handled before *since*."""
        _forget_hints.run(self._connection, {"since": since})
        kept = _keep_hints[self._connection.dialect.name]
        return bool(kept.run(self._connection, sync_rows.hint_to_row(hint)))

    def open_hints(self, provider: str, limit: int) -> tuple[Hint, ...]:
        """Return the hints that nobody has followed yet, oldest first."""
        found = _open_hints.run(self._connection, {"of_provider": provider, "most": limit})
        return tuple(map(sync_rows.hint_from_row, found))

    def settle_hint(self, hint: Hint, at: dt.datetime) -> None:
        """Note that a hint was followed."""
        _settle_hint.run(self._connection, {"wanted": hint.digest, "handled_at": at})

    def _find(self, statement: Prepared, **wanted: object) -> tuple[SyncRow, ...]:
        return tuple(map(sync_rows.sync_from_row, statement.run(self._connection, wanted)))

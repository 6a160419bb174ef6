"""The rows of delivery, in the transaction of whatever else is done."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.sql import rows
from scheduling_core.sql.columns import Identity, Instant
from scheduling_core.sql.prepared import Prepared
from scheduling_core.sql.schema import UNFINISHED, host, sync
from scheduling_core.sync import SyncRow, SyncState

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
_of_host = Prepared(
    _rows.where(
        host.c.id == sa.bindparam("of_host", type_=Identity), sync.c.state != sa.text("'off'")
    ).order_by(*_by_key)
)
_count = Prepared(
    sa.select(sync.c.state, sa.func.count().label("number")).where(_provider).group_by(sync.c.state)
)


def _put(insert: postgresql.Insert | sqlite.Insert) -> Prepared:
    key = sa.select(host.c.key).where(host.c.id == sa.bindparam("of_host", type_=Identity)).scalar_subquery()
    changed = {c.name: insert.excluded[c.name] for c in _columns if c not in set(_by_key)}
    return Prepared(insert.values(host=key).on_conflict_do_update(index_elements=_by_key, set_=changed))


_puts = {"postgresql": _put(postgresql.insert(sync)), "sqlite": _put(sqlite.insert(sync))}


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
        values = {"of_host": row.host, **rows.sync_to_row(row)}
        _puts[self._connection.dialect.name].run(self._connection, values)

    def of_host(self, host: HostId) -> tuple[SyncRow, ...]:
        """Return the host's rows that are not off, by appointment, then provider."""
        return self._find(_of_host, of_host=host)

    def count(self, provider: str) -> Mapping[SyncState, int]:
        """Return how many rows are in each state."""
        found = _count.run(self._connection, {"of_provider": provider})
        return {SyncState(row.state): row.number for row in found}

    def _find(self, statement: Prepared, **wanted: object) -> tuple[SyncRow, ...]:
        return tuple(map(rows.sync_from_row, statement.run(self._connection, wanted)))

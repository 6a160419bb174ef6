"""Recording a change of an appointment with all that hangs on it as one statement.

Every statement is a journey to the server and back. A writing statement inside of another is something that
only PostgreSQL has; SQLite, to which there is no way, takes them apart (see `recording`).
"""

import itertools
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from scheduling_core.changes import AppointmentChange
from scheduling_core.ports import LostRace
from scheduling_core.sql import rows, statements, sync_rows
from scheduling_core.sql.outbox import on_conflict
from scheduling_core.sql.prepared import Prepared
from scheduling_core.sql.recording import erase_if_purged
from scheduling_core.sql.schema import appointment, change_log, host, sync
from scheduling_core.sync import SyncRow


def record_at_once(
    connection: sa.Connection, known: rows.HostRow, change: AppointmentChange, delivery: SyncRow | None = None
) -> rows.HostRow:
    """Write *change*, raise the version of its host, log it, and write its *delivery* if there is one.

    Returns the host as it is now. Raises LostRace where the stored version of the appointment is not the
    one before the change's.
    """
    erase_if_purged(connection, known.key, change)
    appointment = change.appointment
    values = {"host": known.key, "id": appointment.id, **rows.appointment_to_row(appointment)}
    entry = rows.entry_to_row(change)
    told = {} if delivery is None else sync_rows.sync_to_row(delivery)
    found = _STATEMENTS[appointment.version == 1, delivery is not None].run(
        connection,
        {
            "length": appointment.occupied.duration,
            **{f"appointment_{name}": value for name, value in values.items()},
            **{f"entry_{name}": value for name, value in entry.items()},
            **{f"delivery_{name}": value for name, value in told.items()},
        },
    )
    if not found:
        raise LostRace
    return attrs.evolve(known, version=found[0].version, longest_occupied=found[0].longest_occupied)


def _named(table: sa.Table, prefix: str) -> dict[str, sa.ColumnElement[Any]]:
    return {column.name: sa.bindparam(prefix + column.name, type_=column.type) for column in table.c}


def _record(write: sa.Insert | sa.Update, *, told: bool) -> Prepared:
    """Return the statement; nothing is raised, logged or told where *write* finds no row."""
    written = write.returning(appointment.c.host).cte("written")
    raised = (
        statements.raising.where(host.c.key == written.c.host)
        .returning(host.c.key, host.c.version, host.c.longest_occupied)
        .cte("raised")
    )
    entry = _named(change_log, "entry_") | {"host": raised.c.key, "version": raised.c.version}
    logged = sa.insert(change_log).from_select(list(entry), sa.select(*entry.values())).cte("logged")
    recorded = sa.select(raised.c.version, raised.c.longest_occupied).add_cte(logged)
    if told:
        delivery = _named(sync, "delivery_") | {"host": raised.c.key}
        put = postgresql.insert(sync).from_select(list(delivery), sa.select(*delivery.values()))
        if not isinstance(write, sa.Insert):  # Of a new appointment no delivery can be there already.
            put = on_conflict(put)
        recorded = recorded.add_cte(put.cte("told"))
    return Prepared(recorded)


_APPOINTMENT = _named(appointment, "appointment_")
_new = sa.insert(appointment).values(_APPOINTMENT)
_changed = (
    sa.update(appointment)
    .values({name: value for name, value in _APPOINTMENT.items() if name not in {"id", "host"}})
    .where(
        appointment.c.host == sa.bindparam("appointment_host"),
        appointment.c.id == sa.bindparam("appointment_id"),
        appointment.c.version == sa.bindparam("appointment_version") - sa.literal_column("1"),
    )
)
_STATEMENTS = {
    (is_new, told): _record(_new if is_new else _changed, told=told)
    for is_new, told in itertools.product((True, False), repeat=2)
}

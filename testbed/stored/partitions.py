"""The tables in a variant that is partitioned by host, made from the library's own tables.

Every table that names the host is cut into the same number of parts by a hash of the host's key; the tables
of hosts and of their types stay whole. What has to be unique has to name the host then, and so do references
to it. The guard is put up on each part, and is the same in each: all appointments of a host lie in one.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from scheduling_core.sql import guard, metadata
from scheduling_core.sql.schema import appointment, appointment_type

PARTED = [table for table in metadata.sorted_tables if "host" in table.c and table is not appointment_type]

_GUARD = f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{guard.NAME}'"  # noqa: S608  Our own name.
_LOCKED = """
    SELECT DISTINCT inhparent::regclass::text, inhrelid::regclass::text
    FROM pg_locks JOIN pg_inherits ON relation = inhrelid
    WHERE pid = pg_backend_pid() AND locktype = 'relation'
"""


def partition(connection: sa.Connection, parts: int) -> None:
    """Put the variant in place of the tables that `migrate` made, with all that they hold."""
    guarding = connection.exec_driver_sql(_GUARD).scalar_one()
    for table in PARTED:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_whole")
        like = "INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS"
        cut = f"CREATE TABLE {table} (LIKE {table}_whole {like}) PARTITION BY HASH (host)"
        connection.exec_driver_sql(cut)
        for part in range(parts):
            bounds = f"FOR VALUES WITH (MODULUS {parts}, REMAINDER {part})"
            connection.exec_driver_sql(f"CREATE TABLE {table}_{part} PARTITION OF {table} {bounds}")
        _fill(connection, table)
    for table in reversed(PARTED):
        connection.exec_driver_sql(f"DROP TABLE {table}_whole CASCADE")
    for table in PARTED:
        _restore_keys(connection, table)
    for part in range(parts):
        constraint = f"ADD CONSTRAINT {guard.NAME}_{part} {guarding}"
        connection.exec_driver_sql(f"ALTER TABLE {appointment}_{part} {constraint}")


def partitions_locked(connection: sa.Connection) -> dict[str, list[str]]:
    """Return, by table, the parts that the present transaction has touched.

    PostgreSQL locks a table for as long as the transaction lasts before it plans, reads or writes it.
    """
    locked: dict[str, list[str]] = {}
    for table, part in connection.exec_driver_sql(_LOCKED):
        if part.startswith(table):  # And not the indexes, which are inherited as well.
            locked.setdefault(table, []).append(part)
    return locked


def _fill(connection: sa.Connection, table: sa.Table) -> None:
    names = _names(column.name for column in table.c if column.identity is None)
    copy = f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_whole"  # noqa: S608  Our own names.
    connection.exec_driver_sql(copy)


def _restore_keys(connection: sa.Connection, table: sa.Table) -> None:
    """Add keys, indexes and references as they were declared, but with the host in every key."""

    def add(what: str) -> None:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD {what}")

    add(f"PRIMARY KEY ({_keyed(table.primary_key.columns.keys())})")
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            add(f"UNIQUE ({_keyed(constraint.columns.keys())})")
    for index in table.indexes:
        connection.exec_driver_sql(f"CREATE INDEX ON {table} ({_names(index.columns.keys())})")
    for reference in table.foreign_key_constraints:
        other = reference.referred_table
        keyed = _keyed if other in PARTED else _names
        theirs = keyed(element.column.name for element in reference.elements)
        deleted = f" ON DELETE {reference.ondelete}" if reference.ondelete else ""
        add(f"FOREIGN KEY ({keyed(reference.column_keys)}) REFERENCES {other} ({theirs}){deleted}")


def _keyed(columns: Iterable[str]) -> str:
    # The host comes last where it was not part of the key: with the host in front, an index is of little
    # use to statements that know an appointment by its id alone.
    return _names(dict.fromkeys([*columns, "host"]))


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)

"""What keeps two appointments of a host from overlapping, even where our code is bypassed.

On PostgreSQL an exclusion constraint over the host and the occupied interval. A range type of the key,
`[key, key]`, makes equality a matter of overlap, so that no extension is needed. On SQLite two triggers.

The statements stand here once: creating the declared schema runs them, and so does the migration.
"""

import sqlalchemy as sa

from scheduling_core.appointments import HOLDS_TIME, Status

NAME = "scheduling_no_overlap"
"""The name of the constraint, the prefix of the triggers' names, and the message of their refusal."""

HOLDING = "status IN ({})".format(", ".join(f"'{status.value}'" for status in Status if status in HOLDS_TIME))

_POSTGRESQL = (
    f"""
    ALTER TABLE scheduling_appointment ADD CONSTRAINT {NAME} EXCLUDE USING gist (
        int8range(host, host, '[]') WITH &&,
        tstzrange(occupied_start, occupied_end, '[)') WITH &&
    ) WHERE ({HOLDING})
    """,
)

# Of intervals that do not overlap, the one that starts last before the new one's end is also the one that
# ends last: if any overlaps the new one, this one does. So the price does not depend on how many there are.
_SQLITE_REFUSAL = f"""
        SELECT RAISE(ABORT, '{NAME}') WHERE NEW.occupied_start < (
            SELECT occupied_end FROM scheduling_appointment
            WHERE host = NEW.host AND {HOLDING} AND occupied_start < NEW.occupied_end{{others}}
            ORDER BY occupied_start DESC LIMIT 1
        );
"""  # noqa: S608  Nothing in it comes from outside.
_SQLITE = (
    f"""
    CREATE INDEX {NAME}_lookup ON scheduling_appointment (host, occupied_start, occupied_end)
    WHERE {HOLDING}
    """,
    f"""
    CREATE TRIGGER {NAME}_on_insert BEFORE INSERT ON scheduling_appointment
    WHEN NEW.{HOLDING} BEGIN{_SQLITE_REFUSAL.format(others="")}    END
    """,
    f"""
    CREATE TRIGGER {NAME}_on_update
    BEFORE UPDATE OF host, status, occupied_start, occupied_end ON scheduling_appointment
    WHEN NEW.{HOLDING} BEGIN{_SQLITE_REFUSAL.format(others=" AND rowid <> OLD.rowid")}    END
    """,
)

_STATEMENTS = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}


def put_up(connection: sa.Connection) -> None:
    """Put up the guard on a table of appointments that has none."""
    for statement in _STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def attach(table: sa.Table) -> None:
    """Put up the guard whenever *table* is created."""

    def created(_: sa.Table, connection: sa.Connection, **_options: object) -> None:
        put_up(connection)

    sa.event.listen(table, "after_create", created)

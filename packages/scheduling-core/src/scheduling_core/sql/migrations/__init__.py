"""The way of the tables from one version to the next, by Alembic, run from code."""

from importlib import resources

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

VERSION_TABLE = "scheduling_core_version"
NEWEST = "0002"

# Any number that no other user of the database is likely to lock.
_LOCK = 0x5C4ED011


def upgrade(connection: sa.Connection, revision: str = "head") -> None:
    """Bring the tables to *revision*, inside the transaction of *connection*.

    Of several processes that come at once, the first does it and the others find it done: on SQLite the
    transaction itself has to be the only writer from its start.
    """
    _lock(connection)
    command.upgrade(_config(connection), revision)


def downgrade(connection: sa.Connection, revision: str) -> None:
    """Take the tables back to *revision*, or away with `base`."""
    _lock(connection)
    command.downgrade(_config(connection), revision)


def find_revision(connection: sa.Connection) -> str | None:
    """Return the revision of the tables, or None where there are none."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _lock(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        # To build an index over many rows takes longer than any request should.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _config(connection: sa.Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(resources.files(__name__)))
    config.set_main_option("path_separator", "os")
    return config

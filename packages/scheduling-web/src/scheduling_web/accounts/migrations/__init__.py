"""The way of the tables of the service from one version to the next, by Alembic, run from code."""

from importlib import resources

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

VERSION_TABLE = "scheduling_web_version"
NEWEST = "0005"

# Any number that no other user of the database is likely to lock.
_LOCK = 0x5C4ED012


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the tables to *revision*; of several processes that come at once, the first does it.

    The engine is that of the storage, whose transactions are the only writer of SQLite from their start.
    """
    with engine.begin() as connection:
        _lock(connection)
        command.upgrade(_config(connection), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Take the tables back to *revision*, or away with `base`."""
    with engine.begin() as connection:
        _lock(connection)
        command.downgrade(_config(connection), revision)


def find_revision(engine: sa.Engine) -> str | None:
    """Return the revision of the tables, or None where there are none."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision()


def _lock(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _config(connection: sa.Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(resources.files(__name__)))
    config.set_main_option("path_separator", "os")
    return config

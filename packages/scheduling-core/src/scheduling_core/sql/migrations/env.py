"""Alembic runs this file for every command; the connection comes from the caller, in a transaction."""

from alembic import context

from scheduling_core.sql.migrations import VERSION_TABLE
from scheduling_core.sql.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

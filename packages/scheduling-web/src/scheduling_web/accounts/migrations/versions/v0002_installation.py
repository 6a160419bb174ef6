"""The name of this database, by which bookings at Cal.com are known to be ours."""

import sqlalchemy as sa
from alembic import op

from scheduling_core import system

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make up the name, once and for all: it stays with the data, through backups and moves."""
    table = op.create_table(
        "scheduling_web_installation",
        sa.Column(
            "id", sa.String(200), primary_key=True, comment="By what others know this database; one row"
        ),
    )
    op.bulk_insert(table, [{"id": system.new_id()}])


def downgrade() -> None:
    """Take it away: what this database booked at Cal.com is not known for its own any more."""
    op.drop_table("scheduling_web_installation")

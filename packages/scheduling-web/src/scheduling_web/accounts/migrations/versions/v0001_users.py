"""Users."""

import sqlalchemy as sa
from alembic import op

from scheduling_web.accounts.schema import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of users."""
    op.create_table(
        "scheduling_web_user",
        sa.Column("id", sa.String(200), primary_key=True, comment="The id of the host that the user is"),
        sa.Column("username", sa.String(100), nullable=False, comment="As the user wrote it"),
        sa.Column(
            "username_key", sa.String(1000), nullable=False, unique=True, comment="Without case and width"
        ),
        sa.Column("password_hash", sa.String(500), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("scheduling_web_user")

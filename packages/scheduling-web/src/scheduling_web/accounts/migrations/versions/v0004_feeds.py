"""Feed links."""

import sqlalchemy as sa
from alembic import op

from scheduling_web.accounts.schema import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of feed links."""
    op.create_table(
        "scheduling_web_feed",
        sa.Column(
            "user_id",
            sa.String(200),
            sa.ForeignKey("scheduling_web_user.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "digest", sa.String(64), nullable=False, unique=True, comment="SHA-256 of the secret of the link"
        ),
        sa.Column("created_at", Instant, nullable=False),
    )


def downgrade() -> None:
    """Take it away, and all links with it."""
    op.drop_table("scheduling_web_feed")

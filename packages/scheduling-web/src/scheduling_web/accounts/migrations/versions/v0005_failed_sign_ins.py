"""Sign-ins that failed, to be counted across processes."""

import sqlalchemy as sa
from alembic import op

from scheduling_web.accounts.schema import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; its rows count for some minutes."""
    op.create_table(
        "scheduling_web_failed_sign_in",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "account", sa.String(64), nullable=False, comment="A digest of the username, of a user or not"
        ),
        sa.Column("address", sa.String(100), nullable=False, comment="Where it came from"),
        sa.Column("failed_at", Instant, nullable=False),
    )
    op.create_index(
        "scheduling_web_failed_sign_in_account", "scheduling_web_failed_sign_in", ["account", "failed_at"]
    )
    op.create_index(
        "scheduling_web_failed_sign_in_address", "scheduling_web_failed_sign_in", ["address", "failed_at"]
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("scheduling_web_failed_sign_in")

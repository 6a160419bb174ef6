"""Sessions, and users who may not sign in any more."""

import sqlalchemy as sa
from alembic import op

from scheduling_web.accounts.schema import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of sessions; whoever is signed in signs in again."""
    op.add_column(
        "scheduling_web_user",
        sa.Column(
            "epoch",
            sa.Integer,
            nullable=False,
            server_default="0",
            comment="Ends all sessions when it is raised",
        ),
    )
    op.add_column(
        "scheduling_web_user",
        sa.Column("disabled_at", Instant, comment="Since when the user may not sign in"),
    )
    op.create_table(
        "scheduling_web_session",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(200),
            sa.ForeignKey("scheduling_web_user.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column(
            "epoch", sa.Integer, nullable=False, comment="That of the user; of an earlier one, it has ended"
        ),
        sa.Column("generation", sa.Integer, nullable=False, comment="How often it was renewed"),
        sa.Column("renewed_at", Instant, nullable=False),
        sa.Column("ends_at", Instant, nullable=False, comment="When it ends, however often it is renewed"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("scheduling_web_session")
    op.drop_column("scheduling_web_user", "disabled_at")
    op.drop_column("scheduling_web_user", "epoch")

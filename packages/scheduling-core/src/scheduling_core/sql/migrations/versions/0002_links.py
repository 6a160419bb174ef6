"""Ties to external calendars, and the rows of delivery as the relay needs them."""

import sqlalchemy as sa
from alembic import op

from scheduling_core.sql.columns import Document, Identity, Instant, Key

revision = "0002"
down_revision = "0001"

_UNFINISHED = sa.text("state IN ('pending', 'in_flight', 'unknown', 'retry_wait')")


def upgrade() -> None:
    """Add the ties; make the table of deliveries anew, into which nothing has ever written."""
    op.add_column("scheduling_host", sa.Column("links", Document))
    op.drop_table("scheduling_sync")
    op.create_table(
        "scheduling_sync",
        sa.Column("appointment", Identity, sa.ForeignKey("scheduling_appointment.id"), primary_key=True),
        sa.Column("provider", sa.String(40), primary_key=True),
        sa.Column("host", Key, sa.ForeignKey("scheduling_host.key"), nullable=False),
        sa.Column("desired_version", sa.BigInteger, nullable=False),
        sa.Column("synced_version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("next_due", Instant),
        sa.Column("must_observe", sa.Boolean, nullable=False),
        sa.Column("remote_uid", sa.Text),
        sa.Column("remote_start", Instant),
        sa.Column("remote_end", Instant),
        sa.Column("remote_is_active", sa.Boolean),
        sa.Column("is_replaced", sa.Boolean, nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("flips", sa.Integer, nullable=False),
        sa.Column("flips_since", Instant),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("first_failed_at", Instant),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("last_error_at", Instant),
    )
    op.create_index(None, "scheduling_sync", ["host"])
    op.create_index(
        None,
        "scheduling_sync",
        ["provider", "next_due"],
        postgresql_where=_UNFINISHED,
        sqlite_where=_UNFINISHED,
    )
    op.create_index(None, "scheduling_sync", ["provider", "remote_uid"])
    op.create_table(
        "scheduling_provider",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("paused_until", Instant),
        sa.Column("alert", sa.Text),
        sa.Column("swept_until", Instant),
    )


def downgrade() -> None:
    """Forget all ties and deliveries."""
    op.drop_table("scheduling_provider")
    op.drop_table("scheduling_sync")
    op.create_table(
        "scheduling_sync",
        sa.Column("appointment", Identity, sa.ForeignKey("scheduling_appointment.id"), primary_key=True),
        sa.Column("provider", sa.String(40), primary_key=True),
        sa.Column("host", Key, sa.ForeignKey("scheduling_host.key"), nullable=False),
        sa.Column("desired_version", sa.BigInteger, nullable=False),
        sa.Column("synced_version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("must_observe", sa.Boolean, nullable=False),
        sa.Column("remote_uid", sa.Text),
        sa.Column("remote_fingerprint", sa.Text),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("first_failed_at", Instant),
        sa.Column("next_due", Instant),
        sa.Column("lease_until", Instant),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("last_error_at", Instant),
    )
    op.create_index(None, "scheduling_sync", ["host"])
    op.create_index(None, "scheduling_sync", ["state", "next_due"])
    op.create_index(None, "scheduling_sync", ["remote_uid"])
    op.drop_column("scheduling_host", "links")

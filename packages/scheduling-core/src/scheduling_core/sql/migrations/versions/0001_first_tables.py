"""The first tables."""

import sqlalchemy as sa
from alembic import op

from scheduling_core.sql import guard
from scheduling_core.sql.columns import Document, Identity, Instant, Key, Length

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "scheduling_host",
        sa.Column("key", Key, sa.Identity(), primary_key=True),
        sa.Column("id", Identity, nullable=False, unique=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("timezone", sa.String(100), nullable=False),
        sa.Column("schedule_digest", sa.String(64), nullable=False),
        sa.Column("longest_occupied", Length, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_table(
        "scheduling_availability_rule",
        sa.Column("id", Key, sa.Identity(), primary_key=True),
        _host(),
        sa.Column("day_of_week", sa.SmallInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("start_time", sa.Time, nullable=False),
        sa.Column("end_time", sa.Time, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("host", "day_of_week", "position"),
        sa.CheckConstraint("day_of_week BETWEEN 0 AND 6", name="weekday"),
    )
    op.create_table(
        "scheduling_date_override",
        _host(part_of_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_table(
        "scheduling_date_override_hours",
        sa.Column("host", Key, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("start_time", sa.Time, nullable=False),
        sa.Column("end_time", sa.Time, nullable=False),
        sa.ForeignKeyConstraint(
            ["host", "day"],
            ["scheduling_date_override.host", "scheduling_date_override.day"],
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "scheduling_time_off",
        sa.Column("id", Key, sa.Identity(), primary_key=True),
        _host(),
        sa.Column("start", Instant, nullable=False),
        sa.Column("end", Instant, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_index(None, "scheduling_time_off", ["host", "end"])
    op.create_table(
        "scheduling_busy_interval",
        sa.Column("id", Key, sa.Identity(), primary_key=True),
        _host(),
        sa.Column("start", Instant, nullable=False),
        sa.Column("end", Instant, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("as_of", Instant),
    )
    op.create_index(None, "scheduling_busy_interval", ["host", "end"])
    op.create_table(
        "scheduling_appointment_type",
        _host(part_of_key=True),
        sa.Column("id", Identity, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("requires_confirmation", sa.Boolean, nullable=False),
        sa.Column("terms", Document, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
    )
    op.create_table(
        "scheduling_appointment",
        sa.Column("id", Identity, primary_key=True),
        _host(),
        sa.Column("type", Identity, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("customer_email", sa.Text),
        sa.Column("customer_phone", sa.Text),
        sa.Column("start", Instant, nullable=False),
        sa.Column("end", Instant, nullable=False),
        sa.Column("occupied_start", Instant, nullable=False),
        sa.Column("occupied_end", Instant, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("timezone", sa.String(100), nullable=False),
        sa.Column("local_start", sa.DateTime, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("metadata", Document, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.CheckConstraint(
            'occupied_start <= start AND start < "end" AND "end" <= occupied_end', name="order"
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'confirmed', 'declined', 'cancelled', 'completed', 'no_show')",
            name="status",
        ),
        sa.CheckConstraint(
            "typeof(occupied_start) = 'integer' AND typeof(occupied_end) = 'integer'", name="instants"
        ).ddl_if(dialect="sqlite"),
    )
    op.create_index(None, "scheduling_appointment", ["host", "start"])
    guard.put_up(op.get_bind())
    op.create_table(
        "scheduling_change_log",
        _host(part_of_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("appointment", Identity),
        sa.Column("payload", Document, nullable=False),
    )
    op.create_index(None, "scheduling_change_log", ["appointment", "version"])
    op.create_table(
        "scheduling_idempotency",
        _host(part_of_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("appointment", Identity, nullable=False),
        sa.Column("answer", Document, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index(None, "scheduling_idempotency", ["host", "at"])
    op.create_table(
        "scheduling_sync",
        sa.Column("appointment", Identity, sa.ForeignKey("scheduling_appointment.id"), primary_key=True),
        sa.Column("provider", sa.String(40), primary_key=True),
        _host(),
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
    op.create_table(
        "scheduling_inbound_event",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("trigger", sa.Text, nullable=False),
        sa.Column("remote_uid", sa.Text),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("handled_at", Instant),
    )
    op.create_index(None, "scheduling_inbound_event", ["handled_at", "received_at"])


def downgrade() -> None:
    """Remove them, and all that they hold."""
    for table in (
        "scheduling_inbound_event",
        "scheduling_sync",
        "scheduling_idempotency",
        "scheduling_change_log",
        "scheduling_appointment",
        "scheduling_appointment_type",
        "scheduling_busy_interval",
        "scheduling_time_off",
        "scheduling_date_override_hours",
        "scheduling_date_override",
        "scheduling_availability_rule",
        "scheduling_host",
    ):
        op.drop_table(table)


def _host(*, part_of_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "host", Key, sa.ForeignKey("scheduling_host.key"), primary_key=part_of_key, nullable=False
    )

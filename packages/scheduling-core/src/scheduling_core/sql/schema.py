"""The tables. Every one but those of webhooks and migrations names the host, by its internal key.

Hours are kept as they were written: their *position* is their place among the ranges of the same day, and
an end at 00:00 is the end of the day.

What can be asked of the database by others stands in columns. What is only ever read and written whole is
one JSON document: the lengths and the policy of an appointment type, which grow with the library and would
otherwise change the schema with every new rule; the changes of the log; the stored answers.
"""

import sqlalchemy as sa

from scheduling_core.appointments import Status
from scheduling_core.sql import guard
from scheduling_core.sql.columns import Document, Identity, Instant, Key, Length
from scheduling_core.sync import OPEN, SyncState

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


# Nearly all rows are synced; those that are not are what a relay asks for, all the time.
UNFINISHED = sa.text("state IN ({})".format(", ".join(f"'{s.value}'" for s in SyncState if s in OPEN)))


def _host(*, part_of_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "host", Key, sa.ForeignKey("scheduling_host.key"), primary_key=part_of_key, nullable=False
    )


host = sa.Table(
    "scheduling_host",
    metadata,
    sa.Column("key", Key, sa.Identity(), primary_key=True),
    sa.Column("id", Identity, nullable=False, unique=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("timezone", sa.String(100), nullable=False),
    # The fingerprint of zone and hours together: hours that were read once need not be read again.
    sa.Column("schedule_digest", sa.String(64), nullable=False),
    # No occupied interval of the host is longer: an index on starts can be asked about overlaps.
    sa.Column("longest_occupied", Length, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    # Beside the version and under the same lock: whoever books must not miss a tie that was just made.
    sa.Column("links", Document),
)

availability_rule = sa.Table(
    "scheduling_availability_rule",
    metadata,
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

date_override = sa.Table(
    "scheduling_date_override",
    metadata,
    _host(part_of_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
)

date_override_hours = sa.Table(
    "scheduling_date_override_hours",
    metadata,
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

time_off = sa.Table(
    "scheduling_time_off",
    metadata,
    sa.Column("id", Key, sa.Identity(), primary_key=True),
    _host(),
    sa.Column("start", Instant, nullable=False),
    sa.Column("end", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index(None, "host", "end"),
)

busy_interval = sa.Table(
    "scheduling_busy_interval",
    metadata,
    sa.Column("id", Key, sa.Identity(), primary_key=True),
    _host(),
    sa.Column("start", Instant, nullable=False),
    sa.Column("end", Instant, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("as_of", Instant),
    sa.Index(None, "host", "end"),
)

appointment_type = sa.Table(
    "scheduling_appointment_type",
    metadata,
    _host(part_of_key=True),
    sa.Column("id", Identity, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("requires_confirmation", sa.Boolean, nullable=False),
    sa.Column("terms", Document, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

appointment = sa.Table(
    "scheduling_appointment",
    metadata,
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
    sa.CheckConstraint('occupied_start <= start AND start < "end" AND "end" <= occupied_end', name="order"),
    sa.CheckConstraint(
        "status IN ({})".format(", ".join(f"'{status.value}'" for status in Status)), name="status"
    ),
    # Otherwise a text could pass the guard, because SQLite sorts every text after every number.
    sa.CheckConstraint(
        "typeof(occupied_start) = 'integer' AND typeof(occupied_end) = 'integer'", name="instants"
    ).ddl_if(dialect="sqlite"),
    sa.Index(None, "host", "start"),
)
guard.attach(appointment)

change_log = sa.Table(
    "scheduling_change_log",
    metadata,
    _host(part_of_key=True),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("appointment", Identity),
    sa.Column("payload", Document, nullable=False),
    sa.Index(None, "appointment", "version"),
)

idempotency = sa.Table(
    "scheduling_idempotency",
    metadata,
    _host(part_of_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("appointment", Identity, nullable=False),
    sa.Column("answer", Document, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "host", "at"),
)

# What an external calendar has to be told, one row for each appointment and provider. It is written in the
# transaction of the change itself, for hosts that are linked to a provider.
sync = sa.Table(
    "scheduling_sync",
    metadata,
    sa.Column("appointment", Identity, sa.ForeignKey("scheduling_appointment.id"), primary_key=True),
    sa.Column("provider", sa.String(40), primary_key=True),
    _host(),
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
    sa.Index(None, "host"),
    sa.Index(None, "provider", "next_due", postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
    sa.Index(None, "provider", "remote_uid"),
)

provider = sa.Table(
    "scheduling_provider",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("paused_until", Instant),
    sa.Column("alert", sa.Text),
    sa.Column("swept_until", Instant),
)

# The digests of the webhooks that came in, so that a repeated one is recognised.
inbound_event = sa.Table(
    "scheduling_inbound_event",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("remote_uid", sa.Text),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("handled_at", Instant),
    sa.Index(None, "handled_at", "received_at"),
)

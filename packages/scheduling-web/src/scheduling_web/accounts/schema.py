"""The tables of the service itself; those of the library are the library's own."""

import datetime as dt

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, Index, Integer, MetaData, String, Table
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[dt.datetime]):
    """An aware datetime, in UTC. SQLite knows no zones, so what comes from there is given its own back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002  The same on all.
        """Return what goes into the database."""
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002  As above.
        """Return what comes from the database."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or dt.UTC)


metadata = MetaData()

users = Table(
    "scheduling_web_user",
    metadata,
    Column("id", String(200), primary_key=True, comment="The id of the host that the user is"),
    Column("username", String(100), nullable=False, comment="As the user wrote it"),
    Column("username_key", String(1000), nullable=False, unique=True, comment="Without case and width"),
    Column("password_hash", String(500), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column(
        "epoch", Integer, nullable=False, server_default="0", comment="Ends all sessions when it is raised"
    ),
    Column("disabled_at", Instant, comment="Since when the user may not sign in"),
)

sessions = Table(
    "scheduling_web_session",
    metadata,
    Column("id", String(36), primary_key=True),
    Column(
        "user_id",
        ForeignKey("scheduling_web_user.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("epoch", Integer, nullable=False, comment="That of the user; of an earlier one, it has ended"),
    Column("generation", Integer, nullable=False, comment="How often it was renewed"),
    Column("renewed_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, comment="When it ends, however often it is renewed"),
)

feeds = Table(
    "scheduling_web_feed",
    metadata,
    Column("user_id", ForeignKey("scheduling_web_user.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True, comment="SHA-256 of the secret of the link"),
    Column("created_at", Instant, nullable=False),
)

failed_sign_ins = Table(
    "scheduling_web_failed_sign_in",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("account", String(64), nullable=False, comment="A digest of the username, of a user or not"),
    Column("address", String(100), nullable=False, comment="Where it came from"),
    Column("failed_at", Instant, nullable=False),
    Index("scheduling_web_failed_sign_in_account", "account", "failed_at"),
    Index("scheduling_web_failed_sign_in_address", "address", "failed_at"),
)

installation = Table(
    "scheduling_web_installation",
    metadata,
    Column("id", String(200), primary_key=True, comment="By what others know this database; one row"),
)

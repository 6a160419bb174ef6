"""The column types that the databases do not have in common."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta.resolution


class Instant(sa.TypeDecorator[dt.datetime]):
    """An instant: `timestamptz` on PostgreSQL, whole microseconds since 1970 on SQLite.

    SQLite has no type of its own for instants. Numbers compare as the instants do and keep every
    microsecond, and the schema can refuse whatever is no number; of two texts in different notations
    nobody could tell the order.
    """

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Choose the database's own type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[dt.datetime | None], Any]:
        """Refuse a naive datetime, and write any other."""
        return _to_microseconds if dialect.name == "sqlite" else _to_aware

    def result_processor(self, dialect: sa.Dialect, _: object) -> Callable[[Any], dt.datetime | None]:
        """Read an instant in UTC."""
        return _from_microseconds if dialect.name == "sqlite" else _to_utc


def _to_aware(value: dt.datetime | None) -> dt.datetime | None:
    if value is not None and value.tzinfo is None:
        raise TypeError("an instant must have a time zone")
    return value


def _to_utc(value: dt.datetime | None) -> dt.datetime | None:
    return value if value is None or value.tzinfo is dt.UTC else value.astimezone(dt.UTC)


def _to_microseconds(value: dt.datetime | None) -> int | None:
    aware = _to_aware(value)
    return None if aware is None else (aware - _EPOCH) // _MICROSECOND


def _from_microseconds(value: int | None) -> dt.datetime | None:
    return None if value is None else _EPOCH + dt.timedelta(microseconds=value)


class Length(sa.TypeDecorator[dt.timedelta]):
    """A length of time in whole microseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.timedelta | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002  The same on both.
        """Write a length."""
        return None if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> dt.timedelta | None:  # noqa: ARG002  As above.
        """Read a length."""
        return None if value is None else dt.timedelta(microseconds=value)


Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A number that the database gives out; SQLite does so for a plain INTEGER only."""

Identity = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
"""An id, which compares by its characters whatever the language of the database."""

Document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
"""What is written and read whole, as JSON."""

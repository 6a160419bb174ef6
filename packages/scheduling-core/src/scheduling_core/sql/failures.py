"""What a database's refusal means to us. No exception of a driver gets past this module."""

import datetime as dt
import sqlite3

import sqlalchemy as sa

from scheduling_core.errors import StorageUnavailable
from scheduling_core.ports import LostRace

SOON = dt.timedelta(seconds=1)
"""After a busy or restarting database."""
LATER = dt.timedelta(seconds=30)
"""After a full disk, which somebody has to clear."""

# Exclusion, uniqueness and foreign keys: another transaction wrote first, whatever we believed before.
# Serialization and deadlock: the database asks for another try in so many words.
_LOST_RACES = frozenset({"23P01", "23505", "23503", "40001", "40P01"})
# The connection is gone or about to go, at the server's wish or because of the network.
_CUT_OFF = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03"})
_CUT_OFF_CLASS = "08"
_FULL = "53100"
_NO_TABLE, _NO_COLUMN = "42P01", "42703"

_SQLITE_LOST_RACES = frozenset(
    {
        sqlite3.SQLITE_BUSY_SNAPSHOT,
        sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_TRIGGER,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    }
)


class ConnectionLost(StorageUnavailable):
    """The connection broke before the end of the transaction, so that nothing of it was kept."""


class TablesMissing(StorageUnavailable):
    """The tables are not there, or of another version; no repetition will change that."""

    def __str__(self) -> str:
        return "the tables are missing or of another version: migrate the storage"


class translated:  # noqa: N801  It is used like a function, around every statement.
    """Raises LostRace or StorageUnavailable in place of whatever the database raises.

    A class and no generator, which would take ten times as long to go in and out of.
    """

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Translate what was raised."""
        if isinstance(error, sa.exc.SQLAlchemyError):
            raise translate(error) from error


def translate(error: sa.exc.SQLAlchemyError) -> LostRace | StorageUnavailable:
    """Return what *error* means: a race or a connection lost, missing tables, or a storage unavailable."""
    if not isinstance(error, sa.exc.DBAPIError):
        return StorageUnavailable(SOON)
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _translate_sqlite(cause, getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR))
    state = getattr(cause, "sqlstate", None) or ""
    if state in _LOST_RACES:
        return LostRace()
    if error.connection_invalidated or state in _CUT_OFF or state.startswith(_CUT_OFF_CLASS):
        return ConnectionLost(SOON)
    if state in {_NO_TABLE, _NO_COLUMN}:
        return TablesMissing(LATER)
    return StorageUnavailable(LATER if state == _FULL else SOON)


def _translate_sqlite(error: sqlite3.Error, code: int) -> LostRace | StorageUnavailable:
    if code in _SQLITE_LOST_RACES:
        return LostRace()
    # SQLite has no code for it, only words.
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(("no such table", "no such column")):
        return TablesMissing(LATER)
    return StorageUnavailable(LATER if code == sqlite3.SQLITE_FULL else SOON)

"""How the databases are connected to, and what is set on every connection."""

import datetime as dt
import sqlite3
import time
from typing import Any

import attrs
import sqlalchemy as sa

from scheduling_core.errors import InvalidValue

_READING = "scheduling_reading"
_MILLISECOND = dt.timedelta(milliseconds=1)
_PAUSE = 0.005
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
}
_SQLITE_OF_EVENT_LOOPS = "sqlite+aiosqlite"
_DRIVERS_OF_EVENT_LOOPS = {
    **{name: _SQLITE_OF_EVENT_LOOPS if "sqlite" in name else driver for name, driver in _DRIVERS.items()},
    _SQLITE_OF_EVENT_LOOPS: _SQLITE_OF_EVENT_LOOPS,
}


@attrs.frozen(kw_only=True)
class Timeouts:
    """How long a call waits: for the server, for a connection of the pool, for a lock, for a statement."""

    connect: dt.timedelta = dt.timedelta(seconds=5)
    pool: dt.timedelta = dt.timedelta(seconds=5)
    lock: dt.timedelta = dt.timedelta(seconds=5)
    statement: dt.timedelta = dt.timedelta(seconds=10)


def read_url(url: str | sa.URL, *, in_event_loop: bool = False) -> sa.URL:
    """Return *url* with its driver named, which is one for threads or one for an event loop.

    Raises InvalidValue for any other address and driver. It does not show the address, for its password.
    """
    drivers = _DRIVERS_OF_EVENT_LOOPS if in_event_loop else _DRIVERS
    try:
        address = sa.make_url(url)
        return address.set(drivername=drivers[address.drivername])
    except (sa.exc.ArgumentError, KeyError):
        rule = "must be the address of a SQLite or PostgreSQL database"
        raise InvalidValue("url", rule) from None


def engine_options(url: sa.URL, pool_size: int, timeouts: Timeouts) -> dict[str, Any]:
    """Return what a synchronous and an asynchronous engine are made with alike."""
    options: dict[str, Any] = {
        # Parameters hold customers' names, and would stand in every error of the driver.
        "hide_parameters": True,
        "max_overflow": 0,
        "pool_size": pool_size,
        "pool_timeout": timeouts.pool.total_seconds(),
        # The one that was used last has everything at hand, here and in the server; in turn, all grow cold.
        "pool_use_lifo": True,
    }
    if url.get_backend_name() == "postgresql":
        settings = {
            "timezone": "UTC",
            "statement_timeout": timeouts.statement // _MILLISECOND,
            "lock_timeout": timeouts.lock // _MILLISECOND,
            "idle_in_transaction_session_timeout": 4 * timeouts.statement // _MILLISECOND,
        }
        given = url.query.get("options", "")
        words = [f"-c {name}={value}" for name, value in settings.items()]
        words += [given] if isinstance(given, str) else given
        options["connect_args"] = {
            "options": " ".join(words).strip(),
            "connect_timeout": timeouts.connect // dt.timedelta(seconds=1),
        }
        options["isolation_level"] = "READ COMMITTED"
        return options
    # The driver is to leave the transactions to us: by default it begins one at the first write, when
    # all that the decision rests on has already been read outside of it.
    options["connect_args"] = {"isolation_level": None, "check_same_thread": False}
    if _is_in_memory(url):
        # The database lives and dies with its connection. There is one, which the pool never gives to
        # two threads at once, and never closes.
        options["pool_size"] = 1
    return options


def _is_in_memory(url: sa.URL) -> bool:
    return url.database in {None, "", ":memory:"} or url.query.get("mode") == "memory"


def has_one_writer(engine: sa.Engine) -> bool:
    """Return whether one transaction at a time can write, whoever's agenda it is about.

    SQLite lets the others ask again and again, and some never get through. Those of one process can wait
    for each other instead, which is fair, and they hold no connection while they do.
    """
    return engine.dialect.name == "sqlite"


def prepare(engine: sa.Engine, timeouts: Timeouts) -> sa.Engine:
    """Set up every connection of *engine*, and return the engine of its snapshots."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    timeout = timeouts.lock // _MILLISECOND

    def connected(connection: Any, _: object) -> None:  # noqa: ANN401  A driver's connection.
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {timeout}")
        _write_ahead(cursor, timeouts.lock)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    def began(connection: sa.Connection) -> None:
        # The write lock is taken at once: of two transactions that read first and write later, both
        # would have read the same free time.
        reading = connection.get_execution_options().get(_READING, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", began)
    return engine.execution_options(**{_READING: True})


def _write_ahead(cursor: Any, patience: dt.timedelta) -> None:  # noqa: ANN401  A driver's cursor.
    """Have the database written ahead, which stays so once it is.

    Where several open a new file at a time, SQLite refuses all but one without a wait, whatever it was told.
    """
    ends = time.monotonic() + patience.total_seconds()
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= ends:
                raise
            time.sleep(_PAUSE)
        else:
            return

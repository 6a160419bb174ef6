"""Filling the tables by the hundred thousand, with rows like those that the library writes.

One appointment is booked through the library; all others are copies of its rows, made inside the database,
with another host, id and time. They are added in the order of time, as a table grows that is in use, so that
those of one host lie all over it. The guard is put up when all are there: it is the same guard, it examines
every row, and so it takes a fraction of the time.
"""

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    HostId,
    Interval,
    Schedule,
    Scheduler,
    TimeOff,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.sql import SqlStorage, guard
from scheduling_core.sql.schema import (
    appointment,
    appointment_type,
    availability_rule,
    busy_interval,
    change_log,
    host,
    idempotency,
    time_off,
)
from scheduling_core.testing import ManualClock

PATTERN, TYPE = HostId("pattern"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
HORIZON = 1_400
"""Days from NOW in which nothing is booked, however many appointments lie before and after."""

Report = Callable[[str, int, int], None]
"""Is told what is being done, how many appointments there are so far, and of how many."""

_BATCH, _SOME = 100_000, 20
# An id of 36 characters, in the order in which the appointments are added.
_ID = "'00000000-0000-7000-8000-' || lpad(to_hex({}), 12, '0')"
_BEFORE = f"timestamptz '{NOW.isoformat()}' - interval '1 day' - (number / 2) * interval '1 hour'"
_AFTER = f"timestamptz '{NOW.isoformat()}' + ({HORIZON + 30} * 24 + number / 2) * interval '1 hour'"
_OF_PATTERN = "pattern.host = (SELECT key FROM scheduling_host WHERE id = 'pattern')"
_START = f"CASE mod(number, 2) WHEN 0 THEN {_BEFORE} ELSE {_AFTER} END"


def host_named(number: int) -> HostId:
    """Return the id of one of the hosts, which are numbered from 1."""
    return HostId(f"host-{number}")


def fill(
    storage: SqlStorage,
    *,
    hosts: int,
    each: int,
    busy: int = 0,
    report: Report = lambda _, __, ___: None,
) -> None:
    """Make so many *hosts* with so many appointments *each*, and one, the first, with *busy* instead.

    Half of them lie before NOW, half after the HORIZON. The storage is an empty database of PostgreSQL.
    """
    storage.migrate()
    _write_pattern(storage)
    total = hosts * each + max(0, busy - each)
    steps = max(1, _BATCH // hosts)
    with storage.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        connection.exec_driver_sql(f"ALTER TABLE {appointment} DROP CONSTRAINT {guard.NAME}")
        connection.exec_driver_sql(_host_copies(hosts))
        _add_surroundings(connection)
        done = 0
        for first in range(0, each, steps):
            last = min(first + steps, each) - 1
            done += _add(connection, first, last, "host.id <> 'pattern'")
            report("adding appointments", done, total)
        for first in range(each, busy, _BATCH):
            done += _add(connection, first, min(first + _BATCH, busy) - 1, "host.id = 'host-1'")
            report("adding appointments", done, total)
        report("putting up the guard", total, total)
        guard.put_up(connection)
    report("clearing up", total, total)
    with storage.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
        connection.exec_driver_sql("RESET statement_timeout")


def _write_pattern(storage: SqlStorage) -> None:
    scheduler = Scheduler(storage, clock=ManualClock(NOW))
    all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
    scheduler.set_schedule(PATTERN, Schedule("UTC", all_day))
    scheduler.add_type(PATTERN, AppointmentType(TYPE, "Visit", policy=BookingPolicy(horizon_days=HORIZON)))
    scheduler.add_time_off(PATTERN, TimeOff(Interval.of(NOW - dt.timedelta(days=1), dt.timedelta(hours=1))))
    request = BookingRequest(PATTERN, TYPE, NOW, "Ann Other", notes="The first visit.")
    scheduler.book(request, idempotency_key="0")


def _host_copies(hosts: int) -> str:
    ids = {"id": "'host-' || number"}
    return _copies(host, ids, f"generate_series(1, {hosts}) AS number", "pattern.id = 'pattern'")


def _add_surroundings(connection: sa.Connection) -> None:
    """Give every host hours, a type, and a past of absences and answers."""
    others = f"(SELECT key FROM {host} WHERE id <> 'pattern') AS host"  # noqa: S608  All of it is ours.
    for table in (availability_rule, appointment_type):
        connection.exec_driver_sql(_copies(table, {"host": "host.key"}, others))
    some = f"{others}, generate_series(1, {_SOME}) AS number"
    over = {name: f"pattern.\"{name}\" - number * interval '1 day'" for name in ("start", "end")}
    connection.exec_driver_sql(_copies(time_off, {"host": "host.key", **over}, some))
    connection.exec_driver_sql(_copies(idempotency, {"host": "host.key", "key": "number::text"}, some))
    claimed = f'SELECT host, start, "end", reason FROM {time_off}'  # noqa: S608  As above.
    connection.exec_driver_sql(f'INSERT INTO {busy_interval} (host, start, "end", source) {claimed}')


def _copies(table: sa.Table, values: Mapping[str, str], source: str, condition: str = _OF_PATTERN) -> str:
    """Return the statement that copies the pattern's row of *table*, with other *values*."""
    columns = [column.name for column in table.c if column.name in values or column.identity is None]
    names = ", ".join(f'"{name}"' for name in columns)
    written = ", ".join(values.get(name, f'pattern."{name}"') for name in columns)
    copied = f"SELECT {written} FROM {table} AS pattern, {source} WHERE {condition}"  # noqa: S608  As above.
    return f"INSERT INTO {table} ({names}) {copied}"


def _add(connection: sa.Connection, first: int, last: int, wanted: str) -> int:
    """Add the appointments of these numbers to the wanted hosts, with their log; return how many."""
    source = f"""
        (SELECT key, id, number, {_START} AS start
         FROM generate_series({first}, {last}) AS number, scheduling_host AS host
         WHERE {wanted} ORDER BY number, key) AS host
    """  # noqa: S608  All of it is written here.
    identity = _ID.format("(number::bigint << 20) + host.key")
    end = "host.start + (pattern.occupied_end - pattern.occupied_start)"
    values = {
        "id": identity,
        "host": "host.key",
        "start": "host.start",
        "end": end,
        "occupied_start": "host.start",
        "occupied_end": end,
        "local_start": "timezone('UTC', host.start)",
    }
    connection.exec_driver_sql(_copies(appointment, values, source))
    values = {"host": "host.key", "version": "pattern.version + 1 + number", "appointment": identity}
    entry = connection.exec_driver_sql(
        _copies(change_log, values, source, f"{_OF_PATTERN} AND pattern.kind = 'booked'")
    )
    connection.exec_driver_sql(
        f"UPDATE scheduling_host AS host SET version = host.version + {last - first + 1} WHERE {wanted}"  # noqa: S608
    )
    return entry.rowcount

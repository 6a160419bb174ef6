"""Reading and writing the hours of a host, which lie in three tables."""

import datetime as dt

import sqlalchemy as sa

from scheduling_core.local_time import find_zone
from scheduling_core.schedules import Schedule
from scheduling_core.sql import offers, rows
from scheduling_core.sql.prepared import Prepared
from scheduling_core.sql.schema import availability_rule, date_override, date_override_hours

_key = sa.bindparam("host_key", type_=availability_rule.c.host.type)

_find_rules = Prepared(
    sa.select(
        availability_rule.c.day_of_week,
        availability_rule.c.start_time,
        availability_rule.c.end_time,
    )
    .where(availability_rule.c.host == _key)
    .order_by(availability_rule.c.day_of_week, availability_rule.c.position)
)
_find_overrides = Prepared(
    sa.select(date_override.c.day, date_override_hours.c.start_time, date_override_hours.c.end_time)
    .select_from(date_override.outerjoin(date_override_hours))
    .where(date_override.c.host == _key)
    .order_by(date_override.c.day, date_override_hours.c.position)
)
_remove_rules = Prepared(sa.delete(availability_rule).where(availability_rule.c.host == _key))
_remove_overrides = Prepared(sa.delete(date_override).where(date_override.c.host == _key))
_add_rules = Prepared(sa.insert(availability_rule))
_add_overrides = Prepared(sa.insert(date_override))
_add_override_hours = Prepared(sa.insert(date_override_hours))

# Hours by their digest. What equal digests stand for is equal, so nothing in here can become wrong, not
# even by a transaction that is rolled back, and hosts with the same hours share one entry.
_MOST_KEPT = 4096
_kept: dict[str, Schedule] = {}


def read_schedule(connection: sa.Connection, host: rows.HostRow) -> Schedule:
    """Return the hours of *host*, from memory where they were read before."""
    schedule = _kept.get(host.schedule_digest)
    if schedule is None:
        wanted = {"host_key": host.key}
        schedule = Schedule(
            find_zone(host.timezone),
            rows.weekly_hours_from_rows(_find_rules.run(connection, wanted)),
            rows.overrides_from_rows(_find_overrides.run(connection, wanted)),
        )
        # Rows that somebody else wrote count for their own host, and must not pass for another's.
        if offers.fingerprint_schedule(schedule) == host.schedule_digest:
            if len(_kept) >= _MOST_KEPT:
                forget()
            _kept[host.schedule_digest] = schedule
    return schedule


def forget() -> None:
    """Forget the hours that were read."""
    _kept.clear()


def write_schedule(connection: sa.Connection, host: int, schedule: Schedule, now: dt.datetime) -> None:
    """Put the hours of *schedule* in place of those that the host has."""
    _remove_rules.run(connection, {"host_key": host})
    _remove_overrides.run(connection, {"host_key": host})
    dates, hours = rows.overrides_to_rows(host, schedule.overrides, now)
    _add_rules.run_many(connection, rows.weekly_hours_to_rows(host, schedule.weekly, now))
    _add_overrides.run_many(connection, dates)
    _add_override_hours.run_many(connection, hours)

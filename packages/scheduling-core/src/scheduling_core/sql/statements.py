"""The statements of the unit of work, built once: building and compiling costs more than sending.

What overlaps `[from, to)` is asked of the index on (host, start), between two bounds: no occupied interval
of a host is longer than its `longest_occupied`, so what starts further away than that cannot overlap.
"""

import itertools
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from scheduling_core.appointments import MOVABLE, Status
from scheduling_core.sql import guard
from scheduling_core.sql.columns import Identity, Instant, Length
from scheduling_core.sql.prepared import Prepared
from scheduling_core.sql.schema import (
    appointment,
    appointment_type,
    busy_interval,
    change_log,
    host,
    idempotency,
    time_off,
)

# What is read again and again and hardly ever changes comes as text, by which it is known (`rows`).
_HOST = [
    *(column for column in host.c if column.name not in {"created_at", "links"}),
    sa.cast(host.c.links, sa.Text).label("links"),
]
_key = sa.bindparam("host_key", type_=host.c.key.type)
_id = sa.bindparam("wanted", type_=Identity)
_from, _to = sa.bindparam("from_", type_=Instant), sa.bindparam("to", type_=Instant)
_first, _last = sa.bindparam("first", type_=Instant), sa.bindparam("last", type_=Instant)

_by_id = host.c.id == _id
_by_appointment = host.c.key == (
    sa.select(appointment.c.host).where(appointment.c.id == _id).scalar_subquery()
)

find_host = Prepared(sa.select(*_HOST).where(_by_id))
find_host_of = Prepared(sa.select(*_HOST).where(_by_appointment))


def _locking(condition: sa.ColumnElement[bool]) -> dict[str, Prepared]:
    # SQLite locks by writing. Our own transactions hold the lock from their start, but those of an
    # application that brings its own connection may not, and Python's default begins none at all.
    touch = sa.update(host).values(version=host.c.version).where(condition).returning(*_HOST)
    locked = sa.select(*_HOST).where(condition).with_for_update()
    return {"postgresql": Prepared(locked), "sqlite": Prepared(touch)}


lock_host = _locking(_by_id)
lock_host_of = _locking(_by_appointment)

add_host = Prepared(sa.insert(host).returning(host.c.key))
_length = sa.bindparam("length", type_=Length)
_longer = sa.case((host.c.longest_occupied < _length, _length), else_=host.c.longest_occupied)
raising = sa.update(host).values(version=host.c.version + sa.literal_column("1"), longest_occupied=_longer)
raise_version = Prepared(raising.where(host.c.key == _key).returning(*_HOST))
replace_hours = Prepared(sa.update(host).where(host.c.key == _key))
set_links = Prepared(sa.update(host).where(host.c.key == _key))

_columns = [column for column in appointment.c if column.name != "host"]
_of_host = appointment.c.host == _key
_holds_time = sa.text(guard.HOLDING)
_near = sa.and_(appointment.c.start > _first, appointment.c.start < _last)

get_appointment = Prepared(sa.select(*_columns).where(_of_host, appointment.c.id == _id))
find_between = Prepared(
    sa.select(*_columns)
    .where(_of_host, _near, appointment.c.start < _to, appointment.c.end > _from)
    .order_by(appointment.c.start, appointment.c.id)
)
_STATUSES = [f"status_{number}" for number in range(len(Status))]
_after, _after_id = sa.bindparam("after", type_=Instant), sa.bindparam("after_id", type_=Identity)
find_page = Prepared(
    sa.select(*_columns)
    .where(
        _of_host,
        _near,
        appointment.c.start < _to,
        appointment.c.end > _from,
        appointment.c.status.in_([sa.bindparam(name, type_=appointment.c.status.type) for name in _STATUSES]),
        sa.or_(
            appointment.c.start > _after, sa.and_(appointment.c.start == _after, appointment.c.id > _after_id)
        ),
    )
    .order_by(appointment.c.start, appointment.c.id)
    .limit(sa.bindparam("most"))
)
_upcoming = (
    sa.select(*_columns)
    .where(
        _of_host,
        appointment.c.start > _first,
        appointment.c.end > _from,
        appointment.c.status.in_([sa.literal_column(f"'{status.value}'") for status in MOVABLE]),
    )
    .order_by(appointment.c.start, appointment.c.id)
)
find_upcoming = Prepared(_upcoming)
find_next = Prepared(_upcoming.limit(sa.bindparam("most")))
_overlapping = sa.and_(appointment.c.occupied_start < _to, appointment.c.occupied_end > _from)
_counted = sa.and_(
    appointment.c.type == sa.bindparam("counted_type", type_=Identity),
    appointment.c.start >= sa.bindparam("counted_from", type_=Instant),
    appointment.c.start < sa.bindparam("counted_to", type_=Instant),
)


def _find_claims(of_appointments: sa.ColumnElement[bool]) -> sa.CompoundSelect[Any]:
    """Return the statement that finds all claims of a host at once, in the columns of appointments.

    Time off and busy time are few, and what is over is left out by the indexes on their ends.
    """

    def absences(kind: str, table: sa.Table, **named: sa.ColumnElement[Any]) -> sa.Select[Any]:
        known = {"start": table.c.start, "end": table.c.end, **named}
        columns = [known.get(column.name, sa.null()) for column in _columns]
        return sa.select(*columns, known.get("as_of", sa.null()), sa.literal_column(f"'{kind}'")).where(
            table.c.host == _key, table.c.end > _from, table.c.start < _to
        )

    return sa.union_all(
        sa.select(
            *_columns,
            sa.cast(sa.null(), Instant).label("as_of"),
            sa.literal_column("'appointment'").label("kind"),
        ).where(_of_host, _near, _holds_time, of_appointments),
        absences("time off", time_off, notes=time_off.c.reason),
        absences("busy", busy_interval, notes=busy_interval.c.source, as_of=busy_interval.c.as_of),
    )


find_claims = Prepared(_find_claims(_overlapping))
find_claims_and_counted = Prepared(_find_claims(sa.or_(_overlapping, _counted)))
add_appointment = Prepared(sa.insert(appointment))
change_appointment = Prepared(
    sa.update(appointment)
    .where(_of_host, appointment.c.id == _id, appointment.c.version == sa.bindparam("known_version"))
    .returning(appointment.c.id)
)


def to_statuses(statuses: Iterable[Status]) -> dict[str, str]:
    """Return what a page is asked with: as many as there are, the last of *statuses* several times."""
    wanted = [status.value for status in statuses]
    return dict(itertools.zip_longest(_STATUSES, wanted, fillvalue=wanted[-1]))


find_time_off = Prepared(
    sa.select(time_off.c.start, time_off.c.end, time_off.c.reason.label("notes"))
    .where(time_off.c.host == _key)
    .order_by(time_off.c.start, time_off.c.id)
)
add_time_off = Prepared(sa.insert(time_off))
remove_time_off = Prepared(
    sa.delete(time_off).where(
        time_off.c.host == _key,
        time_off.c.start == _from,
        time_off.c.end == _to,
        time_off.c.reason == sa.bindparam("reason"),
    )
)

_of_source = sa.and_(busy_interval.c.host == _key, busy_interval.c.source == sa.bindparam("of_source"))
find_busy = Prepared(
    sa.select(busy_interval.c.start, busy_interval.c.end).where(_of_source).order_by(busy_interval.c.start)
)
remove_busy = Prepared(sa.delete(busy_interval).where(_of_source))
add_busy = Prepared(sa.insert(busy_interval))

_TYPE = [
    appointment_type.c.id,
    appointment_type.c.title,
    appointment_type.c.requires_confirmation,
    sa.cast(appointment_type.c.terms, sa.Text).label("terms"),
]
find_types = Prepared(
    sa.select(*_TYPE).where(appointment_type.c.host == _key).order_by(appointment_type.c.id)
)
_the_type = sa.and_(appointment_type.c.host == _key, appointment_type.c.id == _id)
find_type = Prepared(sa.select(*_TYPE).where(_the_type))

_offer = (
    sa.select(*_HOST, *_TYPE[1:])
    .select_from(
        host.outerjoin(
            appointment_type,
            sa.and_(
                appointment_type.c.host == host.c.key,
                appointment_type.c.id == sa.bindparam("of_type", type_=Identity),
            ),
        )
    )
    .where(_by_id)
)
_seen = host.alias("seen")
find_offer = Prepared(_offer)
# The version beside the lock is that of the statement's beginning. Whoever had to wait for the lock finds
# the newest row of the host with it, but all else in the answer is as it was before the wait.
lock_offer = Prepared(
    _offer.add_columns(
        sa.select(_seen.c.version).where(_seen.c.id == _id).scalar_subquery().label("seen_version")
    ).with_for_update(of=host)
)
add_type = Prepared(sa.insert(appointment_type))
replace_type = Prepared(sa.update(appointment_type).where(_the_type).returning(appointment_type.c.id))
remove_type = Prepared(sa.delete(appointment_type).where(_the_type))

_ENTRY = [change_log.c.host, change_log.c.version, change_log.c.kind, change_log.c.payload]
add_entry = Prepared(sa.insert(change_log))
find_history = Prepared(
    sa.select(*_ENTRY).where(change_log.c.appointment == _id).order_by(change_log.c.version)
)
find_changes = Prepared(
    sa.select(*_ENTRY)
    .where(change_log.c.host == _key, change_log.c.version > sa.bindparam("after"))
    .order_by(change_log.c.version)
)
rewrite_entry = Prepared(
    sa.update(change_log).where(change_log.c.host == _key, change_log.c.version == sa.bindparam("of_version"))
)

_of_key = sa.and_(idempotency.c.host == _key, idempotency.c.key == sa.bindparam("of_key", type_=sa.Text))
_since = sa.bindparam("since", type_=Instant)
_ANSWER = [idempotency.c.key, idempotency.c.fingerprint, idempotency.c.answer, idempotency.c.at]
find_answer = Prepared(sa.select(*_ANSWER).where(_of_key, idempotency.c.at >= _since))
find_answers_about = Prepared(
    sa.select(*_ANSWER).where(idempotency.c.host == _key, idempotency.c.appointment == _id)
)
add_answer = Prepared(sa.insert(idempotency))
rewrite_answer = Prepared(sa.update(idempotency).where(_of_key))
forget_answers = Prepared(sa.delete(idempotency).where(idempotency.c.host == _key, idempotency.c.at < _since))

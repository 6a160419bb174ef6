"""Whether the guard is there and holds, and what got past it."""

import contextlib
import datetime as dt
from collections.abc import Iterator

import attrs
import sqlalchemy as sa

from scheduling_core import system
from scheduling_core.appointments import HOLDS_TIME, Status
from scheduling_core.errors import StorageUnavailable
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.intervals import TICK
from scheduling_core.ports import LostRace
from scheduling_core.sql import guard, migrations
from scheduling_core.sql.failures import SOON, translated
from scheduling_core.sql.schema import appointment, host

_HOUR = dt.timedelta(hours=1)
_SOME_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@attrs.frozen
class OverlapFound:
    """Two appointments that hold time, and whose occupied intervals overlap all the same."""

    host: HostId
    first: AppointmentId
    second: AppointmentId


@attrs.frozen
class Diagnosis:
    """What `diagnose` found.

    *revision* is that of the tables, None where there are none. *gaps* names in words what the guard lets
    pass. *overlaps* are the pairs in the table that should not be, and *overlong* the appointments that
    somebody wrote who did not know how long they may be: queries for overlaps can miss those.
    """

    revision: str | None
    gaps: tuple[str, ...] = ()
    overlaps: tuple[OverlapFound, ...] = ()
    overlong: tuple[AppointmentId, ...] = ()

    @property
    def is_healthy(self) -> bool:
        """Whether it is safe to take bookings."""
        sound = not (self.gaps or self.overlaps or self.overlong)
        return sound and self.revision == migrations.NEWEST


def diagnose(database: sa.Engine | sa.Connection, *, most: int = 100) -> Diagnosis:
    """Examine the guard and the appointments, and list at most so many of each kind of finding.

    The guard is not compared with a text but tried: rows that it must refuse are written, together with a
    host of their own, and taken back in any case. Raises StorageUnavailable where that cannot be done.
    """
    try:
        with translated():
            return _examine(database, most)
    except LostRace as lost:
        raise StorageUnavailable(SOON) from lost


def _examine(database: sa.Engine | sa.Connection, most: int) -> Diagnosis:
    with contextlib.ExitStack() as stack:
        if isinstance(database, sa.Engine):
            connection = stack.enter_context(database.connect())
            stack.enter_context(_undone(connection.begin()))
        else:
            connection = database
            stack.enter_context(_undone(connection.begin_nested()))
        revision = migrations.find_revision(connection)
        if revision is None:
            return Diagnosis(None, ("there are no tables",))
        return Diagnosis(
            revision,
            tuple(_find_gaps(connection)),
            tuple(OverlapFound(*row) for row in connection.execute(_overlaps.limit(most))),
            tuple(connection.scalars(_overlong(connection.dialect.name).limit(most))),
        )


@contextlib.contextmanager
def _undone(transaction: sa.Transaction) -> Iterator[None]:
    try:
        yield
    finally:
        transaction.rollback()


def _find_gaps(connection: sa.Connection) -> Iterator[str]:
    """Yield what goes through though it must not, or does not though it may."""
    key = connection.scalar(sa.insert(host).returning(host.c.key), _a_host())
    connection.execute(_booking(key, _SOME_DAY, Status.CONFIRMED))
    # The one comes to lie over the last microsecond of the other's buffer.
    late = _SOME_DAY + 3 * _HOUR - TICK
    for status in Status:
        if _refuses(connection, _booking(key, late, status)) != (status in HOLDS_TIME):
            yield f"an overlapping row that is {status.value}"
    touching = _booking(key, _SOME_DAY + 3 * _HOUR, Status.PENDING)
    if _refuses(connection, touching):
        yield "a touching row"
    connection.execute(_booking(key, late, Status.CANCELLED))
    cancelled = sa.update(appointment).where(
        appointment.c.host == key, appointment.c.status == Status.CANCELLED.value
    )
    if not _refuses(connection, cancelled.values(status=Status.CONFIRMED.value)):
        yield "reviving a row that others overlap"
    moved = sa.update(appointment).where(appointment.c.host == key, appointment.c.occupied_start == _SOME_DAY)
    connection.execute(_booking(key, _SOME_DAY + 10 * _HOUR, Status.CONFIRMED))
    if not _refuses(connection, moved.values(occupied_end=_SOME_DAY + 11 * _HOUR)):
        yield "moving a row into another"


def _a_host() -> dict[str, object]:
    return {
        "id": f"doctor-{system.new_id()}",
        "version": 0,
        "timezone": "UTC",
        "schedule_digest": "",
        "longest_occupied": 3 * _HOUR,
        "created_at": _SOME_DAY,
    }


def _booking(key: int | None, start: dt.datetime, status: Status) -> sa.Insert:
    """Return the insert of an hour with an hour before and an hour after it."""
    return sa.insert(appointment).values(
        id=system.new_id(),
        host=key,
        type="doctor",
        customer_name="doctor",
        start=start + _HOUR,
        end=start + 2 * _HOUR,
        occupied_start=start,
        occupied_end=start + 3 * _HOUR,
        status=status.value,
        version=1,
        timezone="UTC",
        local_start=(start + _HOUR).replace(tzinfo=None),
        notes="",
        metadata={},
        created_at=_SOME_DAY,
        updated_at=_SOME_DAY,
    )


def _refuses(connection: sa.Connection, statement: sa.Executable) -> bool:
    """Say whether the guard stops *statement*, and take it back if not."""
    try:
        with _undone(connection.begin_nested()):
            connection.execute(statement)
    except sa.exc.IntegrityError as error:
        if guard.NAME not in str(error.orig):
            raise
        return True
    return False


# A row begins before others of its host have ended if it begins before the latest end so far. Those are few,
# so that only they need to be compared with all others.
_reach = sa.func.max(appointment.c.occupied_end).over(
    partition_by=appointment.c.host,
    order_by=[appointment.c.occupied_start, appointment.c.id],
    rows=(None, -1),
)
_holding = (
    sa.select(
        appointment.c.host,
        appointment.c.id,
        appointment.c.occupied_start,
        appointment.c.occupied_end,
        _reach.label("reach"),
    )
    .where(sa.text(guard.HOLDING))
    .subquery()
)
_other = appointment.alias()
_overlaps = (
    sa.select(host.c.id, _other.c.id, _holding.c.id)
    .select_from(_holding)
    .join(host, host.c.key == _holding.c.host)
    .join(_other, _other.c.host == _holding.c.host)
    .where(
        _holding.c.occupied_start < _holding.c.reach,
        _other.c.occupied_end > _holding.c.occupied_start,
        sa.tuple_(_other.c.occupied_start, _other.c.id) < sa.tuple_(_holding.c.occupied_start, _holding.c.id),
        _other.c.status.in_([status.value for status in HOLDS_TIME]),
    )
    .order_by(host.c.id, _holding.c.occupied_start, _other.c.id)
)
_LONGER = {
    "postgresql": "occupied_end - occupied_start > longest_occupied * interval '1 microsecond'",
    "sqlite": "occupied_end - occupied_start > longest_occupied",
}


def _overlong(dialect: str) -> sa.Select[str]:
    return (
        sa.select(appointment.c.id)
        .join(host, host.c.key == appointment.c.host)
        .where(sa.text(_LONGER[dialect]))
        .order_by(appointment.c.id)
    )

"""Sessions: from a sign-in until its end, however many tokens are used in between."""

import datetime as dt

import attrs
from sqlalchemy import Connection, Engine, Row, and_, bindparam, delete, exists, insert, or_, select, update

from scheduling_core import HostId
from scheduling_web.accounts.schema import sessions, users
from scheduling_web.accounts.users import User, exchange_hash, to_user, translated

IDLE = dt.timedelta(hours=12)
"""After this long without a renewal a session ends."""

LONGEST = dt.timedelta(days=30)
"""After this long it ends in any case."""

REPEATABLE = dt.timedelta(seconds=10)
"""For so long the last renewal may be asked for again, by a second tab or because its answer got lost."""

_ALIVE = and_(
    users.c.id == sessions.c.user_id, users.c.epoch == sessions.c.epoch, users.c.disabled_at.is_(None)
)
_SIGNED_IN = select(users).where(
    _ALIVE, users.c.id == bindparam("user_id"), sessions.c.id == bindparam("session_id")
)


@attrs.frozen
class Session:
    """A sign-in that lasts; *generation* counts its renewals."""

    id: str
    user_id: HostId
    generation: int
    renewed_at: dt.datetime
    ends_at: dt.datetime

    @property
    def idle_at(self) -> dt.datetime:
        """When the session ends if it is not renewed before."""
        return min(self.renewed_at + IDLE, self.ends_at)


class Sessions:
    """The table of sessions; *snapshots* is the engine to read with.

    A session lives as long as its row is there and has the epoch of its user, who may sign in. So whatever
    ends sessions, in whichever process, is one change of one row, and the next request of anybody sees it.
    """

    def __init__(self, engine: Engine, snapshots: Engine) -> None:
        self._engine = engine
        self._snapshots = snapshots

    def open(self, id: str, user: User, now: dt.datetime) -> Session:
        """Begin a session, and forget those of the user that have ended.

        It has the epoch that the user had when the password was checked: if the password was changed in the
        meantime, it has ended before it began.
        """
        with translated(), self._engine.begin() as connection:
            return _open(connection, id, user, now)

    def reopen(self, id: str, user: User, password_hash: str, now: dt.datetime) -> Session | None:
        """Replace the hash of a user, end their sessions and begin another: all of it, or nothing.

        None if the user is not as given any more.
        """
        with translated(), self._engine.begin() as connection:
            changed = exchange_hash(connection, user, password_hash)
            return None if changed is None else _open(connection, id, changed, now)

    def find_user(self, user_id: str, session_id: str) -> User | None:
        """Return the user if this is a session of theirs that lives: one statement, for every request."""
        with translated(), self._snapshots.connect() as connection:
            found = {"user_id": user_id, "session_id": session_id}
            row = connection.execute(_SIGNED_IN, found).one_or_none()
        return None if row is None else to_user(row)

    def renew(self, id: str, generation: int, now: dt.datetime) -> Session | None:
        """Return the session as it is after the renewal of its *generation*, or None if it has ended.

        The last renewal can be repeated for a short while and gives the same again. An older one was
        made by somebody who kept a token: nobody can say which of the two is the thief, so the session ends.
        """
        with translated(), self._engine.begin() as connection:
            change = (
                update(sessions)
                .where(sessions.c.id == id, sessions.c.generation == generation, exists().where(_ALIVE))
                .values(generation=generation + 1, renewed_at=now)
                .returning(*sessions.c)
            )
            row = connection.execute(change).one_or_none()
            if row is not None:
                return _to_session(row)
            found = _find(connection, id)
            repeated = found is not None and found.generation == generation + 1
            if found is not None and repeated and now <= found.renewed_at + REPEATABLE:
                return found
            connection.execute(delete(sessions).where(sessions.c.id == id))
            return None

    def forget_ended(self, now: dt.datetime) -> None:
        """Forget the sessions of all users that have ended by themselves."""
        ended = or_(sessions.c.renewed_at <= now - IDLE, sessions.c.ends_at <= now)
        with translated(), self._engine.begin() as connection:
            connection.execute(delete(sessions).where(ended))

    def end(self, id: str) -> None:
        """End a session, if it has not ended before."""
        with translated(), self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.id == id))


def _open(connection: Connection, id: str, user: User, now: dt.datetime) -> Session:
    session = Session(id, user.id, 0, now, now + LONGEST)
    mine = sessions.c.user_id == user.id
    idle = sessions.c.renewed_at <= now - IDLE
    ended = or_(idle, sessions.c.ends_at <= now, sessions.c.epoch != user.epoch)
    connection.execute(delete(sessions).where(mine, ended))
    connection.execute(insert(sessions).values(**attrs.asdict(session), epoch=user.epoch))
    return session


def _find(connection: Connection, id: str) -> Session | None:
    row = connection.execute(select(sessions).where(_ALIVE, sessions.c.id == id)).one_or_none()
    return None if row is None else _to_session(row)


def _to_session(row: Row[tuple[str, ...]]) -> Session:
    return Session(row.id, HostId(row.user_id), row.generation, row.renewed_at, row.ends_at)

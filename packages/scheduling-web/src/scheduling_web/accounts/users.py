"""Users, and the one table that keeps them. A user's id is the id of the host whose agenda is theirs."""

import contextlib
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator

import attrs
from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from scheduling_core import HostId, InvalidValue, NotFound, StorageUnavailable
from scheduling_web.accounts.errors import UsernameTaken
from scheduling_web.accounts.schema import users

LONGEST_USERNAME = 100
SOON = dt.timedelta(seconds=1)

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What databases cannot be asked for: PostgreSQL has no NUL, and half a character is in no encoding."""


@attrs.frozen
class User:
    """Someone who may sign in."""

    id: HostId
    username: str
    password_hash: str = attrs.field(repr=False)
    created_at: dt.datetime
    epoch: int = 0
    disabled_at: dt.datetime | None = None


class Users:
    """The table of users. Every method is one statement; *snapshots* is the engine to read with."""

    def __init__(self, engine: Engine, snapshots: Engine) -> None:
        self._engine = engine
        self._snapshots = snapshots

    def add(self, user: User) -> None:
        """Add a user; raises UsernameTaken, also for a name that differs in case or width alone."""
        row = {**attrs.asdict(user), "username_key": to_key(user.username)}
        with translated(), self._engine.begin() as connection:
            try:
                connection.execute(insert(users).values(row))
            except IntegrityError as error:
                raise UsernameTaken from error

    def find(self, username: str) -> User | None:
        """Return the user of this name, whatever its case and width."""
        if _NO_TEXT.search(username):
            return None  # Nobody can be called so.
        return self._one(users.c.username_key == to_key(username))

    def get(self, id: str) -> User | None:
        """Return the user with this id."""
        return self._one(users.c.id == id)

    def names(self) -> dict[HostId, str]:
        """Return the names of all users, by their ids."""
        with translated(), self._snapshots.connect() as connection:
            rows = connection.execute(select(users.c.id, users.c.username)).all()
        return {HostId(row.id): row.username for row in rows}

    def replace_hash(self, user: User, password_hash: str) -> None:
        """Replace a user's hash, unless somebody else did so in the meantime."""
        change = (
            update(users)
            .where(users.c.id == user.id, users.c.password_hash == user.password_hash)
            .values(password_hash=password_hash)
        )
        with translated(), self._engine.begin() as connection:
            connection.execute(change)

    def set_hash(self, username: str, password_hash: str) -> None:
        """Replace a user's hash for another password, which ends their sessions; raises NotFound."""
        self._change(username, password_hash=password_hash, epoch=users.c.epoch + 1)

    def disable(self, username: str, now: dt.datetime) -> None:
        """Let a user sign in no more, and end their sessions; raises NotFound."""
        since = func.coalesce(users.c.disabled_at, now)
        self._change(username, disabled_at=since, epoch=users.c.epoch + 1)

    def enable(self, username: str) -> None:
        """Let a user sign in again, whose earlier sessions have ended for good; raises NotFound."""
        self._change(username, disabled_at=None)

    def _change(self, username: str, **values: object) -> None:
        change = update(users).where(users.c.username_key == to_key(username)).values(**values)
        if _NO_TEXT.search(username):
            raise NotFound("user", username)
        with translated(), self._engine.begin() as connection:
            if connection.execute(change).rowcount == 0:
                raise NotFound("user", username)

    def _one(self, condition: ColumnElement[bool]) -> User | None:
        with translated(), self._snapshots.connect() as connection:
            row = connection.execute(select(users).where(condition)).one_or_none()
        return None if row is None else to_user(row)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise StorageUnavailable where the database cannot answer, or does not do what it is told.

    That is so for every error of a driver, as in the library: of which class it is, is told by each driver in
    its own way. A server that takes no writes, for one, has an internal error with that of PostgreSQL.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise StorageUnavailable(SOON) from error


def exchange_hash(connection: Connection, user: User, password_hash: str) -> User | None:
    """Replace the hash of a user who is as given, which ends their sessions; None if they are not."""
    change = (
        update(users)
        .where(users.c.id == user.id, users.c.epoch == user.epoch, users.c.disabled_at.is_(None))
        .values(password_hash=password_hash, epoch=users.c.epoch + 1)
        .returning(*users.c)
    )
    row = connection.execute(change).one_or_none()
    return None if row is None else to_user(row)


def check_username(username: str) -> str:
    """Return a new username without the space around it; raises InvalidValue for what cannot be one."""
    name = unicodedata.normalize("NFKC", username).strip()
    if not 1 <= len(name) <= LONGEST_USERNAME:
        raise InvalidValue("username", f"must have 1 to {LONGEST_USERNAME} characters")
    if not name.isprintable():
        raise InvalidValue("username", "must not hold characters that cannot be seen")
    return name


def to_key(username: str) -> str:
    """Return what two usernames have in common that read the same."""
    folded = unicodedata.normalize("NFKC", username).strip().casefold()
    return unicodedata.normalize("NFKC", folded)


def to_user(row: Row[tuple[str, ...]]) -> User:
    """Return a row of the table as a value."""
    return User(HostId(row.id), row.username, row.password_hash, row.created_at, row.epoch, row.disabled_at)

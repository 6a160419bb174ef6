"""Feed links: a secret address for each user who wants one, which shows their appointments to who has it.

Programs that show calendars cannot sign in, so the address alone lets in, to nothing else. Of its secret only
the digest is kept. That is enough, without salt or work, for 256 bits of chance that nobody can guess.
"""

import datetime as dt
import hashlib
import secrets

from sqlalchemy import Engine, delete, insert, select

from scheduling_core import HostId
from scheduling_web.accounts.schema import feeds, users
from scheduling_web.accounts.users import User, to_user, translated

_BYTES = 32


class Feeds:
    """The table of feed links; *snapshots* is the engine to read with."""

    def __init__(self, engine: Engine, snapshots: Engine) -> None:
        self._engine = engine
        self._snapshots = snapshots

    def find_start(self, user_id: HostId) -> dt.datetime | None:
        """Return since when the user has a link, or None."""
        wanted = select(feeds.c.created_at).where(feeds.c.user_id == user_id)
        with translated(), self._snapshots.connect() as connection:
            return connection.scalars(wanted).one_or_none()

    def open(self, user_id: HostId, now: dt.datetime) -> str:
        """Make a link, in place of the one there was, and return its secret, which is told only now."""
        secret = secrets.token_urlsafe(_BYTES)
        row = {"user_id": user_id, "digest": _digest(secret), "created_at": now}
        with translated(), self._engine.begin() as connection:
            # Whoever makes two at once waits here for the user, and the later link is the one that counts.
            connection.execute(select(users.c.id).where(users.c.id == user_id).with_for_update())
            connection.execute(delete(feeds).where(feeds.c.user_id == user_id))
            connection.execute(insert(feeds).values(row))
        return secret

    def close(self, user_id: HostId) -> None:
        """End the link of the user, if there is one."""
        with translated(), self._engine.begin() as connection:
            connection.execute(delete(feeds).where(feeds.c.user_id == user_id))

    def find_user(self, secret: str) -> User | None:
        """Return the user to whose appointments the secret leads, if they may still sign in."""
        wanted = (
            select(users)
            .join(feeds, feeds.c.user_id == users.c.id)
            .where(feeds.c.digest == _digest(secret), users.c.disabled_at.is_(None))
        )
        with translated(), self._snapshots.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else to_user(row)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""What can be done with accounts: add a user, sign in, and tell who a user id belongs to."""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Engine

from scheduling_core import HostId, InvalidValue, system
from scheduling_web.accounts.common_passwords import refuse_common
from scheduling_web.accounts.errors import InvalidCredentials, SessionEnded, TooManyAttempts, UsernameTaken
from scheduling_web.accounts.failed_sign_ins import WINDOW, FailedSignIns, Failure, to_account
from scheduling_web.accounts.feeds import Feeds
from scheduling_web.accounts.passwords import PasswordHasher, check_form
from scheduling_web.accounts.sessions import Session, Sessions
from scheduling_web.accounts.tokens import Access
from scheduling_web.accounts.users import User, Users, check_username


class Accounts:
    """The users of a database, and the way in.

    *snapshots* is the engine to read with, where reading on *engine* would take a lock.
    """

    def __init__(
        self,
        engine: Engine,
        hasher: PasswordHasher,
        *,
        snapshots: Engine | None = None,
        clock: Callable[[], dt.datetime] = system.read_clock,
        new_id: Callable[[], str] = system.new_id,
    ) -> None:
        snapshots = engine if snapshots is None else snapshots
        self._users = Users(engine, snapshots)
        self._sessions = Sessions(engine, snapshots)
        self._feeds = Feeds(engine, snapshots)
        self._failures = FailedSignIns(engine, snapshots)
        self._hasher = hasher
        self._clock = clock
        self._new_id = new_id

    def new_user(self, username: str, password: str) -> User:
        """Return a user who is not added yet, so that the host of the same id can be made first.

        Raises InvalidValue for a name or password that cannot be one, and UsernameTaken.
        """
        name = check_username(username)
        if self._users.find(name) is not None:
            raise UsernameTaken
        return User(HostId(self._new_id()), name, self._hash_new(password, name), self._clock())

    def add(self, user: User) -> None:
        """Add a user; raises UsernameTaken."""
        self._users.add(user)

    def set_password(self, username: str, password: str) -> None:
        """Give a user another password, and end their sessions.

        Raises NotFound, and InvalidValue for a password that cannot be one.
        """
        self._users.set_hash(username, self._hash_new(password, username))

    def change_password(self, user: User, current: str, password: str, *, address: str) -> Session:
        """Exchange a user's password for another, end their sessions, and begin a new one.

        Raises InvalidValue where the current password is wrong or the other cannot be one, TooManyAttempts
        as `sign_in` does, and SessionEnded where the user was changed in the meantime. All of it is done,
        or nothing.
        """
        try:
            self.sign_in(user.username, current, address=address)
        except InvalidCredentials:
            raise InvalidValue("current_password", "must be the password that is to be changed") from None
        try:
            hashed = self._hash_new(password, user.username)
        except InvalidValue as error:
            raise InvalidValue("new_password", error.rule) from None
        session = self._sessions.reopen(self._new_id(), user, hashed, self._clock())
        if session is None:
            raise SessionEnded
        return session

    def sign_in(self, username: str, password: str, *, address: str | None = None) -> User:
        """Return the user with this name and password; raises InvalidCredentials.

        Failures from an *address* are counted, and too many raise TooManyAttempts. A hash of another scheme
        or cost than the one in use is replaced, now that the password is known.
        """
        if address is None:
            return self._sign_in(username, password)
        account, now = to_account(username), self._clock()
        failures = self._failures.find(account, address, now)
        failures.check(account, now)
        try:
            user = self._sign_in(username, password)
        except InvalidCredentials:
            self._failures.add(self._new_id(), Failure(account, address, now))
            if failures.is_closed:
                raise TooManyAttempts(WINDOW) from None
            raise
        if any(failure.account == account for failure in failures.from_address):
            self._failures.forget(account, address)
        return user

    def _sign_in(self, username: str, password: str) -> User:
        user = self._users.find(username)
        fits, better = self._hasher.verify(password, user.password_hash if user else None)
        if user is None or not fits or user.disabled_at is not None:
            raise InvalidCredentials
        if better is not None:
            self._users.replace_hash(user, better)
        return user

    def find(self, username: str) -> User | None:
        """Return the user of this name, or None."""
        return self._users.find(username)

    def get(self, id: str) -> User | None:
        """Return the user with this id, or None."""
        return self._users.get(id)

    def open_session(self, user: User) -> Session:
        """Begin a session of a user who has just signed in."""
        return self._sessions.open(self._new_id(), user, self._clock())

    def find_signed_in(self, access: Access) -> User | None:
        """Return the user whom a token was made for, if the session lives; this is one statement."""
        return self._sessions.find_user(access.user_id, access.session_id)

    def renew_session(self, id: str, generation: int) -> Session:
        """Return a session after the renewal of its *generation*; raises SessionEnded.

        The last renewal can be repeated for a few seconds. One from before ends the session for everybody.
        """
        session = self._sessions.renew(id, generation, self._clock())
        if session is None:
            raise SessionEnded
        return session

    def forget_ended_sessions(self) -> None:
        """Forget the sessions that have ended by themselves, of users who may never come back."""
        self._sessions.forget_ended(self._clock())

    def end_session(self, id: str) -> None:
        """End a session at once, if it has not ended before."""
        self._sessions.end(id)

    def find_feed(self, id: HostId) -> dt.datetime | None:
        """Return since when the user has a feed link, or None."""
        return self._feeds.find_start(id)

    def open_feed(self, id: HostId) -> tuple[str, dt.datetime]:
        """Make a feed link of the user in place of the one before; return its secret, and its beginning."""
        now = self._clock()
        return self._feeds.open(id, now), now

    def close_feed(self, id: HostId) -> None:
        """End the feed link of the user, if there is one."""
        self._feeds.close(id)

    def find_feed_user(self, secret: str) -> User | None:
        """Return the user to whose feed the secret leads, or None."""
        return self._feeds.find_user(secret)

    def _hash_new(self, password: str, username: str) -> str:
        normal = check_form(password)
        refuse_common(normal, username)
        return self._hasher.hash(normal)

"""How many requests that write one user may make in a minute."""

import datetime as dt
from collections.abc import Callable

from scheduling_web.api.errors import TooManyWrites

MINUTE = dt.timedelta(minutes=1)
NOTHING = dt.timedelta(0)
_MANY = 10_000


class WriteLimit:
    """Counts the writes of each user in this process: a bucket that a minute fills and each write takes from.

    Kept is only when each bucket will be full again, and only of those that are not.
    """

    def __init__(self, per_minute: int, clock: Callable[[], dt.datetime]) -> None:
        self._step = MINUTE / per_minute
        self._clock = clock
        self._full_at: dict[str, dt.datetime] = {}

    def count(self, user_id: str) -> None:
        """Count a write; raises TooManyWrites, and then it does not count."""
        now = self._clock()
        # A clock that was put back stops nobody for longer than it takes to fill the bucket.
        full_at = min(max(self._full_at.get(user_id, now), now), now + MINUTE)
        wait = full_at + self._step - now - MINUTE
        if len(self._full_at) >= _MANY:
            self._full_at = {user: at for user, at in self._full_at.items() if at > now}
        self._full_at[user_id] = full_at if wait > NOTHING else full_at + self._step
        if wait > NOTHING:
            raise TooManyWrites(wait)

"""How many requests leave here, whatever the other side would accept."""

import threading
import time
from collections.abc import Callable

import attrs

from scheduling_core import InvalidValue

MINUTE = 60.0


@attrs.define(eq=False)
class Quota:
    """A bucket of tokens, one for each request; shared by threads, tasks and clients.

    No 60 seconds ever see more than *per_minute* requests: *burst* of them may leave at once, and the
    others are spread evenly. Cal.com allows 120 a minute for a key, blocks for a minute whoever goes over,
    and has locked accounts that kept on. *stopwatch* returns seconds that only ever grow.
    """

    per_minute: int = 100
    burst: int = 20
    stopwatch: Callable[[], float] = attrs.field(default=time.monotonic, repr=False)
    _filled: float = attrs.field(init=False, repr=False)
    _as_of: float = attrs.field(init=False, repr=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.burst < self.per_minute:
            raise InvalidValue("burst", "must be at least 1 and less than per_minute", self.burst)
        self._filled = float(self.burst)
        self._as_of = self.stopwatch()

    def take(self, longest: float) -> float:
        """Take a token and return for how many seconds the caller must wait before it may be used.

        Tokens are lent in the order of the calls, so a later caller waits behind this one. Where the wait
        would be longer than *longest* seconds, no token is taken, and the return value says so by being
        longer.
        """
        with self._lock:
            self._fill()
            wait = max(0.0, self._as_of - self.stopwatch()) + max(0.0, 1 - self._filled) / self._rate
            if wait <= longest:
                self._filled -= 1
            return wait

    def pause(self, seconds: float) -> None:
        """Let nothing leave for *seconds*, because the other side asked for it."""
        with self._lock:
            self._fill()
            # The bucket stays as full as it is and fills again only from then on.
            self._as_of = max(self._as_of, self.stopwatch() + seconds)

    @property
    def _rate(self) -> float:
        # In 60 seconds at most a full bucket and what flows in can leave: per_minute together.
        return (self.per_minute - self.burst) / MINUTE

    def _fill(self) -> None:
        now = self.stopwatch()
        if now > self._as_of:
            self._filled = min(self.burst, self._filled + (now - self._as_of) * self._rate)
            self._as_of = now

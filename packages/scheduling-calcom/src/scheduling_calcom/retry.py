"""When a call is tried again, as a value, and the machinery of tenacity that follows it."""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

import attrs
from tenacity import RetryCallState

from scheduling_calcom.errors import is_ambiguous
from scheduling_calcom.http import Call
from scheduling_core import ExternalUnavailable, InvalidValue

_SHORTEST_ASKED = dt.timedelta(seconds=1)


@attrs.frozen
class RetryPolicy:
    """Tries a call up to *tries* times, for *limit* altogether, waits included.

    What is tried again are faults that pass: the network, 429, 5xx. A read is repeated after any of them, a
    write only when it surely had no effect. Before try n + 1 it waits a random part of `first_wait * 2 **
    (n - 1)`, or of *longest_wait* where that is shorter; where the other side asks for some time, it gets
    just that.
    """

    tries: int = 4
    first_wait: dt.timedelta = dt.timedelta(seconds=1)
    longest_wait: dt.timedelta = dt.timedelta(seconds=20)
    limit: dt.timedelta = dt.timedelta(seconds=90)

    def __attrs_post_init__(self) -> None:
        if self.tries < 1:
            raise InvalidValue("tries", "must be at least 1", self.tries)
        for name in ("first_wait", "longest_wait", "limit"):
            if getattr(self, name) <= dt.timedelta(0):
                raise InvalidValue(name, "must be positive", getattr(self, name))

    def repeats(self, call: Call, error: BaseException | None) -> bool:
        """Return whether *call* may be tried again after *error*."""
        if not isinstance(error, ExternalUnavailable):
            return False
        return not (call.writes and is_ambiguous(error))

    def wait(self, tried: int, error: BaseException | None, draw: Callable[[], float]) -> dt.timedelta:
        """Return how long to wait after the failure of try number *tried*, counted from 1.

        *draw* returns a number of [0, 1). What the other side asked for is kept to the second, because it
        is when it will listen again.
        """
        # Beyond 2 ** 32 every wait is the longest one, and the number would only grow out of hand.
        ceiling = min(self.longest_wait, self.first_wait * 2 ** min(tried - 1, 32))
        wait = ceiling * draw()
        asked = error.retry_after if isinstance(error, ExternalUnavailable) else None
        return wait if asked is None else max(asked, _SHORTEST_ASKED)


NO_RETRIES = RetryPolicy(tries=1, limit=dt.timedelta(seconds=20))
"""For callers that keep their own record of what was tried, and wait themselves, such as a relay."""


class Deadline:
    """Counts down the time that one call, with all its tries, may take."""

    def __init__(self, policy: RetryPolicy, stopwatch: Callable[[], float]) -> None:
        self._stopwatch = stopwatch
        self._until = stopwatch() + policy.limit.total_seconds()

    def left(self) -> float:
        """Return how many seconds are left; none may be, or less."""
        return self._until - self._stopwatch()


def draw_chance() -> float:
    """Return a number of [0, 1), by chance."""
    return secrets.randbits(53) / 2**53


def follow(policy: RetryPolicy, call: Call, deadline: Deadline, draw: Callable[[], float]) -> dict[str, Any]:
    """Return the settings with which `tenacity.Retrying` and `AsyncRetrying` follow *policy*.

    tenacity's own strategies read the machine's clock and chance, so these are written here.
    """

    def error(state: RetryCallState) -> BaseException | None:
        return state.outcome.exception() if state.outcome else None

    def retry(state: RetryCallState) -> bool:
        return policy.repeats(call, error(state))

    def wait(state: RetryCallState) -> float:
        return policy.wait(state.attempt_number, error(state), draw).total_seconds()

    def stop(state: RetryCallState) -> bool:
        return state.attempt_number >= policy.tries or state.upcoming_sleep >= deadline.left()

    return {"retry": retry, "wait": wait, "stop": stop, "reraise": True}

"""The limit of requests, as the server keeps it."""

import datetime as dt

import attrs

from scheduling_calcom.testing.messages import Failure

WINDOW = dt.timedelta(seconds=60)


@attrs.define
class _Count:
    began: dt.datetime
    number: int = 0
    blocked_until: dt.datetime | None = None


@attrs.define
class Throttle:
    """Counts requests in windows of a minute; whoever goes over *limit* is blocked for another minute."""

    limit: int = 120
    _counts: dict[str, _Count] = attrs.field(factory=dict, init=False)

    def count(self, caller: str, now: dt.datetime) -> dict[str, str]:
        """Count a request of *caller* and return the headers of its answer.

        Raises Failure while the caller is blocked. There is no Retry-After: the time to wait stands in a
        header of its own, in seconds from now.
        """
        count = self._counts.get(caller)
        over = count and (count.blocked_until or count.began + WINDOW) <= now
        if count is None or over:
            count = self._counts[caller] = _Count(now)
        count.number += 1
        if count.number > self.limit and count.blocked_until is None:
            count.blocked_until = now + WINDOW
        until = count.blocked_until or count.began + WINDOW
        headers = {
            "X-RateLimit-Limit-Default": str(self.limit),
            "X-RateLimit-Remaining-Default": str(max(self.limit - count.number, 0)),
            "X-RateLimit-Reset-Default": str(-(-(until - now) // dt.timedelta(seconds=1))),
        }
        if count.blocked_until:
            raise Failure(
                429, "CustomThrottlerGuard - Too many requests. Please try again later.", headers=headers
            )
        return headers

"""Whom we talk to, and on which terms."""

import datetime as dt
import re
import time
from collections.abc import Callable

import attrs

from scheduling_calcom.flows.api import HOSTED, Api
from scheduling_calcom.http import Limits, check_address
from scheduling_calcom.quota import Quota
from scheduling_calcom.retry import RetryPolicy, draw_chance
from scheduling_calcom.versions import Versions
from scheduling_core import InvalidValue, system

_SHORTEST_TRY = 0.1
_KEY = re.compile(r"[!-~]{1,4096}")


@attrs.frozen
class ApiKey:
    """A token provider for a key that stays the same; it never shows the key."""

    _key: str = attrs.field(repr=False)

    def __call__(self) -> str:
        """Return the key."""
        return self._key


@attrs.frozen
class Account:
    """An account at Cal.com, or at a server of one's own, and the terms on which we talk to it.

    *token* is called before every request and returns the key or access token to send; it must not wait for
    anything. *base_url* is the whole address up to the resources, with `/v2`. One try of a call may take
    *timeout* and *largest_answer* bytes. *quota* belongs to the key: clients of one account share it.

    *clock*, *stopwatch* (seconds that only grow) and *draw* (a number of [0, 1)) are for tests to give.
    Raises InvalidValue for what cannot be, such as an address without https.
    """

    token: Callable[[], str] = attrs.field(repr=False)
    base_url: str = attrs.field(default=HOSTED, converter=check_address)
    versions: Versions = attrs.field(factory=Versions)
    retry: RetryPolicy = attrs.field(factory=RetryPolicy)
    quota: Quota = attrs.field(factory=Quota)
    timeout: dt.timedelta = dt.timedelta(seconds=20)
    largest_answer: int = 8 * 1024 * 1024
    clock: Callable[[], dt.datetime] = attrs.field(default=system.read_clock, repr=False)
    stopwatch: Callable[[], float] = attrs.field(default=time.monotonic, repr=False)
    draw: Callable[[], float] = attrs.field(default=draw_chance, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.timeout <= dt.timedelta(0):
            raise InvalidValue("timeout", "must be positive", self.timeout)
        if self.largest_answer < 1:
            raise InvalidValue("largest_answer", "must be positive", self.largest_answer)

    @property
    def api(self) -> Api:
        """Where the requests of this account go."""
        return Api(self.base_url, self.versions, self.clock)

    def limits(self, left: float) -> Limits:
        """Return what one try may take when *left* seconds remain for all of them."""
        return Limits(min(self.timeout.total_seconds(), max(left, _SHORTEST_TRY)), self.largest_answer)

    def authorization(self) -> str:
        """Return the header that proves who we are; raises InvalidValue where the token cannot be sent."""
        token = self.token()
        if not _KEY.fullmatch(token):
            raise InvalidValue("token", "must be printable ASCII without spaces")
        return f"Bearer {token}"

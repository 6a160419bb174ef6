"""Time and identity that a test decides over.

Both are given to a scheduler in place of the machine's own:

>>> from scheduling_core import MemoryStorage, Scheduler
>>> clock = ManualClock(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))
>>> scheduler = Scheduler(MemoryStorage(), clock=clock, new_id=CountingIds())
"""

import datetime as dt
import itertools

from scheduling_core.errors import InvalidValue
from scheduling_core.intervals import to_instant


class ManualClock:
    """A clock that stands still until it is told to move.

    >>> clock = ManualClock(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))
    >>> clock.advance(dt.timedelta(minutes=5))
    >>> print(clock())
    2026-03-02 09:05:00+00:00
    """

    def __init__(self, now: dt.datetime) -> None:
        self._now = to_instant(now, "now")

    def __call__(self) -> dt.datetime:
        """Return the present instant, in UTC."""
        return self._now

    def advance(self, by: dt.timedelta) -> None:
        """Let time pass; raises InvalidValue for a negative span, because that is what `set` is for."""
        if by < dt.timedelta(0):
            raise InvalidValue("by", "must not be negative", by)
        self._now = to_instant(self._now + by, "now")

    def set(self, now: dt.datetime) -> None:
        """Move to any instant, also backwards, as the clock of a machine may."""
        self._now = to_instant(now, "now")


class CountingIds:
    """Ids that count: they sort in the order in which they were made, and a failing test can be read.

    They have the form of UUIDs of version 7, for whatever keeps ids as such.

    >>> new_id = CountingIds()
    >>> new_id(), new_id()
    ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002')
    """

    def __init__(self, first: int = 1) -> None:
        self._numbers = itertools.count(first)

    def __call__(self) -> str:
        """Return the next id."""
        return f"00000000-0000-7000-8000-{next(self._numbers):012x}"

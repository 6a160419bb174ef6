"""A clock, a stopwatch and sleep that agree with each other, for tests."""

import datetime as dt

from scheduling_core.intervals import to_instant


class ManualTime:
    """Time that passes only when somebody sleeps or says so; `slept` keeps every sleep, in seconds.

    >>> time = ManualTime(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))
    >>> time.sleep(90)
    >>> print(time.clock(), time.stopwatch(), time.slept)
    2026-03-02 09:01:30+00:00 90.0 [90]
    """

    def __init__(self, start: dt.datetime) -> None:
        self.slept: list[float] = []
        self._start = to_instant(start, "start")
        self._passed = dt.timedelta(0)

    def clock(self) -> dt.datetime:
        """Return the present instant, in UTC."""
        return self._start + self._passed

    def stopwatch(self) -> float:
        """Return the seconds since the start."""
        return self._passed.total_seconds()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += dt.timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        """Sleep, as `time.sleep` does."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Sleep, as `asyncio.sleep` does."""
        self.sleep(seconds)

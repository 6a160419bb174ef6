"""Measuring against a yardstick: our function beside the bare work, in one run.

Absolute times differ between machines and moments; the ratio of two functions that were measured in the
same minute holds. Each function is repeated by itself, and the fastest repetition counts: taking turns
call by call would let one spoil the caches of the other.
"""

import timeit
from collections.abc import Callable

import attrs


@attrs.frozen
class Result:
    """What was measured: seconds for one call of ours and of the yardstick, and the ratio to stay below."""

    name: str
    ours: float
    yardstick: float
    goal: float

    @property
    def ratio(self) -> float:
        """How many times the yardstick we take."""
        return self.ours / self.yardstick

    @property
    def reached(self) -> bool:
        """Whether the ratio is within its goal."""
        return self.ratio <= self.goal


def fastest(call: Callable[[], object], *, blocks: int = 15, seconds: float = 0.05) -> float:
    """Return the seconds of one call, in the fastest of some blocks of calls, each *seconds* long."""
    timer = timeit.Timer(call)
    once = max(timer.timeit(1), 1e-7)
    number = max(1, int(seconds / once))
    return min(timer.repeat(blocks, number)) / number


def compare(name: str, goal: float, ours: Callable[[], object], yardstick: Callable[[], object]) -> Result:
    """Measure *ours* and then the *yardstick*."""
    return Result(name, fastest(ours), fastest(yardstick), goal)


def take_turns(*contenders: Callable[[int], float], blocks: int = 7) -> list[float]:
    """Return the seconds of one piece of each contender's work, in the fastest of some blocks.

    For what cannot be repeated from where it began, such as writing to a database. Each contender is told
    the number of the block, does so much work as takes a second or so, and returns the seconds of one piece.
    The first block warms connections and caches, and does not count.
    """
    turns = [[contender(block) for contender in contenders] for block in range(blocks + 1)]
    return [min(seconds) for seconds in zip(*turns[1:], strict=True)]

"""A plain list of what a host must have, in minutes of one day; the machine holds storages against it."""

import attrs

Wish = tuple[str, int, int]
"""A type of appointment, the minute at which it starts and its length."""
Refusal = frozenset[str]
"""The codes of the reasons."""

BUFFERS = {"visit": (0, 0), "call": (15, 30)}
"""Of each type, before and after."""
HOLDING = ("confirmed", "completed")


@attrs.frozen
class Line:
    """An appointment."""

    id: str
    wish: Wish
    name: str
    status: str = "confirmed"
    version: int = 1

    @property
    def time(self) -> tuple[int, int]:
        """From when to when."""
        _, start, length = self.wish
        return start, start + length

    @property
    def occupied(self) -> tuple[int, int]:
        """From when to when, with buffers."""
        before, after = BUFFERS[self.wish[0]]
        return self.time[0] - before, self.time[1] + after


@attrs.define
class Model:
    """All that the host has and what was done with it, oldest first."""

    hours: list[tuple[int, int]]
    log: list[str]
    lines: list[Line] = attrs.Factory(list)
    time_off: list[tuple[int, int]] = attrs.Factory(list)
    answers: dict[str, Line] = attrs.Factory(dict)

    def refusal(self, wish: Wish, moving: Line | None = None) -> Refusal:
        """Return why *wish* must be refused; for nothing at all, it must be granted."""
        wanted = Line("", wish, "")
        codes = set()
        if not any(opens <= wanted.time[0] and wanted.time[1] <= closes for opens, closes in self.hours):
            codes.add("outside_hours")
        if any(_overlap(wanted.time, off) for off in self.time_off):
            codes.add("time_off")
        if any(
            _overlap(wanted.occupied, line.occupied)
            for line in self.lines
            if line.status in HOLDING and line != moving
        ):
            codes.add("overlap")
        return frozenset(codes)

    def add(self, line: Line, key: str | None) -> None:
        """Book."""
        self.lines.append(line)
        self.log.append("booked")
        if key is not None:
            self.answers[key] = line

    def change(self, line: Line, to: Line, kind: str) -> Line:
        """Put *to* in the place of *line*, with the next version, and return it."""
        successor = attrs.evolve(to, version=line.version + 1)
        self.lines[self.lines.index(line)] = successor
        self.log.append(kind)
        return successor

    def in_order(self) -> list[Line]:
        """Return the appointments by start, then id."""
        return sorted(self.lines, key=lambda line: (line.time[0], line.id))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]

"""What the strategies of the test kit find in an application that looks right: a double booking.

The diary below keeps aware datetimes, compares half-open intervals, and passes every test with times that
one would think of. Python, however, adds to and compares datetimes of one zone by the clock on the wall.
Hypothesis, with strategies that draw from where clocks change, finds what that comes to, and shrinks it to
the two bookings that matter. Run it with `python wrong_application.py`; it needs

    pip install "scheduling-core[testing]"
"""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

from hypothesis import find, settings
from hypothesis import strategies as st

from scheduling_core import Interval
from scheduling_core.testing import strategies

BERLIN = ZoneInfo("Europe/Berlin")

# Some intervals of a few hours each, around a moment when the clocks in Berlin change, or a quiet one.
WISHES = strategies.anchors(BERLIN).flatmap(
    lambda anchor: st.lists(strategies.intervals(anchor - dt.timedelta(hours=1)), max_size=5)
)


class Diary:
    """The appointments of a host in Berlin, each with its start and its end."""

    def __init__(self) -> None:
        self.booked: list[tuple[dt.datetime, dt.datetime]] = []

    def book(self, start: dt.datetime, duration: dt.timedelta) -> bool:
        """Book if nothing is in the way, and say whether it was."""
        start = start.astimezone(BERLIN)
        end = start + duration
        if any(start < other_end and other_start < end for other_start, other_end in self.booked):
            return False
        self.booked.append((start, end))
        return True


def is_double_booked(wishes: list[Interval]) -> bool:
    """Let the diary book what it takes, and say whether it has promised one moment to two people."""
    diary = Diary()
    taken = [wish for wish in wishes if diary.book(wish.start, wish.duration)]
    return any(one.overlaps(other) for one, other in itertools.combinations(taken, 2))


def find_double_booking() -> list[Interval]:
    """Return the smallest list of wishes that Hypothesis finds to book one moment twice."""
    return find(WISHES, is_double_booked, settings=settings(max_examples=10_000, database=None))


if __name__ == "__main__":
    for wish in find_double_booking():
        print(wish.start.astimezone(BERLIN), "to", wish.end.astimezone(BERLIN))

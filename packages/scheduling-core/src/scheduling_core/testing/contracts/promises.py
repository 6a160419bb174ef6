"""The promises to users that rest on the storage, by their numbers, after whatever users may do."""

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st

from scheduling_core.appointments import HOLDS_TIME
from scheduling_core.ids import HostId
from scheduling_core.intervals import TICK
from scheduling_core.reasons import BookingRefused, Overlaps
from scheduling_core.testing import strategies
from scheduling_core.testing.clocks import ManualClock
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.transactions import everything
from scheduling_core.testing.contracts.values import ALWAYS, HOUR, NINE, request

_LENGTHS = st.sampled_from((HOUR / 2, HOUR, 3 * HOUR / 2, 2 * HOUR))
_COLLISIONS = st.tuples(
    st.lists(_LENGTHS, min_size=2, max_size=4),
    st.integers(0, 3),
    st.integers(1, 3),
    st.sampled_from((0, 0.25, 0.5, 1)),
)


def replay(stage: Stage, history: strategies.History) -> HostId:
    """Make every call of *history*, for a host of its own, and return that host."""
    host = stage.unknown_host()
    calls = tuple(attrs.evolve(call, arguments=_for_host(host, call.arguments)) for call in history.calls)
    clock = ManualClock(history.now)
    attrs.evolve(history, host=host, calls=calls).replay(stage.scheduler(clock), clock)
    return host


class Promises(Contract):
    """What no history of calls can break."""

    def test_property_07_no_two_appointments_that_hold_time_overlap(self, stage: Stage) -> None:
        """After any history no two occupied intervals overlap, and the log has an entry for each version."""

        def promise(history: strategies.History) -> None:
            host = replay(stage, history)
            known, found, log = stage.storage.read(
                lambda work: (work.host(host), work.between(host, ALWAYS), work.changes(host, 0))
            )
            holding = sorted(
                (each.occupied.start, each.occupied.end) for each in found if each.status in HOLDS_TIME
            )
            for (_, end), (start, _) in itertools.pairwise(holding):
                assert end <= start
            assert known is not None
            assert [entry.version for entry in log] == list(range(1, known.version + 1))

        stage.for_all(strategies.histories(), promise)

    def test_property_10_a_reschedule_into_a_conflict_leaves_everything_as_it_was(self, stage: Stage) -> None:
        """It is refused for the overlap, whichever part of the other it meets, were it by a microsecond."""

        def promise(drawn: tuple[list[dt.timedelta], int, int, float]) -> None:
            lengths, number, distance, part = drawn
            host, scheduler = stage.new_host(), stage.scheduler()
            booked = [
                scheduler.book(request(host, NINE + count * 3 * HOUR, duration=length))
                for count, length in enumerate(lengths)
            ]
            moving = booked[number % len(booked)]
            other = booked[(number + 1 + distance % (len(booked) - 1)) % len(booked)]
            first = other.during.start - moving.during.duration + TICK
            start = first + part * (other.during.end - TICK - first)
            before = stage.storage.read(lambda work: everything(work, host))
            with pytest.raises(BookingRefused) as refused:
                scheduler.reschedule(moving.id, start)
            assert other.id in {
                reason.appointment for reason in refused.value.reasons if isinstance(reason, Overlaps)
            }
            assert stage.storage.read(lambda work: everything(work, host)) == before

        stage.for_all(_COLLISIONS, promise)


def _for_host(host: HostId, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the arguments of a call, about *host* in place of any other."""
    if "request" in arguments:
        return {**arguments, "request": attrs.evolve(arguments["request"], host=host)}
    return {**arguments, "host": host} if "host" in arguments else arguments

"""Whether what clients were told can have happened: the history of one host, decided by its versions.

A host's version rises with every change, inside the change's own transaction. So there is no search for an
order that explains everything: the log names the order, and it is replayed on a model of a few lines.
"""

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reliability.calls import Call, describe
from scheduling_core import Appointment
from scheduling_core.changes import Booked, Cancelled, LogEntry, Rescheduled

State = Mapping[str, Appointment]
"""The appointments that hold time, by id."""

REFUSALS = {"BookingRefused": ("book", "reschedule"), "IllegalTransition": ("reschedule", "cancel")}


def find_complaints(log: Sequence[LogEntry], calls: Iterable[Call]) -> list[str]:
    """Return what is wrong with the whole log of a host and the calls of all its clients.

    The versions have no gaps; each step is legal after those before it; the log holds what clients were told
    and no more; what had been answered before another call began has the lower version; whatever was refused
    or listed fits a state in which the host was during the call.
    """
    changes: list[Call] = []
    others: list[Call] = []
    for call in calls:
        (changes if call.kind != "list" and call.outcome == "done" else others).append(call)
    states, illegal = replay(log)
    versions = {describe(appointment): version for version, appointment in _appointments(log)}
    told = {word for call in changes for word in call.told}
    complaints = [*_gaps(log), *illegal]
    complaints += [f"version {versions[word]} was told to nobody" for word in versions.keys() - told]
    complaints += [f"told and not in the log: {word}" for word in told - versions.keys()]
    if len(told) != len(changes):
        complaints.append(f"{len(changes)} changes were told, of which only {len(told)} differ")
    known = [(versions[call.told[0]], call) for call in changes if call.told[0] in versions]
    complaints += _overtaken(known)
    first = len(log) - len(versions)
    complaints += _unjustified(others, _Clock(known, first), states)
    return complaints


def replay(log: Sequence[LogEntry]) -> tuple[list[State], list[str]]:
    """Return the states that the log leads through, the empty one first, and the illegal steps."""
    state: dict[str, Appointment] = {}
    states: list[State] = [{}]
    illegal = []
    for entry in log:
        change = entry.change
        if isinstance(change, Booked | Rescheduled | Cancelled):
            after = change.appointment
            before = state.pop(after.id, None)
            new = isinstance(change, Booked)
            if new != (before is None) or after.version != (before.version + 1 if before else 1):
                illegal.append(f"version {entry.version} changes what is not there")
            if not isinstance(change, Cancelled):
                if any(other.occupied.overlaps(after.occupied) for other in state.values()):
                    illegal.append(f"version {entry.version} overlaps")
                state[after.id] = after
        states.append(state.copy())
    return states, illegal


def _appointments(log: Iterable[LogEntry]) -> Iterator[tuple[int, Appointment]]:
    for entry in log:
        if isinstance(entry.change, Booked | Rescheduled | Cancelled):
            yield entry.version, entry.change.appointment


def _gaps(log: Sequence[LogEntry]) -> Iterator[str]:
    for expected, entry in enumerate(log, start=1):
        if entry.version != expected:
            yield f"version {entry.version} stands where {expected} should"


def _overtaken(known: Iterable[tuple[int, Call]]) -> Iterator[str]:
    """Yield the changes that were answered before one with a lower version began."""
    earliest_return: float = float("inf")
    for version, call in sorted(known, key=lambda pair: pair[0], reverse=True):
        if earliest_return < call.invoked:
            yield f"version {version} was asked for after a higher one had been answered"
        earliest_return = min(earliest_return, call.returned)


class _Clock:
    """At which versions a host may have been during a call, as far as the changes of all clients tell."""

    def __init__(self, known: Sequence[tuple[int, Call]], first: int) -> None:
        self._first = first
        self._returned = _rising((call.returned, version) for version, call in known)
        self._invoked = _rising((call.invoked, version) for version, call in known)

    def versions_during(self, call: Call) -> range:
        """Return from the last version answered before the call to the last that was asked for during it."""
        low = bisect.bisect_left(self._returned, (call.invoked, 0))
        high = bisect.bisect_right(self._invoked, (call.returned, 0))
        least = self._returned[low - 1][1] if low else self._first
        most = self._invoked[high - 1][1] if high else self._first
        return range(least, most + 1)


def _rising(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return instants in order, each with the highest version of all up to it."""
    in_order = sorted(pairs)
    highest = itertools.accumulate((version for _, version in in_order), max)
    return [(instant, version) for (instant, _), version in zip(in_order, highest, strict=True)]


def _unjustified(calls: Iterable[Call], clock: _Clock, states: Sequence[State]) -> Iterator[str]:
    for call in calls:
        possible = (states[version] for version in clock.versions_during(call) if version < len(states))
        if call.kind != "list" and call.kind not in REFUSALS.get(call.outcome, ()):
            yield f"{call.kind} ended in {call.outcome}"
        elif not any(_explains(state, call) for state in possible):
            yield f"{call.kind} ended in {call.outcome}, which no state during the call explains"


def _explains(state: State, call: Call) -> bool:
    """Say whether the call could come out as it did, had the host been in this state."""
    if call.outcome == "IllegalTransition":
        return call.target not in state
    if call.asked is not None:
        others = (other for other in state.values() if other.id != call.target)
        return any(other.occupied.overlaps(call.asked) for other in others)
    return sorted(call.told) == sorted(map(describe, state.values()))

"""The states of a delivery, one arrow at a time."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import attrs
import pytest

from scheduling_core import (
    SYNC_TRANSITIONS,
    Appointment,
    AppointmentId,
    AppointmentTypeId,
    HostId,
    Interval,
    InvalidValue,
    Link,
    Status,
    SyncRow,
    SyncState,
    deliveries,
)
from scheduling_core.deliveries import MOST_FLIPS
from scheduling_core.local_time import find_zone
from scheduling_core.sync import LOCAL, OPEN, RemoteBooking, SyncPolicy

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
POLICY = SyncPolicy()
DURING = Interval.of(NOW, dt.timedelta(hours=1))
APPOINTMENT = Appointment(
    id=AppointmentId("a"),
    host=HostId("host"),
    type=AppointmentTypeId("visit"),
    customer_name="Ann",
    during=DURING,
    occupied=DURING,
    status=Status.CONFIRMED,
    version=3,
    timezone=find_zone("UTC"),
    created_at=NOW,
    updated_at=NOW,
)
REMOTE = RemoteBooking("uid", DURING, is_active=True, appointment=APPOINTMENT.id)


def row(state: SyncState, **fields: Any) -> SyncRow:  # noqa: ANN401  Whatever fields a row has.
    """Return a row in a state, as it can be."""
    waits = {SyncState.IN_FLIGHT, SyncState.UNKNOWN, SyncState.RETRY_WAIT}
    usual = SyncRow(
        APPOINTMENT.id,
        "calendar",
        APPOINTMENT.host,
        desired_version=3,
        state=state,
        next_due=NOW + POLICY.quiet if state in waits else None,
        synced_version=2,
    )
    return attrs.evolve(usual, **fields)


def by_name(states: Iterable[SyncState]) -> list[SyncState]:
    """Return states in an order that is the same in every process."""
    return sorted(states, key=lambda state: state.value)


STEPS: dict[str, Callable[[SyncRow], SyncRow]] = {
    "want": lambda row: deliveries.want(row, APPOINTMENT, "calendar", NOW),
    "link": lambda row: deliveries.link(row, APPOINTMENT, "calendar", NOW),
    "unlink": deliveries.unlink,
    "requeue": lambda row: deliveries.requeue(row, NOW),
    "adopt": lambda row: deliveries.adopt(row, 4, REMOTE, NOW),
    "ping-pong": lambda row: deliveries.adopt(
        attrs.evolve(row, flips=MOST_FLIPS, flips_since=NOW), 4, REMOTE, NOW
    ),
    "disagree": lambda row: deliveries.disagree(row, "overlap", NOW),
    "suspect": lambda row: deliveries.suspect(row, NOW, POLICY, ended=False),
}
OF_A_RELAY: dict[str, Callable[[SyncRow], SyncRow]] = {
    "arrive": lambda row: deliveries.arrive(row, 3, REMOTE, NOW),
    "arrive too early": lambda row: deliveries.arrive(row, 2, REMOTE, NOW),
    "go_on": lambda row: deliveries.go_on(row, REMOTE, NOW, POLICY),
    "wait": lambda row: deliveries.wait(row, "down", NOW, SECOND),
    "doubt": lambda row: deliveries.doubt(row, "cut", NOW, POLICY),
    "give_up": lambda row: deliveries.give_up(row, "refused", NOW),
    "put_back": lambda row: deliveries.put_back(row, NOW),
    "claim again": lambda row: deliveries.claim(row, NOW, POLICY),
}


def test_the_table_has_the_arrows_that_there_are() -> None:
    """Every step ends where the table says, and the table says nothing that no step does."""
    seen = {state: {state} for state in SyncState}
    for state in SyncState:
        for name, step in STEPS.items():
            # Who is not linked is not told what happens there either.
            if state is not SyncState.OFF or name in {"want", "link", "unlink", "requeue"}:
                seen[state].add(step(row(state)).state)
    for step in OF_A_RELAY.values():
        seen[SyncState.IN_FLIGHT].add(step(row(SyncState.IN_FLIGHT)).state)
    for state in OPEN:
        seen[state].add(deliveries.claim(row(state), NOW, POLICY).state)
    assert seen == {state: {state} | SYNC_TRANSITIONS[state] for state in SyncState}


@pytest.mark.parametrize("state", by_name(OPEN))
def test_a_change_keeps_the_timers_of_what_is_under_way(state: SyncState) -> None:
    """A newer version is wanted, and a quiet period or a lease is not cut short by it."""
    changed = deliveries.want(row(state, desired_version=2, fence=7), APPOINTMENT, "calendar", NOW)
    assert changed == row(state, desired_version=3, fence=7)


@pytest.mark.parametrize("state", by_name(set(SyncState) - {SyncState.OFF}))
def test_what_was_done_too_late_is_looked_for(state: SyncState) -> None:
    """Whatever others have made of the row: no claim of theirs outlives it, and a look comes first."""
    for ended in (False, True):
        suspected = deliveries.suspect(row(state, fence=4, next_due=NOW), NOW, POLICY, ended=ended)
        assert suspected.is_open
        assert suspected.must_observe
        assert suspected.is_replaced == ended
        assert suspected.fence == (5 if state is SyncState.IN_FLIGHT else 4)
    off = row(SyncState.OFF, fence=4)
    assert deliveries.suspect(off, NOW, POLICY, ended=True) == off


@pytest.mark.parametrize("state", by_name(set(SyncState) - OPEN))
def test_a_change_revives_what_had_stopped(state: SyncState) -> None:
    """A new version is delivered at once, and what failed before counts no longer."""
    stopped = row(state, desired_version=2, attempts=12, first_failed_at=NOW, last_error="refused")
    changed = deliveries.want(stopped, APPOINTMENT, "calendar", NOW)
    assert changed == row(SyncState.PENDING, next_due=NOW)


def test_a_first_change_makes_the_row() -> None:
    """Without a row there is nothing to look for: the version is wanted, and nobody was told yet."""
    made = deliveries.want(None, APPOINTMENT, "calendar", NOW)
    assert made == SyncRow(APPOINTMENT.id, "calendar", APPOINTMENT.host, 3, next_due=NOW)
    assert not made.must_observe
    assert deliveries.link(None, APPOINTMENT, "calendar", NOW).must_observe


@pytest.mark.parametrize("state", by_name(OPEN))
def test_a_claim_has_a_lease_and_a_fence(state: SyncState) -> None:
    """Who claims has until the lease ends; after an unknown outcome or a lost relay it has to look first."""
    claimed = deliveries.claim(row(state, fence=4), NOW, POLICY)
    assert (claimed.state, claimed.fence) == (SyncState.IN_FLIGHT, 5)
    assert claimed.next_due == NOW + POLICY.lease
    assert claimed.must_observe == (state in {SyncState.UNKNOWN, SyncState.IN_FLIGHT})


def test_only_what_is_due_may_be_claimed() -> None:
    """Pending is due at once, the other open states when their time has come, and the rest never."""
    due = {state for state in SyncState if deliveries.is_due(row(state), NOW)}
    later = {state for state in SyncState if deliveries.is_due(row(state), NOW + POLICY.quiet)}
    assert due == {SyncState.PENDING}
    assert later == OPEN


def test_an_older_version_that_arrives_is_not_the_end() -> None:
    """What was changed while the relay was at it is delivered next."""
    arrived = deliveries.arrive(row(SyncState.IN_FLIGHT, attempts=3, last_error="x"), 2, REMOTE, NOW)
    assert (arrived.state, arrived.synced_version, arrived.remote) == (SyncState.PENDING, 2, REMOTE)
    assert (arrived.attempts, arrived.last_error) == (0, None)


def test_too_many_failures_are_the_end() -> None:
    """After twelve failures, or a day of them, nothing more is tried until somebody says so."""
    failed = row(SyncState.RETRY_WAIT)
    for number in range(1, POLICY.most_attempts + 1):
        failed = deliveries.count(failed, NOW, POLICY)
        assert (failed.state is SyncState.DEAD) == (number == POLICY.most_attempts)
    young = row(SyncState.RETRY_WAIT, first_failed_at=NOW - POLICY.oldest)
    assert deliveries.count(young, NOW, POLICY).state is SyncState.RETRY_WAIT
    assert deliveries.count(young, NOW + SECOND, POLICY).state is SyncState.DEAD


def test_steps_without_end_are_the_end() -> None:
    """A delivery whose steps never lead to agreement stops, instead of calling for ever."""
    going = row(SyncState.IN_FLIGHT, attempts=POLICY.most_attempts - 2)
    going = deliveries.go_on(going, None, NOW, POLICY)
    assert (going.state, going.must_observe) == (SyncState.PENDING, True)
    assert deliveries.go_on(going, None, NOW, POLICY).state is SyncState.DEAD


def test_sides_that_answer_each_other_are_stopped() -> None:
    """More than three turns within ten minutes are a conflict, and turns long ago are forgotten."""
    turning = row(SyncState.SYNCED)
    for number in range(1, MOST_FLIPS + 2):
        if number % 2:
            turning = deliveries.adopt(turning, 4, REMOTE, NOW)
        else:
            turning = deliveries.want(turning, APPOINTMENT, "calendar", NOW)
            turning = deliveries.arrive(turning, 3, REMOTE, NOW)
    assert (turning.state, turning.flips) == (SyncState.SYNCED, MOST_FLIPS + 1)
    assert turning.origin == LOCAL
    again = deliveries.adopt(turning, 4, REMOTE, NOW)
    assert (again.state, again.last_error) == (SyncState.CONFLICT, "ping_pong")
    later = deliveries.adopt(turning, 4, REMOTE, NOW + deliveries.FLIPS_WITHIN + SECOND)
    assert (later.state, later.flips) == (SyncState.SYNCED, 1)


def test_adopting_makes_no_work() -> None:
    """What came from the other side is not sent back to it, and a relay that was at it has lost its claim."""
    adopted = deliveries.adopt(row(SyncState.IN_FLIGHT, fence=2, must_observe=True), 4, REMOTE, NOW)
    assert (adopted.desired_version, adopted.synced_version, adopted.fence) == (4, 4, 3)
    assert (adopted.state, adopted.must_observe) == (SyncState.SYNCED, False)


def test_what_the_calendar_should_hold() -> None:
    """An appointment that holds time wants its own time there; any other wants nothing active there."""
    moved = attrs.evolve(REMOTE, during=Interval.of(NOW + SECOND, DURING.duration))
    ended = attrs.evolve(moved, is_active=False)
    cancelled = attrs.evolve(APPOINTMENT, status=Status.CANCELLED)
    assert [remote.is_as(APPOINTMENT) for remote in (REMOTE, moved, ended)] == [True, False, False]
    assert [remote.is_as(cancelled) for remote in (REMOTE, moved, ended)] == [False, False, True]


def test_staleness_is_a_matter_of_the_link() -> None:
    """A copy of any age will do unless the link says otherwise; one that was never made is stale."""
    hour = dt.timedelta(hours=1)
    assert not Link("calendar").is_stale(NOW)
    assert Link("calendar", stale_after=hour).is_stale(NOW)
    assert not Link("calendar", stale_after=hour, busy_as_of=NOW - hour).is_stale(NOW)
    assert Link("calendar", stale_after=hour, busy_as_of=NOW - hour - SECOND).is_stale(NOW)


def test_numbers_that_make_no_sense_are_refused() -> None:
    """No length and no count of a policy may be nothing or less."""
    for field in attrs.fields(SyncPolicy):
        number: Any = field.default
        nothing = {field.name: number - number}
        with pytest.raises(InvalidValue, match=field.name):
            SyncPolicy(**nothing)
    with pytest.raises(InvalidValue, match="stale_after"):
        Link("calendar", stale_after=dt.timedelta(0))


def test_no_repr_shows_the_uid() -> None:
    """Whoever has the uid of a booking can move it, so it stays out of what may be logged."""
    assert "uid" not in repr(row(SyncState.SYNCED, remote=REMOTE)).replace("uid=", "")

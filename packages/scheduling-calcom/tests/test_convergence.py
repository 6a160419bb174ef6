"""Whatever happens on both sides, and whatever goes wrong in between, in the end they agree."""

import contextlib
import datetime as dt
import itertools
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from calcom_practice import EVE, HALF_HOUR, HOST, HOUR, NOW, SHORT, Practice
from scheduling_calcom.testing import FakeCalCom, Fault, ManualTime, faults
from scheduling_calcom.testing.messages import Failure
from scheduling_core import SchedulingError, SyncState

WEDNESDAY = NOW + dt.timedelta(days=2, hours=1)  # Nine o'clock in Berlin.
STARTS = [WEDNESDAY + number * HALF_HOUR for number in range(6)]
POST = "POST /v2/bookings"

Step = Callable[[Practice], object]


def book(start: dt.datetime, length: dt.timedelta) -> Step:
    """Somebody books here."""
    return lambda practice: practice.book(start, length)


def move(number: int, start: dt.datetime, length: dt.timedelta) -> Step:
    """Somebody moves an appointment here."""

    def step(practice: Practice) -> None:
        if coming := practice.scheduler.upcoming(HOST):
            practice.scheduler.reschedule(coming[number % len(coming)].id, start, duration=length)

    return step


def cancel(number: int) -> Step:
    """Somebody cancels an appointment here."""

    def step(practice: Practice) -> None:
        if coming := practice.scheduler.upcoming(HOST):
            practice.scheduler.cancel(coming[number % len(coming)].id)

    return step


def move_there(number: int, start: dt.datetime) -> Step:
    """Somebody moves a booking there."""

    def step(practice: Practice) -> None:
        if there := practice.there:
            practice.fake.world.reschedule(there[number % len(there)].uid, start)

    return step


def cancel_there(number: int) -> Step:
    """Somebody cancels a booking there."""

    def step(practice: Practice) -> None:
        if there := practice.there:
            practice.fake.world.cancel(there[number % len(there)].uid)

    return step


def book_there(start: dt.datetime) -> Step:
    """Somebody books there, where we know nothing of it."""
    return lambda practice: practice.fake.world.book(practice.fake.world.event_types[SHORT], start, EVE)


def fail(fault: Fault) -> Step:
    """The next call that is meant goes wrong."""
    return lambda practice: practice.fake.faults.append(fault)


def deliver(practice: Practice) -> None:
    """The relay takes what steps it can."""
    practice.deliver()


def hear(practice: Practice) -> None:
    """Webhooks arrive."""
    practice.hear()


def lose_hints(practice: Practice) -> None:
    """Webhooks do not arrive."""
    practice.fake.deliveries.clear()


def sweep(practice: Practice) -> None:
    """Somebody looks for what no webhook told."""
    practice.inbound.sweep()


def wait(seconds: int) -> Step:
    """Time passes."""
    return lambda practice: practice.wait(seconds)


_STARTS, _NUMBERS = st.sampled_from(STARTS), st.integers(0, 3)
_LENGTHS = st.sampled_from((HALF_HOUR, HOUR))
_FAULTS = st.sampled_from(
    (
        faults.fail_before(POST),
        faults.fail_after(POST),
        faults.drop_before(POST),
        faults.drop_after(POST),
        faults.truncate(POST),
        faults.write_late(POST, delay=dt.timedelta(seconds=50)),
        faults.refuse(),
        faults.throttle(),
        faults.answer_html(),
        faults.fail_before("GET", times=3),
    )
)
STEPS = st.one_of(
    st.builds(book, _STARTS, _LENGTHS),
    st.builds(move, _NUMBERS, _STARTS, _LENGTHS),
    st.builds(cancel, _NUMBERS),
    st.builds(move_there, _NUMBERS, _STARTS),
    st.builds(cancel_there, _NUMBERS),
    st.builds(book_there, _STARTS),
    st.builds(fail, _FAULTS),
    st.sampled_from((deliver, deliver, hear, lose_hints, sweep, wait(5), wait(61))),
)


def settle(practice: Practice) -> None:
    """Let everything that goes on by itself come to its end, in at most twelve tries, unhindered."""
    practice.fake.faults.clear()
    for _ in range(18):
        practice.wait(700)
        practice.deliver()
        practice.inbound.sweep(whole=True)
        practice.deliver()


@given(st.lists(STEPS, max_size=14))
def test_both_sides_agree_in_the_end(steps: list[Step]) -> None:
    """Each appointment has one booking at its time, or none if it is cancelled, or a person is told why not.

    Nothing is ever written to a booking that is not ours.
    """
    time = ManualTime(NOW)
    numbers = itertools.count(1)
    practice = Practice(FakeCalCom(clock=time.clock, new_uid=lambda: f"uid{next(numbers)}").furnish(), time)
    for step in steps:
        # What cannot be done now is not done; that is no matter here.
        with contextlib.suppress(SchedulingError, Failure):
            step(practice)
    settle(practice)
    for row in practice.scheduler.sync_rows(HOST):
        appointment = practice.scheduler.get(row.appointment)
        there = [b.interval for b in practice.there if b.metadata.get("sched_id") == row.appointment]
        assert not row.is_open
        if row.state is SyncState.SYNCED:
            assert there == ([appointment.during] if appointment.holds_time else [])
        else:
            assert row.last_error
            assert len(there) <= 1
    written = [asked.path.split("/")[3] for asked in practice.fake.asked if asked.path.count("/") == 4]
    assert all("sched_id" in practice.fake.world.bookings[uid].metadata for uid in written)

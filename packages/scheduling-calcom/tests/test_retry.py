"""When a call is tried again: how often, and after how long."""

import datetime as dt
from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling_calcom import (
    NO_RETRIES,
    Account,
    Attendee,
    CalComClient,
    Interrupted,
    InvalidRequest,
    RateLimited,
    RetryPolicy,
    ServerFailed,
    UnexpectedAnswer,
    Unreachable,
    is_ambiguous,
)
from scheduling_calcom.http import Call
from scheduling_calcom.retry import draw_chance
from scheduling_calcom.testing import Answer, FakeCalCom, Fault, ManualTime, connect, faults
from scheduling_core import ExternalCalendarError

Connect = Callable[..., CalComClient]
TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
ADAM = Attendee("Adam", "Europe/Berlin", "adam@customers.example")
SECOND = dt.timedelta(seconds=1)
READ, WRITE = Call("get_me", "me", writes=False), Call("create_booking", "bookings", writes=True)


def read(client: CalComClient) -> object:
    """Call something that changes nothing."""
    return client.get_me()


def write(client: CalComClient) -> object:
    """Call something that makes a booking."""
    return client.create_booking(event_type_id=2, start=TEN, attendee=ADAM)


passing = pytest.mark.parametrize(
    "fault",
    [
        faults.fail_before(times=2),
        faults.fail_before(times=2, status=503),
        faults.fail_before(times=2, status=408),
        faults.answer_html(times=2),
        faults.refuse(times=2),
        faults.drop_before(times=2),
        faults.truncate(times=2),
    ],
    ids=["500", "503", "408", "HTML 502", "refused", "reset", "cut"],
)


@passing
def test_a_read_waits_twice_as_long_each_time(
    calcom: CalComClient, fake: FakeCalCom, time: ManualTime, fault: Fault
) -> None:
    """After faults that pass, a read is tried again after 1 and 2 seconds, of which chance took half."""
    fake.faults.append(fault)
    assert read(calcom)
    assert len(fake.asked) == 3
    assert time.slept == [0.5, 1.0]


def test_a_silent_server_is_left_and_asked_again(
    calcom: CalComClient, fake: FakeCalCom, time: ManualTime
) -> None:
    """A read that gets no answer ends after the time-out, and is tried again."""
    fake.faults.append(faults.hang())
    assert read(calcom)
    assert (time.stopwatch(), time.slept) == (20.5, [0.5])


def test_a_read_gives_up_after_the_last_try(calcom: CalComClient, fake: FakeCalCom, time: ManualTime) -> None:
    """Four tries are made by default, and the last error is told."""
    fake.faults.append(faults.fail_before(times=9, status=503))
    with pytest.raises(ServerFailed) as caught:
        read(calcom)
    assert caught.value.status == 503
    assert len(fake.asked) == 4
    assert time.slept == [0.5, 1.0, 2.0]


def test_waiting_has_a_ceiling(
    connected: Connect,
    account: Account,
    fake: FakeCalCom,
    time: ManualTime,
) -> None:
    """Waits double only as far as the longest one."""
    policy = RetryPolicy(tries=7, longest_wait=4 * SECOND)
    client = connected(attrs.evolve(account, retry=policy), connect(fake))
    fake.faults.append(faults.fail_before(times=6))
    assert read(client)
    assert time.slept == [0.5, 1.0, 2.0, 2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    "fault",
    [faults.refuse(times=2), faults.throttle(headers={"Retry-After": "5"}, times=2)],
    ids=["refused", "429"],
)
def test_a_write_without_effect_is_repeated(calcom: CalComClient, fake: FakeCalCom, fault: Fault) -> None:
    """What surely was not seen by Cal.com is sent again, and done once."""
    fake.faults.append(fault)
    assert write(calcom)
    assert len(fake.asked) == 3
    assert len(fake.world.bookings) == 1


@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        (faults.fail_before(), 0),
        (faults.fail_after(), 1),
        (faults.fail_after(status=409), 1),
        (faults.answer_html(), 0),
        (faults.hang(), 0),
        (faults.write_late(delay=5 * SECOND), 0),
        (faults.drop_before(), 0),
        (faults.drop_after(), 1),
        (faults.truncate(), 1),
    ],
    ids=["500", "500 after", "409 after", "HTML 502", "silence", "late", "reset", "reset after", "cut"],
)
def test_an_ambiguous_write_is_not_repeated(
    calcom: CalComClient, fake: FakeCalCom, time: ManualTime, fault: Fault, effect: int
) -> None:
    """A write that may have taken effect is tried once, whether it did or not, and the error says so."""
    fake.faults.append(fault)
    with pytest.raises(ExternalCalendarError) as caught:
        write(calcom)
    assert is_ambiguous(caught.value)
    assert len(fake.asked) == 1
    assert time.slept == []
    assert len(fake.world.bookings) == effect


def test_a_late_write_takes_effect_after_it_was_given_up(
    calcom: CalComClient, fake: FakeCalCom, time: ManualTime
) -> None:
    """Looking at once after a time-out is too early: the booking may come to be seconds later."""
    fake.faults.append(faults.write_late(delay=30 * SECOND))
    with pytest.raises(Interrupted):
        write(calcom)
    assert calcom.list_bookings() == ()
    time.advance(10)
    assert len(calcom.list_bookings()) == 1


def test_a_mistake_is_not_repeated(calcom: CalComClient, fake: FakeCalCom) -> None:
    """What is refused would be refused again."""
    fake.faults.append(faults.fail_before(status=400, times=9))
    with pytest.raises(InvalidRequest):
        read(calcom)
    assert len(fake.asked) == 1


def test_an_unexpected_answer_is_not_repeated(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A page where an answer should be is there for a reason."""
    fake.faults.append(faults.answer_html(status=200, times=9))
    with pytest.raises(UnexpectedAnswer):
        read(calcom)
    assert len(fake.asked) == 1


def http_date(seconds: float) -> str:
    """Return an instant so many seconds from the start of the test, as HTTP writes it."""
    at = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC) + seconds * SECOND
    return at.strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, 60),
        ({"X-RateLimit-Reset-Default": "7"}, 7),
        ({"x-ratelimit-reset-default": "7", "Retry-After": "9"}, 7),
        ({"X-RateLimit-Reset-Default": "70", "X-RateLimit-Reset-Burst": "8"}, 8),
        ({"X-RateLimit-Reset-Default": "0"}, 1),
        ({"X-RateLimit-Reset-Default": "-3"}, 1),
        ({"X-RateLimit-Reset-Default": "soon", "Retry-After": "9"}, 9),
        ({"Retry-After": "9"}, 9),
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After": http_date(12)}, 12),
        ({"Retry-After": http_date(-12)}, 1),
        ({"Retry-After": http_date(312), "Date": http_date(300)}, 12),
        ({"Retry-After": http_date(12), "Date": "yesterday"}, 12),
        ({"Retry-After": "Mon, 02 Mar 2026 07:00:12 -0000"}, 12),
        ({"Retry-After": "nan"}, 60),
        ({"Retry-After": "soon"}, 60),
    ],
)
def test_429_is_waited_out(
    calcom: CalComClient, fake: FakeCalCom, time: ManualTime, headers: dict[str, str], wait: float
) -> None:
    """The reset header counts, in seconds from now, else Retry-After in either form, else a minute."""
    fake.faults.append(faults.throttle(headers=headers))
    assert read(calcom)
    assert time.slept == [wait]


def test_a_server_that_is_down_says_for_how_long(
    calcom: CalComClient, fake: FakeCalCom, time: ManualTime
) -> None:
    """Retry-After counts with 503 as well."""
    answer = Answer(503, b"", {"Retry-After": "9"})
    fake.faults.append(faults.answer_instead(answer=answer))
    assert read(calcom)
    assert time.slept == [9]


def test_a_wait_beyond_the_limit_is_not_begun(
    calcom: CalComClient, fake: FakeCalCom, time: ManualTime
) -> None:
    """Where the other side wants more time than is left, the caller is told at once, and for how long."""
    fake.faults.append(faults.throttle(headers={"Retry-After": "90"}))
    with pytest.raises(RateLimited) as caught:
        read(calcom)
    assert caught.value.retry_after == 90 * SECOND
    assert time.slept == []


def test_all_tries_together_have_a_limit(
    connected: Connect,
    account: Account,
    fake: FakeCalCom,
    time: ManualTime,
) -> None:
    """However many tries there are, a call ends when its time is over, and the last try gets what is left."""
    policy = RetryPolicy(tries=99, limit=50 * SECOND)
    client = connected(attrs.evolve(account, retry=policy), connect(fake, wait=time.advance))
    fake.faults.append(faults.hang(times=99))
    with pytest.raises(Interrupted):
        read(client)
    assert len(fake.asked) == 3
    assert time.stopwatch() == pytest.approx(50)


def test_retries_can_be_left_to_the_caller(
    connected: Connect,
    account: Account,
    fake: FakeCalCom,
    time: ManualTime,
) -> None:
    """Whoever keeps a record of what was tried gets every error as it comes."""
    client = connected(attrs.evolve(account, retry=NO_RETRIES), connect(fake))
    fake.faults.append(faults.refuse())
    with pytest.raises(Unreachable):
        read(client)
    assert (len(fake.asked), time.slept) == (1, [])


@pytest.mark.parametrize(
    ("error", "of_read", "of_write"),
    [
        (Unreachable(None, "c", "ConnectError"), True, True),
        (RateLimited(60 * SECOND, "c"), True, True),
        (Interrupted(None, "c", "ReadTimeout"), True, True),
        (Interrupted(None, "c", "ReadTimeout", ambiguous=True), True, False),
        (ServerFailed(None, "c", 500, ambiguous=True), True, False),
        (InvalidRequest("invalid_request", "c"), False, False),
        (UnexpectedAnswer("c", "data", "a list"), False, False),
        (ValueError(), False, False),
        (None, False, False),
    ],
)
def test_the_policy_is_a_table(error: Exception | None, *, of_read: bool, of_write: bool) -> None:
    """What passes is tried again: a read always, a write where it surely had no effect."""
    policy = RetryPolicy()
    assert (policy.repeats(READ, error), policy.repeats(WRITE, error)) == (of_read, of_write)


@given(tried=st.integers(1, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_a_wait_lies_between_nothing_and_its_ceiling(tried: int, chance: float) -> None:
    """Full jitter: any part of the ceiling may be waited, and never more."""
    policy = RetryPolicy()
    ceiling = min(policy.longest_wait, policy.first_wait * 2 ** min(tried - 1, 10))
    assert dt.timedelta(0) <= policy.wait(tried, None, lambda: chance) <= ceiling


def test_chance_is_a_part_of_one() -> None:
    """Draws differ, and are never 1."""
    draws = {draw_chance() for _ in range(100)}
    assert len(draws) == 100
    assert all(0 <= draw < 1 for draw in draws)

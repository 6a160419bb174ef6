"""Our own limit: how many requests leave here."""

import datetime as dt
import threading
from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling_calcom import NO_RETRIES, Account, CalComClient, Quota, RateLimited
from scheduling_calcom.testing import FakeCalCom, ManualTime, connect, faults

Connect = Callable[..., CalComClient]
START = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)


@given(
    per_minute=st.integers(2, 200),
    burst=st.integers(1, 199),
    gaps=st.lists(st.floats(0, 30), min_size=1, max_size=300),
)
def test_no_minute_sees_more_than_its_number(per_minute: int, burst: int, gaps: list[float]) -> None:
    """Whenever requests are wanted, and from wherever a minute is counted, no more leave than may."""
    time = ManualTime(START)
    quota = Quota(per_minute, min(burst, per_minute - 1), time.stopwatch)
    left = []
    for gap in gaps:
        time.advance(gap)
        left.append(time.stopwatch() + quota.take(float("inf")))
    for first in left:
        # A hair's breadth, because a rate such as 7 a minute has no exact number.
        assert sum(first <= at < first + 60 - 1e-6 for at in left) <= per_minute


def test_a_burst_leaves_at_once_and_the_others_in_turn() -> None:
    """After the burst, requests leave at even distances, in the order in which they came."""
    quota = Quota(100, 20, ManualTime(START).stopwatch)
    waits = [quota.take(60) for _ in range(24)]
    assert waits[:20] == [0.0] * 20
    assert waits[20:] == pytest.approx([0.75, 1.5, 2.25, 3.0])


def test_who_will_not_wait_takes_nothing() -> None:
    """A caller without the time to wait does not lengthen the wait of the others."""
    quota = Quota(61, 1, ManualTime(START).stopwatch)
    assert quota.take(0) == 0
    assert [quota.take(0.5) for _ in range(9)] == pytest.approx([1.0] * 9)
    assert quota.take(1.0) == pytest.approx(1)
    assert quota.take(9) == pytest.approx(2)


def test_an_idle_hour_earns_no_more_than_a_burst() -> None:
    """What was not used is lost beyond the size of the bucket."""
    time = ManualTime(START)
    quota = Quota(100, 20, time.stopwatch)
    time.advance(3600)
    assert [quota.take(60) for _ in range(21)][-1] > 0


def test_a_pause_holds_everyone() -> None:
    """While the other side wants to hear nothing, nothing leaves; a shorter pause ends no longer one."""
    time = ManualTime(START)
    quota = Quota(100, 20, time.stopwatch)
    quota.pause(60)
    quota.pause(10)
    assert quota.take(30) == 60
    time.advance(45)
    assert quota.take(30) == 15
    time.advance(20)
    assert quota.take(30) == 0


def test_threads_share_a_quota() -> None:
    """However many threads take at once, every token is taken once."""
    quota = Quota(61, 1, ManualTime(START).stopwatch)
    barrier = threading.Barrier(8)
    waits: list[float] = []

    def take() -> None:
        barrier.wait()
        waits.extend(quota.take(float("inf")) for _ in range(50))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx(list(range(400)))


def test_a_client_waits_for_its_turn(
    connected: Connect,
    account: Account,
    fake: FakeCalCom,
    time: ManualTime,
) -> None:
    """A client keeps its own limit by waiting, and the server never has to complain."""
    client = connected(attrs.evolve(account, quota=Quota(61, 1, time.stopwatch)), connect(fake))
    for _ in range(5):
        client.get_me()
    assert time.slept == pytest.approx([1] * 4)


def test_clients_of_one_account_share_its_quota(
    connected: Connect,
    account: Account,
    fake: FakeCalCom,
    time: ManualTime,
) -> None:
    """The limit belongs to the key, not to the client."""
    account = attrs.evolve(account, quota=Quota(61, 1, time.stopwatch))
    for _ in range(3):
        connected(account, connect(fake)).get_me()
    assert time.slept == pytest.approx([1, 1])


def test_a_turn_that_comes_too_late_is_refused(
    connected: Connect,
    account: Account,
    fake: FakeCalCom,
    time: ManualTime,
) -> None:
    """Where the wait would be longer than the call may take, the caller is told, and nothing is sent."""
    quota = Quota(100, 20, time.stopwatch)
    quota.pause(1000)
    with pytest.raises(RateLimited) as caught:
        connected(attrs.evolve(account, quota=quota), connect(fake)).get_me()
    assert caught.value.retry_after == dt.timedelta(seconds=1000)
    assert not caught.value.ambiguous
    assert fake.asked == []
    assert time.slept == []


def test_429_silences_everyone_who_shares_the_key(
    connected: Connect,
    account: Account,
    fake: FakeCalCom,
    time: ManualTime,
) -> None:
    """After one client is told to wait, another does not try."""
    fake.faults.append(faults.throttle(headers={"Retry-After": "80"}))
    with pytest.raises(RateLimited):
        connected(attrs.evolve(account, retry=NO_RETRIES), connect(fake)).get_me()
    connected(account, connect(fake)).get_me()
    assert len(fake.asked) == 2
    assert time.slept == [80]


def test_the_servers_limit_is_never_met(
    connected: Connect,
    account: Account,
    fake: FakeCalCom,
    time: ManualTime,
) -> None:
    """With the default quota, 400 calls in a row are answered without a single 429."""
    client = connected(attrs.evolve(account, quota=Quota(stopwatch=time.stopwatch)), connect(fake))
    for _ in range(400):
        client.get_me()
    assert len(fake.asked) == 400


def test_a_block_is_waited_out(calcom: CalComClient, fake: FakeCalCom, time: ManualTime) -> None:
    """A server with a lower limit than ours blocks for a minute, and every call is answered all the same."""
    fake.throttle.limit = 5
    for _ in range(12):
        calcom.get_me()
    assert time.slept == [60, 60]
    assert len(fake.asked) == 14

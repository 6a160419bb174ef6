"""The same request under the same key, over a storage in memory."""

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    HostId,
    IdempotencyMismatch,
    InvalidValue,
    MemoryStorage,
    NotFound,
    PolicyOverride,
    Schedule,
    Scheduler,
    Status,
    TimeRange,
    WeeklyHours,
)

HOST, OTHER = HostId("host"), HostId("other")
TALK, CALL = AppointmentTypeId("talk"), AppointmentTypeId("call")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NOW, NINE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 25, 9, tzinfo=dt.UTC)
HOURS = Schedule(ZoneInfo("UTC"), WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(17))))
REQUEST = BookingRequest(HOST, TALK, NINE, "Ann Quux", metadata={"case": "77"})


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that is set by hand."""
    return Clock()


@pytest.fixture
def scheduler(clock: Clock) -> Scheduler:
    """A scheduler of two hosts, who offer the same."""
    numbers = itertools.count()
    made = Scheduler(MemoryStorage(), clock=clock, new_id=lambda: f"id-{next(numbers)}")
    for host in (HOST, OTHER):
        made.set_schedule(host, HOURS)
        for type_id in (TALK, CALL):
            made.add_type(host, AppointmentType(type_id, "Talk", [HOUR]))
    return made


def test_the_same_request_has_the_same_answer(scheduler: Scheduler) -> None:
    """Repeated, it books nothing and is answered as it was, whatever happened since."""
    first = scheduler.book(REQUEST, idempotency_key="k")
    scheduler.cancel(first.id)
    log = scheduler.changes(HOST)
    assert scheduler.book(REQUEST, idempotency_key="k") == first
    assert scheduler.changes(HOST) == log


@pytest.mark.parametrize(
    "other",
    [
        {"start": NINE + HOUR},
        {"type": CALL},
        {"customer_name": "Bob"},
        {"duration": HOUR},
        {"notes": "x"},
        {"metadata": {}},
        {"customer_email": "a@b"},
        {"customer_phone": "1"},
        {"timezone": "Asia/Tokyo"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_request_under_the_key_is_an_error(scheduler: Scheduler, other: Mapping[str, Any]) -> None:
    """Whatever differs, nothing is booked."""
    scheduler.book(REQUEST, idempotency_key="k")
    log = scheduler.changes(HOST)
    with pytest.raises(IdempotencyMismatch):
        scheduler.book(attrs.evolve(REQUEST, **other), idempotency_key="k")
    assert scheduler.changes(HOST) == log


def test_after_a_purge_the_key_has_its_answer_still(scheduler: Scheduler) -> None:
    """What was asked for can no longer be told, so whoever knows the key gets the erased appointment."""
    first = scheduler.book(REQUEST, idempotency_key="k")
    scheduler.purge(first.id)
    again = scheduler.book(REQUEST, idempotency_key="k")
    assert (again.id, again.customer_name) == (first.id, "erased")


def test_the_first_type_stands_in_for_one_that_the_host_lacks(scheduler: Scheduler) -> None:
    """Where that is wanted; otherwise a type that the host lacks is not found."""
    asked = attrs.evolve(REQUEST, type=AppointmentTypeId("anything"))
    with pytest.raises(NotFound):
        scheduler.book(asked, idempotency_key="k")
    assert scheduler.book(asked, or_first_type=True).type == min(TALK, CALL)
    assert scheduler.book(attrs.evolve(REQUEST, host=OTHER), or_first_type=True).type == REQUEST.type
    nothing = HostId("has no types")
    scheduler.set_schedule(nothing, HOURS)
    with pytest.raises(NotFound):
        scheduler.book(attrs.evolve(asked, host=nothing), or_first_type=True)


def test_a_repeated_request_means_the_type_that_it_meant_first(scheduler: Scheduler) -> None:
    """Whichever types the host has had since."""
    asked = attrs.evolve(REQUEST, type=AppointmentTypeId("anything"))
    first = scheduler.book(asked, idempotency_key="k", or_first_type=True)
    for added in ("anything", "a"):
        scheduler.add_type(HOST, AppointmentType(AppointmentTypeId(added), "Another", [HOUR]))
        assert scheduler.book(asked, idempotency_key="k", or_first_type=True) == first


def test_an_override_is_part_of_the_request(scheduler: Scheduler) -> None:
    """With another override the key is used for another request."""
    wish = PolicyOverride("boss", "a favour", ["off_grid"])
    booked = scheduler.book(REQUEST, idempotency_key="k", override=wish)
    assert scheduler.book(REQUEST, idempotency_key="k", override=wish) == booked
    with pytest.raises(IdempotencyMismatch):
        scheduler.book(REQUEST, idempotency_key="k")


def test_a_key_is_the_host_s_own(scheduler: Scheduler) -> None:
    """Another host may use the same key for a request of its own."""
    first = scheduler.book(REQUEST, idempotency_key="k")
    second = scheduler.book(attrs.evolve(REQUEST, host=OTHER), idempotency_key="k")
    assert (first.host, second.host) == (HOST, OTHER)


def test_a_refusal_is_not_kept(scheduler: Scheduler) -> None:
    """What was refused may be tried again under its key."""
    obstacle = scheduler.book(REQUEST)
    with pytest.raises(BookingRefused):
        scheduler.book(REQUEST, idempotency_key="k")
    scheduler.cancel(obstacle.id)
    assert scheduler.book(REQUEST, idempotency_key="k").status is Status.CONFIRMED


def test_a_key_is_forgotten_after_seven_days(scheduler: Scheduler, clock: Clock) -> None:
    """To the microsecond; from then on it may be used for anything."""
    first = scheduler.book(REQUEST, idempotency_key="k")
    clock.now += 7 * DAY
    assert scheduler.book(REQUEST, idempotency_key="k") == first
    clock.now += dt.timedelta.resolution
    later = attrs.evolve(REQUEST, start=NINE + HOUR)
    second = scheduler.book(later, idempotency_key="k")
    assert second.id != first.id
    assert scheduler.book(later, idempotency_key="k") == second


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", 5], ids=["empty", "long", "line", "number"])
def test_a_bad_key_is_refused(scheduler: Scheduler, key: str) -> None:
    """A key is text of 1 to 255 printable characters."""
    with pytest.raises(InvalidValue, match="idempotency_key"):
        scheduler.book(REQUEST, idempotency_key=key)

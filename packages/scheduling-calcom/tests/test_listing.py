"""Listing bookings: to the last page, and nothing that was not asked for."""

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling_calcom import Attendee, CalComClient, UnexpectedAnswer
from scheduling_calcom.flows import Api, bookings
from scheduling_calcom.http import httpx
from scheduling_calcom.testing import Asked, FakeCalCom, ManualTime, World
from scheduling_calcom.testing.messages import Outcome

TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
ADAM = Attendee("Adam", "Europe/Berlin", "adam+calendar@customers.example")
EVE = Attendee("Eve", "Europe/Berlin", "eve@customers.example")
SHORT, LONG = 2, 3


def fill(world: World, number: int) -> list[str]:
    """Make bookings on following days, without office hours, and return their uids."""
    world.schedules.clear()
    return [
        world.book(world.event_types[SHORT], TEN + position * DAY, ADAM.to_json()).uid
        for position in range(number)
    ]


@pytest.mark.parametrize("number", [0, 1, 249, 250, 251, 600])
def test_every_page_is_read(calcom: CalComClient, fake: FakeCalCom, number: int) -> None:
    """However many bookings there are, each comes once."""
    uids = fill(fake.world, number)
    assert [booking.uid for booking in calcom.list_bookings()] == uids


class Stingy(FakeCalCom):
    """Gives out fifty bookings at once, whatever it is asked for."""

    def respond(self, asked: Asked) -> Outcome:
        """Answer with less."""
        return super().respond(attrs.evolve(asked, query={**asked.query, "take": "50"}))


class Unskipping(FakeCalCom):
    """Begins every page with the first booking."""

    def respond(self, asked: Asked) -> Outcome:
        """Answer from the start."""
        return super().respond(attrs.evolve(asked, query={**asked.query, "skip": "0"}))


class Shrinking(FakeCalCom):
    """Loses its first bookings once they have been listed."""

    def respond(self, asked: Asked) -> Outcome:
        """Answer, and forget."""
        outcome = super().respond(asked)
        for uid in [f"uid{number}" for number in range(1, 6)]:
            self.world.bookings.pop(uid, None)
        return outcome


@pytest.mark.parametrize("fake_kind", [Stingy])
def test_a_smaller_page_than_was_asked_for_is_not_the_last(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Where a server gives out fewer at once, its own number tells whether a page is full."""
    uids = fill(fake.world, 120)
    assert [booking.uid for booking in calcom.list_bookings()] == uids


@pytest.mark.parametrize("fake_kind", [Unskipping])
def test_a_server_that_does_not_skip_is_not_asked_for_ever(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A page without anything new is the last."""
    fill(fake.world, 300)
    assert len(calcom.list_bookings()) == bookings.PAGE


@pytest.mark.parametrize("fake_kind", [Shrinking])
def test_a_booking_that_leaves_the_list_hides_no_other(calcom: CalComClient, fake: FakeCalCom) -> None:
    """What moves forward between two pages is found all the same."""
    uids = fill(fake.world, 400)
    assert {booking.uid for booking in calcom.list_bookings()} == set(uids)
    assert not set(uids[:5]) & set(fake.world.bookings)


def test_the_count_of_the_server_is_not_believed(
    calcom: CalComClient, fake: FakeCalCom, time: ManualTime
) -> None:
    """The total ignores the filters by update, so the number of pages is not computed from it."""
    fill(fake.world, 300)
    time.advance(60)
    later = fake.world.book(fake.world.event_types[SHORT], TEN + 2 * HOUR, ADAM.to_json())
    [found] = calcom.list_bookings(after_updated_at=time.clock())
    assert found.uid == later.uid
    assert len(fake.asked) == 1


def test_filters_are_applied_by_the_server(calcom: CalComClient, fake: FakeCalCom) -> None:
    """What is asked for is what is sent over."""
    world = fake.world
    world.book(world.event_types[SHORT], TEN, ADAM.to_json())
    world.book(world.event_types[LONG], TEN + HOUR, EVE.to_json())
    assert [b.start for b in calcom.list_bookings(event_type_ids={LONG})] == [TEN + HOUR]
    assert [b.start for b in calcom.list_bookings(event_type_ids=(SHORT, LONG))] == [TEN, TEN + HOUR]
    assert [b.start for b in calcom.list_bookings(attendee_email=ADAM.email)] == [TEN]
    assert [b.start for b in calcom.list_bookings(after_start=TEN + HOUR / 2)] == [TEN + HOUR]
    assert [b.start for b in calcom.list_bookings(before_end=TEN + HOUR / 2)] == [TEN]
    assert [b.start for b in calcom.list_bookings(before_updated_at=world.clock())] == [TEN, TEN + HOUR]
    assert calcom.list_bookings(before_updated_at=world.clock() - HOUR) == ()


def test_forgotten_filters_are_made_up_for(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A server on which the bounds do nothing makes no difference."""
    fake.world.quirks.forgets_bounds = True
    uids = fill(fake.world, 5)
    inside = calcom.list_bookings(after_start=TEN + DAY, before_end=TEN + 2 * DAY + HOUR)
    assert [booking.uid for booking in inside] == uids[1:3]


@given(
    filters=st.fixed_dictionaries(
        {},
        optional={
            "event_type_ids": st.sets(st.sampled_from([SHORT, LONG]), min_size=1),
            "attendee_email": st.sampled_from([ADAM.email, "Eve@Customers.example"]),
            "after_start": st.integers(0, 6).map(lambda hours: TEN + hours * HOUR),
            "before_end": st.integers(0, 6).map(lambda hours: TEN + hours * HOUR),
            "after_updated_at": st.integers(0, 6).map(lambda hours: TEN + hours * HOUR),
            "before_updated_at": st.integers(0, 6).map(lambda hours: TEN + hours * HOUR),
        },
    )
)
def test_what_does_not_fit_is_left_out(filters: dict[str, Any]) -> None:
    """Whatever a server sends, what is returned fits every filter, and what fits is returned."""
    sent = [
        {
            "uid": f"u{number}",
            "status": "accepted",
            "start": (TEN + number * HOUR).isoformat(),
            "end": (TEN + number * HOUR + HOUR / 2).isoformat(),
            "eventTypeId": SHORT if number % 2 else LONG,
            "attendees": [{"email": ADAM.email if number % 3 else EVE.email}],
            "updatedAt": (TEN + number * HOUR).isoformat() if number else None,
        }
        for number in range(6)
    ]

    def expected(number: int) -> bool:
        start, updated = TEN + number * HOUR, TEN + number * HOUR
        return (
            (SHORT if number % 2 else LONG) in filters.get("event_type_ids", {SHORT, LONG})
            and filters.get("attendee_email", "").lower() in {"", ADAM.email if number % 3 else EVE.email}
            and filters.get("after_start", start) <= start
            and start + HOUR / 2 <= filters.get("before_end", start + HOUR)
            and (number == 0 or filters.get("after_updated_at", updated) <= updated)
            and (number == 0 or updated <= filters.get("before_updated_at", updated))
        )

    flow = bookings.list_bookings(Api(), **filters)
    request = next(flow)
    document = {"status": "success", "data": sent, "pagination": {"totalItems": 6}}
    with pytest.raises(StopIteration) as done:
        flow.send(httpx.Response(200, json=document, request=request))
    assert [b.uid for b in done.value.value] == [f"u{n}" for n in range(6) if expected(n)]


def test_an_answer_without_pages_is_unexpected(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Where the list is not one, or counts nothing, no bookings are made up."""
    flow = bookings.list_bookings(Api())
    request = next(flow)
    with pytest.raises(UnexpectedAnswer) as caught:
        flow.send(httpx.Response(200, json={"status": "success", "data": []}, request=request))
    assert (caught.value.path, caught.value.ambiguous) == ("pagination", False)

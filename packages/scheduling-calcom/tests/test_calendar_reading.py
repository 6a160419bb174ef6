"""Cal.com as an external calendar: what is found there, and whose it is."""

import datetime as dt
from typing import Any

import pytest

from calcom_practice import (
    ADDRESS,
    EITHER,
    EVE,
    HALF_HOUR,
    HOUR,
    ID,
    MARK,
    NOW,
    SHORT,
    TEN,
    appointment,
    book,
    known,
    uids,
)
from scheduling_calcom import (
    Account,
    ApiKey,
    AttendeePolicy,
    CalComCalendar,
    CalComClient,
    EventTypeChoice,
    Unauthorised,
    WrongApiVersion,
    calcom_link,
)
from scheduling_calcom.testing import Answer, FakeCalCom, ManualTime, connect, faults
from scheduling_core import AppointmentId, Interval
from scheduling_core.sync import RemoteBooking

DAY = Interval.of(dt.datetime(2026, 3, 2, tzinfo=dt.UTC), dt.timedelta(days=1))
LINK = calcom_link(EventTypeChoice(SHORT), EventTypeChoice(EITHER, HOUR))


def owners(bookings: tuple[RemoteBooking, ...]) -> list[AppointmentId | None]:
    """Return whose the bookings are."""
    return [booking.appointment for booking in bookings]


def test_all_that_is_ours_is_found_oldest_first(
    calendar: CalComCalendar, fake: FakeCalCom, time: ManualTime
) -> None:
    """Ended bookings are there as well; what others booked under the same address is not."""
    first = book(fake, TEN + HOUR, MARK)
    time.advance(60)
    second = book(fake, TEN, MARK)
    fake.world.cancel(first.uid)
    book(fake, TEN + 2 * HOUR)
    book(fake, TEN + 3 * HOUR, {**MARK, "sched_inst": "theirs"})
    book(fake, TEN + 4 * HOUR, {**MARK, "sched_id": "another"})
    found = calendar.find(LINK, appointment(), None)
    assert uids(found) == [first.uid, second.uid]
    assert [booking.is_active for booking in found] == [False, True]


def test_a_chain_is_followed_within_the_list(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """What is listed anyway is not asked for a second time."""
    first = book(fake, metadata=MARK)
    last = fake.world.reschedule(fake.world.reschedule(first.uid, TEN + HOUR).uid, TEN + 2 * HOUR)
    assert uids(calendar.find(LINK, appointment(), known(first)))[-1] == last.uid
    assert len(fake.asked) == 1


@pytest.mark.parametrize("lists", [True, False])
def test_a_chain_is_followed_out_of_the_list(calendar: CalComCalendar, fake: FakeCalCom, lists: bool) -> None:
    """What a booking was moved to is ours, also where it lost address and mark on the way."""
    first = book(fake, metadata=MARK, email=ADDRESS if lists else "a@b.example")
    last = fake.world.reschedule(first.uid, TEN + HOUR)
    last.attendee, last.metadata = EVE, {}
    found = calendar.find(LINK, appointment(), known(first))
    assert (found[-1].uid, found[-1].is_active, found[-1].appointment) == (last.uid, True, ID)


def test_a_chain_that_leads_to_another_owner_is_not_ours(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """A booking with somebody else's mark is left out, however it came about."""
    first = book(fake, metadata=MARK)
    last = fake.world.reschedule(first.uid, TEN + HOUR)
    last.metadata = {**MARK, "sched_inst": "theirs"}
    assert uids(calendar.find(LINK, appointment(), known(first))) == [first.uid]


def test_a_chain_may_end_in_nothing_or_in_itself(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """A booking that was deleted is not found; a chain that bites its tail ends the search."""
    first = book(fake, metadata=MARK)
    gone = RemoteBooking("gone", first.interval, is_active=True)
    assert uids(calendar.find(LINK, appointment(), gone)) == [first.uid]
    first.rescheduled_to = first.uid
    with pytest.raises(Exception, match="rescheduledToUid"):
        calendar.find(LINK, appointment(), known(first))
    assert len(fake.asked) < 60


@pytest.mark.parametrize(
    ("metadata", "owner"),
    [
        (MARK, ID),
        ({}, None),
        ({**MARK, "sched_inst": "theirs"}, None),
        ({"sched_inst": "ours"}, None),
        ({**MARK, "sched_id": 7}, None),
        ({**MARK, "sched_id": ""}, None),
        ({**MARK, "sched_id": "x" * 201}, None),
        ({**MARK, "sched_id": "a\x00b"}, None),
    ],
)
def test_a_booking_is_ours_by_a_mark_that_can_be_ours(
    calendar: CalComCalendar, fake: FakeCalCom, metadata: dict[str, Any], owner: AppointmentId | None
) -> None:
    """Anybody can write metadata, so what no id of ours looks like is nobody's."""
    booking = book(fake, metadata=metadata)
    assert calendar.owner(booking.uid) == owner
    assert owners(calendar.changed(None)) == ([owner] if owner else [])


def test_nobody_owns_what_is_not_there(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Neither a booking that is gone, nor what is no uid, of which Cal.com is not even asked."""
    assert calendar.owner("gone") is None
    asked = len(fake.asked)
    assert calendar.owner("../me") is None
    assert len(fake.asked) == asked


def test_what_is_no_single_booking_is_not_ours(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Of a series Cal.com sends a list; a server that speaks another version is a failure all the same."""
    series = Answer(200, b'{"status": "success", "data": []}', {"content-type": "application/json"})
    fake.faults = [faults.answer_instead("GET /v2/bookings", answer=series)]
    assert calendar.owner("series") is None
    document = b'{"status": "error", "error": {"message": "Cannot GET /v2/bookings/x"}}'
    strange = Answer(404, document, {"content-type": "application/json"})
    fake.faults = [faults.answer_instead("GET /v2/bookings", answer=strange)]
    with pytest.raises(WrongApiVersion):
        calendar.owner("x")


def test_a_key_that_cannot_be_sent_is_no_answer(time: ManualTime, fake: FakeCalCom) -> None:
    """That nobody may be asked does not mean that a booking is not ours."""
    account = Account(ApiKey(""), "https://cal.example/v2")
    client = CalComClient(account, transport=connect(fake))
    policy = AttendeePolicy("appointments.example")
    with pytest.raises(Unauthorised):
        CalComCalendar(client, installation="ours", attendees=policy).owner("uid1")


def test_changes_are_told_since_an_instant(
    calendar: CalComCalendar, fake: FakeCalCom, time: ManualTime
) -> None:
    """What took the place of another is told, and so is what it took the place of."""
    book(fake, metadata={**MARK, "sched_id": "old"})
    time.advance(60)
    since = time.clock()
    first = book(fake, TEN + HOUR, MARK)
    fake.world.reschedule(first.uid, TEN + 2 * HOUR)
    assert owners(calendar.changed(since)) == [ID, ID]
    assert owners(calendar.changed(None)) == ["old", ID, ID]


def test_more_than_a_page_of_changes_is_read(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Three hundred owners are three hundred."""
    for number in range(300):
        booking = book(fake, metadata={**MARK, "sched_id": f"a{number:03}"})
        fake.world.cancel(booking.uid)
    assert len(calendar.changed(None)) == len(calendar.changed(NOW)) == 300


def test_busy_is_what_is_not_ours(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Bookings of others and claims of connected calendars, without copies of our own and what ended."""
    ours = book(fake, metadata=MARK)
    theirs = book(fake, TEN + HOUR)
    fake.world.cancel(book(fake, TEN + 2 * HOUR).uid)
    lunch, overnight = Interval.of(TEN + 2 * HOUR, HOUR), Interval(DAY.end - HOUR, DAY.end + HOUR)
    fake.world.busy[1, "work"] = [ours.interval, theirs.interval, lunch, overnight]
    fake.world.busy[1, "private"] = [lunch]
    assert calendar.busy(LINK, DAY) == (theirs.interval, lunch, Interval(DAY.end - HOUR, DAY.end))


def test_a_booking_that_reaches_into_the_window_counts_there(
    calendar: CalComCalendar, fake: FakeCalCom
) -> None:
    """At either edge, and only as far as it reaches."""
    booking = book(fake).interval
    middle = booking.start + HALF_HOUR / 2
    assert calendar.busy(LINK, Interval(DAY.start, middle)) == (Interval(booking.start, middle),)
    assert calendar.busy(LINK, Interval(middle, DAY.end)) == (Interval(middle, booking.end),)


def test_only_an_exact_copy_is_taken_for_ours(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """A claim that is longer than our booking may be somebody's."""
    ours = book(fake, metadata=MARK)
    longer = Interval(ours.interval.start, ours.interval.end + HALF_HOUR)
    fake.world.busy[1, "work"] = [longer]
    assert calendar.busy(LINK, DAY) == (longer,)


def test_a_claim_where_ours_was_cancelled_counts(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Only an active booking of ours explains a claim."""
    ours = book(fake, metadata=MARK)
    fake.world.cancel(ours.uid)
    fake.world.busy[1, "work"] = [ours.interval]
    assert calendar.busy(LINK, DAY) == (ours.interval,)


def test_calendars_that_do_not_count_there_do_not_count_here(
    calendar: CalComCalendar, fake: FakeCalCom
) -> None:
    """A connected calendar that Cal.com was told not to mind is not asked for."""
    fake.world.busy[1, "work"] = [Interval.of(TEN, HOUR)]
    body = b"""{"status": "success", "data": {"connectedCalendars": [{"calendars": [
        {"credentialId": 1, "externalId": "work", "isSelected": false}]}]}}"""
    answer = Answer(200, body, {"content-type": "application/json"})
    fake.faults = [faults.answer_instead("GET /v2/calendars", answer=answer)]
    assert calendar.busy(LINK, DAY) == ()

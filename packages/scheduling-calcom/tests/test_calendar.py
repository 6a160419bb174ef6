"""Cal.com as an external calendar: what it is asked, and what is read out of its answers."""

import datetime as dt
from typing import Any

import attrs
import pytest

from scheduling_calcom import (
    NO_RETRIES,
    PROVIDER,
    Account,
    AttendeePolicy,
    CalComCalendar,
    CalComClient,
    EventTypeChoice,
    Gone,
    InvalidRequest,
    NotRepresentable,
    StateConflict,
    calcom_link,
)
from scheduling_calcom.testing import Answer, FakeCalCom, ManualTime, connect, faults
from scheduling_calcom.testing.records import FakeBooking
from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentTypeId,
    HostId,
    Interval,
    InvalidValue,
    Link,
    Status,
)
from scheduling_core.external import ExternalCalendar
from scheduling_core.sync import RemoteBooking

NOW = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)
TEN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
HALF_HOUR = HOUR / 2
DAY = Interval.of(dt.datetime(2026, 3, 2, tzinfo=dt.UTC), dt.timedelta(days=1))
SHORT, LONG, EITHER = 2, 3, 4
LINK = calcom_link(EventTypeChoice(SHORT), EventTypeChoice(EITHER, HOUR))
ID = AppointmentId("00000000-0000-7000-8000-000000000001")
EVE = {"name": "Eve", "email": "eve@elsewhere.example", "timeZone": "UTC"}
POLICY = AttendeePolicy("appointments.example")
MARK = {"sched_id": str(ID), "sched_inst": "ours"}


def appointment(start: dt.datetime = TEN, length: dt.timedelta = HALF_HOUR, **further: Any) -> Appointment:  # noqa: ANN401  Any fields.
    """An appointment of Ann's."""
    during = Interval.of(start, length)
    fields: dict[str, Any] = {
        "id": ID,
        "host": HostId("ada"),
        "type": AppointmentTypeId("visit"),
        "customer_name": "Ann",
        "during": during,
        "occupied": during,
        "status": Status.CONFIRMED,
        "version": 3,
        "timezone": "Europe/Berlin",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Appointment(**{**fields, **further})


@pytest.fixture
def client(account: Account, fake: FakeCalCom, time: ManualTime) -> CalComClient:
    """A client that tries everything once."""
    once = attrs.evolve(account, retry=NO_RETRIES)
    return CalComClient(once, transport=connect(fake, wait=time.advance), sleep=time.sleep)


@pytest.fixture
def calendar(client: CalComClient, time: ManualTime) -> CalComCalendar:
    """A calendar that sends names and keeps addresses."""
    return CalComCalendar(client, installation="ours", attendees=POLICY, clock=time.clock)


@pytest.fixture
def open_calendar(client: CalComClient, time: ManualTime) -> CalComCalendar:
    """A calendar that sends customers' own addresses."""
    policy = AttendeePolicy("appointments.example", sends_addresses=True)
    return CalComCalendar(client, installation="ours", attendees=policy, clock=time.clock)


def book(
    fake: FakeCalCom,
    start: dt.datetime = TEN,
    metadata: dict[str, Any] | None = None,
    email: str = f"appt-{ID}@appointments.example",
) -> FakeBooking:
    """Book there, as anybody can."""
    return fake.world.book(fake.world.event_types[SHORT], start, {**EVE, "email": email}, metadata=metadata)


def known(booking: FakeBooking) -> RemoteBooking:
    """A booking as it was seen last."""
    return RemoteBooking(booking.uid, booking.interval, is_active=True, appointment=ID)


def uids(found: tuple[RemoteBooking, ...]) -> list[str]:
    """Who was found, in order."""
    return [booking.uid for booking in found]


def test_it_is_an_external_calendar(calendar: CalComCalendar) -> None:
    """It fits the port, and hosts are linked to it under the name of Cal.com."""
    port: ExternalCalendar = calendar
    assert port.provider == PROVIDER == LINK.provider == "cal.com"


def test_a_new_booking_says_whose_it_is(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Time, zone, name, an address that was made up, and our mark are sent, and nothing else."""
    made = calendar.create(
        LINK, appointment(customer_email="ann@private.example", customer_phone="+491", notes="knee")
    )
    booking = fake.world.bookings[made.uid]
    assert made == RemoteBooking(booking.uid, Interval.of(TEN, HALF_HOUR), is_active=True, appointment=ID)
    assert booking.attendee == {
        "name": "Ann",
        "timeZone": "Europe/Berlin",
        "email": f"appt-{ID}@appointments.example",
    }
    assert booking.metadata == {**MARK, "sched_ver": "3"}


def test_a_name_can_be_kept(client: CalComClient, fake: FakeCalCom) -> None:
    """Without names, nothing at all of the customer is sent."""
    policy = AttendeePolicy("appointments.example", sends_names=False)
    CalComCalendar(client, installation="ours", attendees=policy).create(LINK, appointment())
    assert fake.world.bookings["uid1"].attendee["name"] == "Appointment"


@pytest.mark.parametrize(
    ("own", "sent"),
    [("ann@private.example", "ann@private.example"), (None, f"appt-{ID}@appointments.example")],
)
def test_an_address_can_be_sent(
    open_calendar: CalComCalendar, fake: FakeCalCom, own: str | None, sent: str
) -> None:
    """Where it is wanted, and the customer has one; the booking is found all the same."""
    booked = appointment(customer_email=own)
    made = open_calendar.create(LINK, booked)
    assert fake.world.bookings[made.uid].email == sent
    assert open_calendar.find(LINK, booked, None) == (made,)


@pytest.mark.parametrize(("length", "minutes"), [(HALF_HOUR, None), (HOUR, 60)])
def test_a_length_is_named_only_where_there_is_a_choice(
    calendar: CalComCalendar, fake: FakeCalCom, length: dt.timedelta, minutes: int | None
) -> None:
    """Cal.com refuses a length for an event type that has just one."""
    made = calendar.create(LINK, appointment(length=length))
    assert made.during.duration == length
    assert fake.asked[-1].json().get("lengthInMinutes") == minutes


def test_an_event_type_is_read_once(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """A second booking is one request."""
    calendar.create(LINK, appointment())
    asked = len(fake.asked)
    calendar.create(LINK, appointment(TEN + HOUR))
    assert len(fake.asked) == asked + 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minutes": 45}, "length_not_offered"),
        ({"required_fields": ("allergies",)}, "event_type_unfit"),
    ],
)
def test_what_would_be_booked_otherwise_is_not_sent(
    calendar: CalComCalendar, fake: FakeCalCom, changes: dict[str, Any], code: str
) -> None:
    """An event type of another length, or that asks for more, is refused for as long as it is like that."""
    right = fake.world.event_types[SHORT]
    fake.world.event_types[SHORT] = attrs.evolve(right, **changes)
    with pytest.raises(NotRepresentable) as caught:
        calendar.create(LINK, appointment())
    assert caught.value.code == code
    assert not fake.world.bookings
    fake.world.event_types[SHORT] = right
    assert calendar.create(LINK, appointment()).is_active


def test_an_event_type_is_read_again_after_a_refusal(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """What was known of it may be what was wrong."""
    calendar.create(LINK, appointment(length=HOUR))
    single = attrs.evolve(fake.world.event_types[EITHER], minutes=60, options=())
    fake.world.event_types[EITHER] = single
    with pytest.raises(InvalidRequest):
        calendar.create(LINK, appointment(TEN + HOUR, HOUR))
    assert calendar.create(LINK, appointment(TEN + HOUR, HOUR)).is_active


@pytest.mark.parametrize(
    ("link", "booked", "code"),
    [
        (calcom_link(EventTypeChoice(LONG, HOUR)), appointment(), "no_event_type"),
        (Link(PROVIDER, {"event_type.1": "seven"}), appointment(), "invalid_event_type"),
        (Link(PROVIDER), appointment(), "invalid_event_types"),
        (LINK, appointment(TEN + dt.timedelta(seconds=1)), "invalid_start"),
        (LINK, appointment(id="an id with spaces"), "invalid_appointment_id"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name(
    calendar: CalComCalendar, fake: FakeCalCom, link: Link, booked: Appointment, code: str
) -> None:
    """A relay meets errors of calendars only, each with a word for what is wrong."""
    with pytest.raises(NotRepresentable) as caught:
        calendar.create(link, booked)
    assert caught.value.code == code
    assert not fake.world.bookings


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
    first = book(fake, metadata=MARK, email=f"appt-{ID}@appointments.example" if lists else "a@b.example")
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


def test_a_move_returns_what_takes_its_place(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """The booking has another uid, and our mark still."""
    first = book(fake, metadata=MARK)
    moved = calendar.move(LINK, appointment(TEN + HOUR), known(first))
    assert (moved.during, moved.appointment) == (Interval.of(TEN + HOUR, HALF_HOUR), ID)
    assert moved.uid != first.uid


def test_a_booking_is_cancelled_with_a_reason(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Cancelling a second time is no failure, and returns what is there."""
    booking = book(fake, metadata=MARK)
    for _ in range(2):
        ended = calendar.cancel(LINK, appointment(), known(booking))
        assert (ended.uid, ended.is_active) == (booking.uid, False)
    assert booking.cancellation_reason


def test_cancelling_what_was_moved_shows_where_it_is(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Whoever holds an old uid learns that the booking is still active, and does one write only."""
    first = book(fake, metadata=MARK)
    last = fake.world.reschedule(first.uid, TEN + HOUR)
    there = calendar.cancel(LINK, appointment(), known(first))
    assert (there.uid, there.is_active) == (last.uid, True)
    assert [asked.method for asked in fake.asked].count("POST") == 1


def test_what_cannot_be_cancelled_is_told(
    calendar: CalComCalendar, fake: FakeCalCom, time: ManualTime
) -> None:
    """A booking that is over stays active, and that is a failure."""
    booking = book(fake, metadata=MARK)
    time.advance(24 * 3600)
    with pytest.raises(StateConflict) as caught:
        calendar.cancel(LINK, appointment(), known(booking))
    assert caught.value.code == "already_over"
    with pytest.raises(Gone):
        calendar.cancel(LINK, appointment(), RemoteBooking("gone", DAY, is_active=True))


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
    assert calendar.changed(None) == ((owner,) if owner else ())


def test_nobody_owns_what_is_not_there(calendar: CalComCalendar, fake: FakeCalCom) -> None:
    """Neither a booking that is gone, nor what is no uid, of which Cal.com is not even asked."""
    assert calendar.owner("gone") is None
    asked = len(fake.asked)
    assert calendar.owner("../me") is None
    assert len(fake.asked) == asked


def test_changes_are_told_since_an_instant(
    calendar: CalComCalendar, fake: FakeCalCom, time: ManualTime
) -> None:
    """Each owner is named once, whatever happened to its bookings."""
    book(fake, metadata={**MARK, "sched_id": "old"})
    time.advance(60)
    since = time.clock()
    first = book(fake, TEN + HOUR, MARK)
    fake.world.reschedule(first.uid, TEN + 2 * HOUR)
    assert calendar.changed(since) == (ID,)
    assert calendar.changed(None) == ("old", ID)


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


@pytest.mark.parametrize(
    "domain", ["", "localhost", "Upper.example", "a b.example", "-a.example", "a.example\n", f"{'a' * 64}.b"]
)
def test_a_domain_is_looked_at(domain: str) -> None:
    """What no address can end in is refused when the calendar is set up."""
    with pytest.raises(InvalidValue):
        AttendeePolicy(domain)


def test_an_installation_has_a_name(client: CalComClient) -> None:
    """Without one, nothing could be told apart from what others made."""
    with pytest.raises(InvalidValue):
        CalComCalendar(client, installation="", attendees=POLICY)

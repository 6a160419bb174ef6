"""Cal.com as an external calendar: what it is told, and what it answers to that."""

import datetime as dt
from typing import Any

import attrs
import pytest

from calcom_practice import (
    ADDRESS,
    EITHER,
    HALF_HOUR,
    HOUR,
    ID,
    LONG,
    MARK,
    SHORT,
    TEN,
    appointment,
    book,
    known,
)
from scheduling_calcom import (
    PROVIDER,
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
from scheduling_calcom.testing import FakeCalCom, ManualTime
from scheduling_core import Appointment, Interval, InvalidValue, Link
from scheduling_core.external import ExternalCalendar
from scheduling_core.sync import RemoteBooking

DAY = Interval.of(dt.datetime(2026, 3, 2, tzinfo=dt.UTC), dt.timedelta(days=1))
LINK = calcom_link(EventTypeChoice(SHORT), EventTypeChoice(EITHER, HOUR))
POLICY = AttendeePolicy("appointments.example")


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
        "email": ADDRESS,
    }
    assert booking.metadata == {**MARK, "sched_ver": "3"}


def test_a_name_can_be_kept(once: CalComClient, fake: FakeCalCom) -> None:
    """Without names, nothing at all of the customer is sent."""
    policy = AttendeePolicy("appointments.example", sends_names=False)
    CalComCalendar(once, installation="ours", attendees=policy).create(LINK, appointment())
    assert fake.world.bookings["uid1"].attendee["name"] == "Appointment"


@pytest.mark.parametrize(
    ("own", "sent"),
    [("ann@private.example", "ann@private.example"), (None, ADDRESS)],
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
    "domain", ["", "localhost", "Upper.example", "a b.example", "-a.example", "a.example\n", f"{'a' * 64}.b"]
)
def test_a_domain_is_looked_at(domain: str) -> None:
    """What no address can end in is refused when the calendar is set up."""
    with pytest.raises(InvalidValue):
        AttendeePolicy(domain)


def test_an_installation_has_a_name(once: CalComClient) -> None:
    """Without one, nothing could be told apart from what others made."""
    with pytest.raises(InvalidValue):
        CalComCalendar(once, installation="", attendees=POLICY)

"""Reading what Cal.com sends: strict about what is needed, easy about the rest."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling_calcom import (
    Availability,
    Booking,
    BookingStatus,
    BusyTime,
    Calendar,
    EventType,
    Me,
    Override,
    Schedule,
    UnexpectedAnswer,
    Webhook,
)
from scheduling_calcom.fields import Fields
from scheduling_calcom.http import Call

Json = Any  # Whatever JSON holds.
WRONG: tuple[Json, ...] = (..., None, {}, [[]], True, -1, 1.5, 10**400, "\ud800")
CALL = Call("test", "me", writes=False)
TEN = "2026-03-02T10:00:00.000Z"
ELEVEN = "2026-03-02T11:00:00.000Z"

LEAST: dict[Callable[[Fields], object], dict[str, Json]] = {
    Booking.read: {"uid": "u", "status": "accepted", "start": TEN, "end": ELEVEN},
    EventType.read: {"id": 1, "slug": "short", "lengthInMinutes": 30},
    Schedule.read: {"id": 1, "timeZone": "UTC", "availability": []},
    Availability.read: {"days": ["Monday"], "startTime": "09:00", "endTime": "17:00"},
    Override.read: {"date": "2026-12-24", "startTime": "00:00", "endTime": "00:00"},
    BusyTime.read: {"start": TEN, "end": ELEVEN},
    Calendar.read: {"credentialId": 1, "externalId": "private"},
    Me.read: {"id": 1, "timeZone": "UTC"},
    Webhook.read: {"id": 1, "subscriberUrl": "https://here.example"},
}
READERS = {reader.__self__.__name__: reader for reader in LEAST}  # type: ignore[attr-defined]
readers = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)


def read(reader: Callable[[Fields], object], data: Json) -> Json:
    """Read an answer."""
    return reader(Fields.of(CALL, "data", data))


@readers
def test_the_least_is_enough(reader: Callable[[Fields], object]) -> None:
    """What we do not depend on may be missing, null, or new."""
    least = read(reader, LEAST[reader])
    assert read(reader, {**LEAST[reader], "novelty": {"of": ["next", "year"]}}) == least


@readers
def test_nothing_less_is_enough(reader: Callable[[Fields], object]) -> None:
    """Every field that we depend on is missed, and named, when it is gone, null or of another kind."""
    for name in LEAST[reader]:
        for wrong in WRONG:
            data = {key: value for key, value in {**LEAST[reader], name: wrong}.items() if value is not ...}
            with pytest.raises(UnexpectedAnswer) as caught:
                read(reader, data)
            assert caught.value.path.startswith("data")
            assert caught.value.call == "test"


@readers
@given(
    data=st.dictionaries(st.sampled_from(["id", "uid", "start", "end", "days"]), st.text() | st.integers())
)
def test_nonsense_is_unexpected(reader: Callable[[Fields], object], data: Json) -> None:
    """Whatever is sent, it is understood or it is an unexpected answer, and nothing else."""
    for given_data in (data, {**LEAST[reader], **data}):
        try:
            read(reader, given_data)
        except UnexpectedAnswer as error:
            assert error.__context__ is None  # noqa: PT017  It need not be raised.


@pytest.mark.parametrize(
    ("reader", "change"),
    [
        (Booking.read, {"end": TEN}),
        (Booking.read, {"status": ["accepted"]}),
        (Booking.read, {"start": "2026-03-02T10:00:00"}),
        (Booking.read, {"start": "2026-03-02"}),
        (Booking.read, {"start": "0001-01-01T00:00:00+14:00"}),
        (Booking.read, {"updatedAt": "soon"}),
        (Booking.read, {"rescheduledToUid": 7}),
        (Booking.read, {"attendees": {}}),
        (Booking.read, {"attendees": [None]}),
        (EventType.read, {"lengthInMinutes": 0}),
        (EventType.read, {"lengthInMinutes": "30"}),
        (EventType.read, {"lengthInMinutes": 10**9}),
        (EventType.read, {"lengthInMinutesOptions": 30}),
        (EventType.read, {"lengthInMinutesOptions": ["30"]}),
        (EventType.read, {"seats": {"disabled": "no"}}),
        (Availability.read, {"days": []}),
        (Availability.read, {"days": ["Montag"]}),
        (Availability.read, {"days": "Monday"}),
        (Availability.read, {"endTime": "08:00"}),
        (Availability.read, {"endTime": "12:00:30"}),
        (Availability.read, {"endTime": "noon"}),
        (Override.read, {"date": "24.12.2026"}),
        (Override.read, {"startTime": "10:00"}),
        (BusyTime.read, {"end": TEN}),
        (Webhook.read, {"triggers": [1]}),
        (Me.read, None),
    ],
)
def test_what_contradicts_itself_is_unexpected(reader: Callable[[Fields], object], change: Json) -> None:
    """A field of the right kind may still be wrong."""
    with pytest.raises(UnexpectedAnswer):
        read(reader, change and {**LEAST[reader], **change})


@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        st.lists,
        max_leaves=4,
    )
)
def test_an_object_is_an_object(data: Json) -> None:
    """Nothing else is read as one."""
    with pytest.raises(UnexpectedAnswer):
        Fields.of(CALL, "data", data)


def test_an_instant_keeps_its_offset_in_mind() -> None:
    """Times are read in whatever offset they come, and kept in UTC."""
    booking = read(Booking.read, {**LEAST[Booking.read], "start": "2026-03-02T10:30:00+01:00"})
    assert booking.start == dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
    assert booking.start.tzinfo is dt.UTC
    assert booking.length == dt.timedelta(minutes=90)


def test_the_event_type_of_a_booking_stands_in_two_places() -> None:
    """The new place comes before the old one, and neither need be there."""
    least = LEAST[Booking.read]
    assert read(Booking.read, {**least, "eventTypeId": 1}).event_type_id == 1
    assert read(Booking.read, {**least, "eventTypeId": 1, "eventType": {"id": 2}}).event_type_id == 2
    assert read(Booking.read, least).event_type_id is None


def test_metadata_is_looked_for_with_the_attendees_too() -> None:
    """Where there are seats, the reference stands with the attendee; what is nested is left out."""
    attendees = [{"metadata": {"ref": "a"}}, {"metadata": None}, {}]
    booking = read(
        Booking.read,
        {**LEAST[Booking.read], "metadata": {"n": 1, "deep": {}, "none": None}, "attendees": attendees},
    )
    assert booking.metadata == {"ref": "a", "n": 1}


def test_a_value_cannot_be_changed_and_can_be_kept_in_a_set() -> None:
    """Values that were read are values: equal ones are one."""
    one, other = (read(Booking.read, LEAST[Booking.read]) for _ in range(2))
    assert {one, other} == {one}
    with pytest.raises(TypeError):
        one.metadata["ref"] = "a"


def test_an_event_type_tells_its_conditions() -> None:
    """What is set is on, what says that it is disabled is off."""
    data = {
        **LEAST[EventType.read],
        "lengthInMinutesOptions": [60, 15.0],
        "seats": {"seatsPerTimeSlot": 3},
        "recurrence": {"interval": 1},
        "confirmationPolicy": {"disabled": True},
        "bookingFields": [
            {"slug": "name", "required": True, "isDefault": True},
            {"slug": "size", "required": True},
            {"slug": "notes", "required": False},
        ],
        "beforeEventBuffer": 5,
        "scheduleId": 7,
    }
    event_type = read(EventType.read, data)
    assert event_type.lengths == tuple(dt.timedelta(minutes=n) for n in (15, 30, 60))
    assert (event_type.has_seats, event_type.is_recurring, event_type.needs_confirmation) == (
        True,
        True,
        False,
    )
    assert (event_type.required_fields, event_type.schedule_id) == (("size",), 7)
    assert event_type.before_buffer == dt.timedelta(minutes=5)


@pytest.mark.parametrize(("id", "read_as"), [(7, "7"), ("a1", "a1")])
def test_the_id_of_a_webhook_is_a_number_or_a_text(id: object, read_as: str) -> None:
    """The document says one, the database has the other."""
    assert read(Webhook.read, {**LEAST[Webhook.read], "id": id}).id == read_as


clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(
    days=st.sets(st.integers(0, 6), min_size=1), ends=st.lists(clocks, min_size=2, max_size=2, unique=True)
)
def test_hours_survive_the_journey(days: set[int], ends: list[dt.time]) -> None:
    """What is written of hours is read as the same hours."""
    hours = Availability(tuple(days), *sorted(ends))
    assert read(Availability.read, hours.to_json()) == hours


@given(date=st.dates(), ends=st.lists(clocks, min_size=2, max_size=2, unique=True), closed=st.booleans())
def test_overrides_survive_the_journey(date: dt.date, ends: list[dt.time], *, closed: bool) -> None:
    """What is written of a date is read as the same, also where it is closed."""
    override = Override(date) if closed else Override(date, *sorted(ends))
    assert read(Override.read, override.to_json()) == override
    assert override.is_closed is closed


def test_statuses_are_words() -> None:
    """A status is a word of Cal.com; one that is new holds time until it is known."""
    other = read(Booking.read, {**LEAST[Booking.read], "status": "awaiting_host"})
    assert other.status == BookingStatus.OTHER
    assert other.is_active
    assert read(Booking.read, LEAST[Booking.read]).status == BookingStatus.ACCEPTED
    assert str(BookingStatus.ACCEPTED) == "accepted"

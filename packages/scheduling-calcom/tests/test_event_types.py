"""Which event type stands for which appointments, and how that is kept with a link."""

import datetime as dt

import pytest

from scheduling_calcom import EventTypeChoice, EventTypes, NotRepresentable, calcom_link
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

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TALK = AppointmentTypeId("a long talk")


def appointment(type: str, length: dt.timedelta) -> Appointment:
    """An appointment of some type and length."""
    during = Interval.of(NOW, length)
    return Appointment(
        AppointmentId("1"),
        HostId("ada"),
        AppointmentTypeId(type),
        "Ann",
        during,
        during,
        Status.CONFIRMED,
        1,
        "UTC",
        created_at=NOW,
        updated_at=NOW,
    )


ALL = (
    EventTypeChoice(1),
    EventTypeChoice(2, HOUR),
    EventTypeChoice(3, type=TALK),
    EventTypeChoice(4, HOUR, TALK),
)


@pytest.mark.parametrize("choices", [ALL, ALL[::-1]])
@pytest.mark.parametrize(
    ("type", "length", "found"),
    [("visit", HOUR / 2, 1), ("visit", HOUR, 2), (TALK, HOUR / 2, 3), (TALK, HOUR, 4)],
)
def test_the_most_specific_choice_counts(
    choices: tuple[EventTypeChoice, ...], type: str, length: dt.timedelta, found: int
) -> None:
    """Type and length before type, type before length, in whatever order they are given."""
    assert EventTypes.of(calcom_link(*choices)).find(appointment(type, length)) == found


def test_a_type_counts_for_more_than_a_length() -> None:
    """Where one choice is about the type and another about the length, the type decides."""
    assert EventTypes(ALL[:3]).find(appointment(TALK, HOUR)) == 3


def test_what_no_choice_fits_has_no_event_type() -> None:
    """Choices for other types and lengths do not count."""
    with pytest.raises(NotRepresentable) as caught:
        EventTypes(ALL[1:]).find(appointment("visit", HOUR / 2))
    assert caught.value.code == "no_event_type"


def test_choices_are_kept_with_a_link_as_text() -> None:
    """They are short texts that a person can read, and come back as they were."""
    link = calcom_link(*ALL, stale_after=HOUR)
    assert dict(link.details) == {
        "event_type.1": "1",
        "event_type.2": "2 60",
        "event_type.3": "3 * a long talk",
        "event_type.4": "4 60 a long talk",
    }
    assert link.stale_after == HOUR
    assert EventTypes.of(link).choices == ALL


def test_other_details_of_a_link_are_left_alone() -> None:
    """What an application keeps there for itself is no choice."""
    assert EventTypes.of(Link("cal.com", {"event_type.1": "7", "note": "x"})).choices == (EventTypeChoice(7),)


@pytest.mark.parametrize("length", [HOUR / 2, HOUR, dt.timedelta(days=1), dt.timedelta(days=400)])
@pytest.mark.parametrize("type", [None, "x", "*", "60", " spaced ", "x" * 200, "ü"])
def test_every_choice_comes_back(length: dt.timedelta, type: str | None) -> None:
    """Whatever an appointment type is called."""
    choice = EventTypeChoice(10**15 - 1, length, None if type is None else AppointmentTypeId(type))
    assert EventTypes.of(calcom_link(choice)).choices == (choice,)


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "7 ", "7 0", "7 60 ", "7 sixty", "1e3", "٣", "7  60"])
def test_what_is_no_choice_is_refused(text: str) -> None:
    """A link that was written by hand may be wrong."""
    with pytest.raises(InvalidValue):
        EventTypeChoice.read(text)


@pytest.mark.parametrize("id", [0, -1, 10**15, True, "7"])
def test_an_event_type_has_a_number(id: int) -> None:
    """What Cal.com would not know is refused at once."""
    with pytest.raises(InvalidValue):
        EventTypeChoice(id)


def test_a_choice_is_about_appointments_that_can_be() -> None:
    """A length has whole minutes, and a type a name."""
    with pytest.raises(InvalidValue):
        EventTypeChoice(1, dt.timedelta(seconds=30))
    with pytest.raises(InvalidValue):
        EventTypeChoice(1, type=AppointmentTypeId(""))


@pytest.mark.parametrize("choices", [(), (EventTypeChoice(1), EventTypeChoice(2))])
def test_choices_must_be_there_and_must_not_contradict(choices: tuple[EventTypeChoice, ...]) -> None:
    """No choice at all, or two for the same, is a mistake."""
    with pytest.raises(InvalidValue):
        calcom_link(*choices)

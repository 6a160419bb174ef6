"""What is offered, and that it is what is accepted, in the named edge cases."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Agenda,
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRefused,
    BookingRequest,
    HostId,
    Interval,
    InvalidValue,
    Schedule,
    Status,
    TimeOff,
    TimeRange,
    WeeklyHours,
    decisions,
    explain,
    find_slots,
    next_slot,
    suggest,
)

at = dt.datetime.fromisoformat
HOST, TALK = HostId("host"), AppointmentTypeId("talk")
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
NOW = at("2026-01-01T00:00Z")
WINDOW = Interval(at("2026-01-05T00:00Z"), at("2026-01-06T00:00Z"))


def hours(told: str) -> tuple[TimeRange, ...]:
    """Read hours such as `9-12 13:30-24`."""
    pairs = [[part.partition(":") for part in item.split("-")] for item in told.split()]
    return tuple(
        TimeRange(*(dt.time(int(hour) % 24, int(minute or 0)) for hour, _, minute in pair)) for pair in pairs
    )


def day(told: str, window: Interval = WINDOW, zone: str = "UTC", **held: Any) -> Agenda:  # noqa: ANN401  Fields of several types.
    """Return an agenda with these hours on every day."""
    return Agenda(HOST, window, Schedule(ZoneInfo(zone), WeeklyHours.on("mon-sun", *hours(told))), **held)


def talk(minutes: int = 30, **policy: Any) -> AppointmentType:  # noqa: ANN401  As above.
    """Return a type of one duration."""
    return AppointmentType(TALK, "Talk", [minutes * MINUTE], BookingPolicy(**policy))


def met(start: str, minutes: int = 30) -> Appointment:
    """Return a confirmed appointment on the day of the window."""
    during = Interval.of(at(f"2026-01-05T{start}Z"), minutes * MINUTE)
    return Appointment(
        id=AppointmentId(start),
        host=HOST,
        type=TALK,
        customer_name="Ann",
        during=during,
        occupied=during,
        status=Status.CONFIRMED,
        version=1,
        timezone=ZoneInfo("UTC"),
        created_at=NOW,
        updated_at=NOW,
    )


def shown(slots: list[dt.datetime]) -> str:
    """Write slots as times of the day."""
    return " ".join(f"{slot:%H:%M}" for slot in slots)


def on_day(start: str, end: str) -> Interval:
    """Return the interval between two times of the day of the window."""
    return Interval(at(f"2026-01-05T{start}Z"), at(f"2026-01-05T{end}Z"))


NIGHT = Interval(at("2026-01-05T12:00Z"), at("2026-01-06T12:00Z"))
SPRING = Interval(at("2026-03-29T00:00Z"), at("2026-03-29T08:00Z"))
AUTUMN = Interval(at("2026-10-24T22:00Z"), at("2026-10-25T08:00Z"))
HOURLY = {"slot_interval": 60 * MINUTE}

OFFERS: dict[str, tuple[Agenda, AppointmentType, str]] = {
    "whole-window": (day("9-10:30"), talk(), "09:00 09:15 09:30 09:45 10:00"),
    "exactly-fitting": (day("9-9:30"), talk(), "09:00"),
    "too-short": (day("9-9:29"), talk(), ""),
    "closed": (day(""), talk(), ""),
    "asked-from-a-rung": (day("9-12", on_day("09:15", "09:46")), talk(), "09:15 09:30 09:45"),
    "asked-off-the-grid": (day("9-12", on_day("09:16", "09:45")), talk(), "09:30"),
    "asked-beyond-closing": (day("9-10", on_day("09:45", "12:00")), talk(), ""),
    "ladder-from-opening": (day("9:10-10:30"), talk(30, slot_interval=20 * MINUTE), "09:10 09:30 09:50"),
    "several-windows": (day("9-10 13-14"), talk(), "09:00 09:15 09:30 13:00 13:15 13:30"),
    "midnight-to-midnight": (day("0-24"), talk(600, slot_interval=700 * MINUTE), "00:00 11:40 23:20"),
    "over-midnight": (day("22-24 0-2", NIGHT), talk(60, **HOURLY), "22:00 23:00 00:00 01:00"),
    "new-ladder-at-midnight": (
        day("22-24 0-2", NIGHT),
        talk(30, slot_interval=50 * MINUTE),
        "22:00 22:50 23:40 00:00 00:50",
    ),
    "booked": (day("9-12", appointments=[met("10:00", 60)]), talk(60), "09:00 11:00"),
    "between-two": (day("9-12", appointments=[met("09:00"), met("10:00", 120)]), talk(), "09:30"),
    "buffers": (
        day("9-12", appointments=[met("10:00")]),
        talk(30, buffer_before=15 * MINUTE, buffer_after=30 * MINUTE),
        "09:00 10:45 11:00 11:15 11:30",
    ),
    "time-off": (day("9-12", time_off=[TimeOff(on_day("09:31", "11:30"))]), talk(), "09:00 11:30"),
    "busy": (
        day("9-12", external_busy=[on_day("09:00", "11:00"), on_day("11:00", "11:20")]),
        talk(),
        "11:30",
    ),
    "any-start": (day("9-10"), talk(any_start=True), "09:00 09:15 09:30"),
    "spring": (day("1-5", SPRING, "Europe/Berlin"), talk(60, **HOURLY), "00:00 01:00 02:00"),
    "spring-opens-at-jump": (day("2:30-5", SPRING, "Europe/Berlin"), talk(60, **HOURLY), "01:00 02:00"),
    "autumn": (day("1-4", AUTUMN, "Europe/Berlin"), talk(60, **HOURLY), "23:00 00:00 01:00 02:00"),
    "autumn-second-pass": (
        day("1-2:30", AUTUMN, "Europe/Berlin"),
        talk(30, slot_interval=40 * MINUTE),
        "23:00 23:40 01:00",
    ),
}


@pytest.mark.parametrize(("agenda", "type", "expected"), OFFERS.values(), ids=OFFERS)
def test_the_free_rungs_are_offered(agenda: Agenda, type: AppointmentType, expected: str) -> None:
    """The slots are the rungs of each window's ladder at which the appointment fits, in UTC and in order."""
    found = find_slots(agenda, type, now=NOW)
    assert shown(found) == expected
    assert {slot.tzinfo for slot in found} <= {dt.UTC}
    assert next_slot(agenda, type, now=NOW) == (found[0] if found else None)


@pytest.mark.parametrize(("agenda", "type", "_"), OFFERS.values(), ids=OFFERS)
def test_what_is_offered_is_what_is_accepted(agenda: Agenda, type: AppointmentType, _: str) -> None:
    """Exactly the slots have no reason against them, and exactly they are booked."""
    first = agenda.window.start.replace(minute=0)
    ticks = (first + number * 5 * MINUTE for number in range(24 * 12))
    starts = [start for start in ticks if agenda.window.contains(start)]
    accepted = [start for start in starts if not explain(agenda, type, start, now=NOW)]
    assert accepted == [start for start in starts if books(agenda, type, start)]
    offered = set(find_slots(agenda, type, now=NOW))
    assert offered < set(accepted) if type.policy.any_start else offered == set(accepted)


def books(agenda: Agenda, type: AppointmentType, start: dt.datetime) -> bool:
    """Return whether a booking at *start* is accepted."""
    request = BookingRequest(HOST, TALK, start, "Bob")
    try:
        decisions.book(agenda, type, request, id=AppointmentId("new"), now=NOW)
    except BookingRefused:
        return False
    return True


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-05T09:29Z", "09:30 09:45 10:00"),
        ("2026-01-05T09:30Z", "09:30 09:45 10:00"),
        ("2026-01-05T09:30:00.000001Z", "09:45 10:00"),
        ("2026-01-05T11:00+01:00", "10:00"),
        ("2026-01-05T10:01Z", ""),
    ],
    ids=["before", "now", "just-past", "other-zone", "over"],
)
def test_the_past_is_not_offered(now: str, expected: str) -> None:
    """A start that is now can be booked, and one that was a microsecond ago cannot."""
    found = find_slots(day("9-10:30"), talk(), now=at(now))
    assert shown(found) == shown([slot for slot in found if slot >= at(now)]) == expected


def test_another_duration_may_be_asked_for() -> None:
    """Slots are offered for the duration that is named, if the type allows it."""
    both = AppointmentType(TALK, "Talk", [30 * MINUTE, 60 * MINUTE])
    assert shown(find_slots(day("9-10:15"), both, now=NOW, duration=60 * MINUTE)) == "09:00 09:15"
    assert find_slots(day("9-10:15"), both, now=NOW, duration=45 * MINUTE) == []


def test_a_move_is_offered_its_own_time_as_well() -> None:
    """The slots for a move are those of the appointment's own length, as if it were not there."""
    moving = met("09:15", 45)
    agenda = day("9-10:30", appointments=[moving, met("09:00", 15)])
    assert shown(find_slots(agenda, talk(), now=NOW, moving=moving)) == "09:15 09:30 09:45"
    buffered = talk(30, buffer_before=10 * MINUTE)
    assert shown(find_slots(agenda, buffered, now=NOW, moving=moving)) == "09:30 09:45"


class TestNextSlot:
    """The first slot."""

    def test_it_may_be_far_away(self) -> None:
        """Weeks without a free rung are passed over."""
        window = Interval(NOW, NOW + 300 * DAY)
        away = TimeOff(Interval(NOW, NOW + 200 * DAY))
        found = next_slot(day("9-17", window, time_off=[away]), talk(), now=NOW)
        assert found == NOW + 200 * DAY + dt.timedelta(hours=9)

    def test_there_may_be_none(self) -> None:
        """None means that nothing in the window is free."""
        assert next_slot(day("9-17", time_off=[TimeOff(WINDOW)]), talk(), now=NOW) is None


class TestSuggest:
    """The slots that are nearest to a start."""

    MONTH = Interval(NOW, NOW + 31 * DAY)

    def test_the_nearest_come_first_and_of_two_the_earlier(self) -> None:
        """Suggestions are in order of distance, however far the next ones are."""
        agenda = day("9-10", self.MONTH, appointments=[met("09:15", 15)])
        found = suggest(agenda, talk(15), at("2026-01-05T09:15Z"), now=NOW)
        assert shown(found) == "09:00 09:30 09:45 09:45 09:30"
        assert [slot.day for slot in found] == [5, 5, 5, 4, 4]

    def test_there_are_as_many_as_asked_for_if_there_are(self) -> None:
        """Fewer are suggested only where the window has no more."""
        agenda = day("9-10", self.MONTH)
        start = at("2026-01-20T09:15Z")
        assert [
            len(suggest(agenda, talk(), start, now=NOW, count=count)) for count in (0, 1, 90, 93, 94)
        ] == [
            0,
            1,
            90,
            93,
            93,
        ]

    @pytest.mark.parametrize("start", ["2025-06-01T00:00Z", "2026-06-01T00:00Z"], ids=["before", "after"])
    def test_the_start_may_lie_outside_of_the_window(self, start: str) -> None:
        """The nearest slots of the window are suggested all the same."""
        found = suggest(day("9-10", self.MONTH), talk(), at(start), now=NOW, count=1)
        assert found[0].day == (1 if at(start) < NOW else 31)

    def test_a_negative_count_is_refused(self) -> None:
        """A count is a number of slots."""
        with pytest.raises(InvalidValue, match="count"):
            suggest(day("9-10"), talk(), WINDOW.start, now=NOW, count=-1)


ASK: dict[str, Callable[..., object]] = {
    "find_slots": find_slots,
    "next_slot": next_slot,
    "suggest": lambda agenda, talk, **rest: suggest(agenda, talk, WINDOW.start, **rest),
    "explain": lambda agenda, talk, **rest: explain(agenda, talk, WINDOW.start, **rest),
}


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"duration": dt.timedelta(0)}, "duration must be a positive timedelta"),
        ({"duration": -MINUTE}, "duration must be a positive timedelta"),
        ({"duration": dt.timedelta.max}, "duration must be a positive timedelta of at most 366 days"),
        ({"now": dt.datetime(2026, 1, 1)}, "now must be a datetime with a time zone"),
    ],
    ids=["zero", "negative", "huge", "naive-now"],
)
def test_a_bad_question_is_no_answer(
    ask: Callable[..., object], wrong: Mapping[str, Any], complaint: str
) -> None:
    """A duration of nothing and a naive present are refused by every question."""
    with pytest.raises(InvalidValue, match=complaint):
        ask(day("9-17"), talk(), **{"now": NOW, **wrong})


@pytest.mark.parametrize(
    ("start", "complaint"),
    [
        (WINDOW.start - dt.timedelta.resolution, "start must lie in the agenda's window"),
        (WINDOW.end, "start must lie in the agenda's window"),
        (dt.datetime(2026, 1, 5, 9), "start must be a datetime with a time zone"),
    ],
    ids=["before", "end", "naive"],
)
def test_a_start_outside_of_the_window_cannot_be_explained(start: dt.datetime, complaint: str) -> None:
    """An agenda knows nothing about other starts, so it says neither yes nor no."""
    with pytest.raises(InvalidValue, match=complaint):
        explain(day("9-17"), talk(), start, now=NOW)

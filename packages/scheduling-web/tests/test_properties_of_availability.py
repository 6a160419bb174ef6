"""Properties of availability over HTTP: numbers 3 and 4 of the list of promises.

What is open is worked out here a second time, quarter by quarter, from one sentence: an instant is open if
its own local clock reading is covered by a rule of its own local date.
"""

import datetime as dt
import itertools
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

Headers = dict[str, str]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STEP = dt.timedelta(minutes=15)
FIRST = dt.date(2030, 3, 28)
"""Three days before the clocks of Berlin go forward."""
PATH = "/api/availability"

counter = itertools.count()


class Service(Protocol):
    """What these tests use of the shared service."""

    @property
    def client(self) -> TestClient[Litestar]:
        """The way in."""

    def sign_up(self, username: str) -> Headers:
        """Add a user and return the headers of their requests."""


def say(quarter: int) -> str:
    """Return the clock reading so many quarters of an hour after midnight."""
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def hours(draw: st.DrawFn) -> dict[str, str]:
    """Draw a range of local times on a grid of quarters, with 24:00 among its ends."""
    start, end = sorted(draw(st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True)))
    return {"start": say(start), "end": say(end)}


@st.composite
def absences(draw: st.DrawFn) -> dict[str, str]:
    """Draw time off of up to two days around the range."""
    start = dt.datetime(2030, 3, 27, tzinfo=dt.UTC) + draw(st.integers(0, 4 * 24 * 8)) * STEP
    end = start + draw(st.integers(1, 4 * 48)) * STEP
    reason = draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=5))
    return {"start_time": start.isoformat(), "end_time": end.isoformat(), "reason": reason}


@st.composite
def availabilities(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a whole availability."""
    dates = draw(st.lists(st.integers(-1, 7), max_size=3, unique=True))
    days = draw(st.lists(st.sampled_from(DAYS), max_size=8))
    return {
        "time_zone": draw(
            st.sampled_from(
                ["Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
            )
        ),
        "weekly_hours": [{"day": day, **draw(hours())} for day in days],
        "date_overrides": [
            {
                "date": (FIRST + dt.timedelta(days=number)).isoformat(),
                "hours": draw(st.lists(hours(), max_size=2)),
            }
            for number in dates
        ],
        "time_off": draw(st.lists(absences(), max_size=2)),
    }


def covers(ranges: list[dict[str, str]], reading: str) -> bool:
    """Say whether a clock reading is in one of the ranges; as text, readings are in order."""
    return any(item["start"] <= reading < item["end"] for item in ranges)


def is_open(availability: dict[str, Any], instant: dt.datetime) -> bool:
    """Say whether the host is there at an instant."""
    reading = instant.astimezone(ZoneInfo(availability["time_zone"]))
    ranges = {item["date"]: item["hours"] for item in availability["date_overrides"]}.get(
        reading.date().isoformat(),
        [item for item in availability["weekly_hours"] if item["day"] == DAYS[reading.weekday()]],
    )
    return covers(ranges, f"{reading:%H:%M}") and not any(
        dt.datetime.fromisoformat(item["start_time"]) <= instant < dt.datetime.fromisoformat(item["end_time"])
        for item in availability["time_off"]
    )


def normal(availability: dict[str, Any]) -> dict[str, Any]:
    """Return what was written as it is read: in order, each time off once, times as instants."""
    return {
        "time_zone": availability["time_zone"],
        "weekly_hours": sorted(availability["weekly_hours"], key=lambda item: DAYS.index(item["day"])),
        "date_overrides": sorted(availability["date_overrides"], key=lambda item: str(item["date"])),
        "time_off": sorted(
            {
                (
                    dt.datetime.fromisoformat(item["start_time"]),
                    dt.datetime.fromisoformat(item["end_time"]),
                    item["reason"],
                )
                for item in availability["time_off"]
            }
        ),
    }


@given(wanted=availabilities(), start=st.integers(0, 96 * 3), length=st.integers(1, 96 * 4))
def test_property_03_reading_a_range_returns_all_of_it_and_nothing_else(
    long_service: Service, wanted: dict[str, Any], start: int, length: int
) -> None:
    """Every quarter of an hour of the range is in what is open if and only if the host is there then."""
    client, headers = long_service.client, long_service.sign_up(f"reader {next(counter)}")
    assert client.put(PATH, headers=headers, json=wanted).status_code == 200
    first = dt.datetime.combine(FIRST, dt.time(0), dt.UTC) + start * STEP
    last = first + length * STEP
    query = {"from": first.isoformat(), "to": last.isoformat()}
    spans = [
        (dt.datetime.fromisoformat(item["start_time"]), dt.datetime.fromisoformat(item["end_time"]))
        for item in client.get(PATH, headers=headers, params=query).json()["open"]
    ]
    told = {
        instant
        for begin, end in spans
        for instant in (begin + number * STEP for number in range((end - begin) // STEP))
    }
    expected = {
        instant for instant in (first + number * STEP for number in range(length)) if is_open(wanted, instant)
    }
    assert {instant.astimezone(dt.UTC) for instant in told} == expected
    assert sum((end - begin for begin, end in spans), dt.timedelta(0)) == len(expected) * STEP
    assert all(one[1] < other[0] for one, other in itertools.pairwise(spans))


@given(
    written=st.lists(
        st.tuples(
            availabilities(), st.sets(st.sampled_from(["time_zone", "weekly_hours", "date_overrides"]))
        ),
        min_size=1,
        max_size=3,
    )
)
def test_property_04_a_read_after_a_write_gives_what_was_written(
    long_service: Service, written: list[tuple[dict[str, Any], set[str]]]
) -> None:
    """However often it is written, each part is as it was last sent; the answer says the same."""
    client, headers = long_service.client, long_service.sign_up(f"writer {next(counter)}")
    expected = client.get(PATH, headers=headers).json()
    for whole, left_out in written:
        sent = {part: value for part, value in whole.items() if part not in left_out}
        expected |= sent
        answer = client.put(PATH, headers=headers, json=sent)
        assert answer.status_code == 200, answer.text
        found = client.get(PATH, headers=headers).json()
        assert answer.json() == {**found, "affected": []}
        assert normal(found) == normal(expected)

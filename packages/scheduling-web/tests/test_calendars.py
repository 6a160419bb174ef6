"""Appointments as iCalendar: what is written is read back as the same, whatever the customer's name is."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import Appointment, AppointmentId, AppointmentTypeId, HostId, Interval, Status
from scheduling_core.testing import strategies
from scheduling_web.api.calendars import write_calendar

Client = TestClient[Litestar]
Part = Any  # Of a calendar; its properties are of thirty types, and which one is part of what is tested.
Headers = dict[str, str]

HOUR = dt.timedelta(hours=1)
NINE = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
VISIT = AppointmentTypeId("visit")
BERLIN = ZoneInfo("Europe/Berlin")

# S34: what spreadsheets take for formulas, what ends a line for some reader, and what the format itself uses.
NASTY = [
    *(f"{first}cmd|' /C calc'!A0" for first in "=+-@"),
    'a "quoted" name, with; marks: and \\ and \\n and ^n',
    "BEGIN:VALARM",
    "x" * 200,
    "é" * 200,
    "\U0001f4c5" * 200,
    "a\u2028ATTENDEE:mailto:eve@example.org",
    "a\u2029END:VEVENT",
]
NASTY_NOTES = [
    *NASTY,
    "a\rATTENDEE:mailto:eve@example.org",
    "a\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM",
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:another",
    "\t=1+1",
    "\r\n\r\r\n\n",
    "a\r\n b",
    ",;\\\n" * 2_500,
    "x" * 10_000,
]

TEXTS = st.text(
    st.sampled_from("\\\\nN,;:%\u2028 ") | st.characters(exclude_categories=["Cc", "Cs"]), min_size=1
).filter(str.strip)
"""Texts that an appointment can have, with much in them of what the format has a use for."""


def appointment(during: Interval | None = None, **fields: Any) -> Appointment:  # noqa: ANN401  Whatever an appointment has.
    """Return a confirmed appointment of an hour, but for *fields*."""
    during = during or Interval.of(NINE, HOUR)
    known: dict[str, Any] = {
        "id": AppointmentId("01930000-0000-7000-8000-000000000000"),
        "host": HostId("host"),
        "type": VISIT,
        "customer_name": "Ann",
        "status": Status.CONFIRMED,
        "version": 1,
        "timezone": BERLIN,
        "created_at": NINE - 2 * HOUR,
        "updated_at": NINE - HOUR,
    }
    return Appointment(during=during, occupied=during, **(known | fields))


def read(written: bytes) -> tuple[Part, list[Part]]:
    """Return a calendar and its events, which hold nothing inside; check the form of every line."""
    lines = written.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert not any(mark in line for line in lines for mark in (b"\r", b"\n", b"\x0b", b"\x0c"))
    for line in lines:
        line.decode()  # No fold is inside of a character.
    calendar: Part = icalendar.Calendar.from_ical(written)
    events = [part for part in calendar.subcomponents if part.name == "VEVENT"]
    zones = [part for part in calendar.subcomponents if part.name == "VTIMEZONE"]
    assert len(events) + len(zones) == len(calendar.subcomponents)
    assert not any(event.subcomponents or "ATTENDEE" in event or event.errors for event in events)
    return calendar, events


def read_one(written: bytes) -> Part:
    """Return the only event of a calendar."""
    _, [event] = read(written)
    return event


def test_an_event_tells_all_of_an_appointment() -> None:
    """Whose it is, when, since when, in which state, and what is noted."""
    _, [event] = read(write_calendar([appointment(notes="brings\na dog")], {VISIT: "Check-up"}))
    assert {name: event[name].to_ical().decode() for name in event} == {
        "UID": "01930000-0000-7000-8000-000000000000@appointments.scheduling-web",
        "SEQUENCE": "0",
        "DTSTAMP": "20300107T070000Z",
        "CREATED": "20300107T060000Z",
        "LAST-MODIFIED": "20300107T070000Z",
        "DTSTART": "20300107T090000",
        "DTEND": "20300107T100000",
        "SUMMARY": "Check-up: Ann",
        "DESCRIPTION": "brings\\na dog",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
    }
    assert event["DTSTART"].params == event["DTEND"].params == {"TZID": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.PENDING, ("TENTATIVE", "OPAQUE")),
        (Status.CONFIRMED, ("CONFIRMED", "OPAQUE")),
        (Status.COMPLETED, ("CONFIRMED", "OPAQUE")),
        (Status.NO_SHOW, ("CONFIRMED", "OPAQUE")),
        (Status.DECLINED, ("CANCELLED", "TRANSPARENT")),
        (Status.CANCELLED, ("CANCELLED", "TRANSPARENT")),
    ],
    ids=str,
)
def test_every_status_has_its_word(status: Status, told: tuple[str, str]) -> None:
    """What waits is tentative, and what holds no time does not make its host busy."""
    event = read_one(write_calendar([appointment(status=status)], {}))
    assert (event["STATUS"], event["TRANSP"]) == told


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_s34_a_name_is_only_a_name(name: str) -> None:
    """Whatever stands in it, there is one event, and its summary is the name on one line."""
    event = read_one(write_calendar([appointment(customer_name=name)], {}))
    assert str(event["SUMMARY"]) == name.replace("\u2028", " ").replace("\u2029", " ")
    titled = read_one(write_calendar([appointment()], {VISIT: name}))
    assert str(titled["SUMMARY"]).endswith(": Ann")


@pytest.mark.parametrize("notes", NASTY_NOTES, ids=range(len(NASTY_NOTES)))
def test_s34_notes_are_only_notes(notes: str) -> None:
    """Whatever stands in them, there is one event with the same lines, however they were ended."""
    event = read_one(write_calendar([appointment(notes=notes)], {}))
    assert str(event["DESCRIPTION"]).split("\n") == (notes.splitlines() or [""])


@given(strategies.appointments(), st.text(max_size=60))
def test_what_is_written_is_read(known: Appointment, title: str) -> None:
    """Of any appointment in any zone, the instants and the texts come back, and the zone is defined."""
    calendar, [event] = read(write_calendar([known], {known.type: title}))
    assert (event.start.astimezone(dt.UTC), event.end.astimezone(dt.UTC)) == seconds(known.during)
    assert str(event.get("DESCRIPTION", "")) == "\n".join(known.notes.splitlines())
    assert int(event["SEQUENCE"]) == known.version - 1
    named = {event[name].params.get("TZID") for name in ("DTSTART", "DTEND")} - {None}
    assert {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")} >= named


@given(TEXTS, TEXTS)
@example("A\\Nina", "C:\\Notes\\new")
@example("\\\\N", "\\\nN\n\\,\\;\\:%5C%2C")
def test_a_name_and_notes_come_back_as_they_were(name: str, notes: str) -> None:
    """To the last backslash: notes line by line, and a name with blanks for what ends a line."""
    event = read_one(write_calendar([appointment(customer_name=name, notes=notes)], {}))
    assert str(event["SUMMARY"]) == " ".join(name.splitlines())
    assert str(event.get("DESCRIPTION", "")).split("\n") == (notes.splitlines() or [""])


@given(TEXTS)
@example("A\\Nina, B; C")
def test_the_name_of_a_calendar_is_text(name: str) -> None:
    """It is on one line and escaped as RFC 5545 (3.3.11) has it, which not every reader undoes."""
    written = write_calendar([], {}, name)
    read(written)
    escaped = " ".join(name.splitlines()).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = written.decode().replace("\r\n ", "").split("\r\n")
    assert {f"NAME:{escaped}", f"X-WR-CALNAME:{escaped}"} <= set(lines)


def seconds(during: Interval) -> tuple[dt.datetime, dt.datetime]:
    """Return the ends of an interval to the second, which is all that iCalendar has."""
    return during.start.replace(microsecond=0), during.end.replace(microsecond=0)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", dt.datetime(2030, 3, 31, tzinfo=dt.UTC)),
        ("Europe/Berlin", dt.datetime(2030, 10, 27, tzinfo=dt.UTC)),
        ("Europe/Dublin", dt.datetime(2030, 10, 27, tzinfo=dt.UTC)),
        ("America/New_York", dt.datetime(2030, 11, 3, tzinfo=dt.UTC)),
        ("Australia/Lord_Howe", dt.datetime(2030, 4, 6, tzinfo=dt.UTC)),
        ("Pacific/Apia", dt.datetime(2011, 12, 30, tzinfo=dt.UTC)),
        ("Africa/Casablanca", dt.datetime(2030, 1, 6, tzinfo=dt.UTC)),
        ("Asia/Kathmandu", dt.datetime(2030, 1, 7, tzinfo=dt.UTC)),
    ],
)
def test_times_mean_the_same_to_who_knows_only_the_file(zone: str, day: dt.datetime) -> None:
    """Read by the file's own definition of the zone, every half hour around a change of clocks is itself."""
    starts = [day + number * HOUR / 2 for number in range(-24, 72)]
    shown = [
        appointment(Interval.of(start, HOUR / 2), timezone=ZoneInfo(zone), id=AppointmentId(str(number)))
        for number, start in enumerate(starts)
    ]
    calendar, events = read(write_calendar(shown, {}))
    [definition] = calendar.walk("VTIMEZONE")
    onsets = sorted(
        (part["DTSTART"].dt - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in definition.subcomponents
    )
    for event, start in zip(events, starts, strict=True):
        if "TZID" not in event["DTSTART"].params:
            assert event["DTSTART"].to_ical() == start.strftime("%Y%m%dT%H%M%SZ").encode()
            continue
        wall = event["DTSTART"].dt.replace(tzinfo=None)
        # Of the instants at which the clocks show it, the format means the first.
        meant = [wall - offset for _, offset in onsets if offset_at(onsets, wall - offset) == offset]
        assert min(meant).replace(tzinfo=dt.UTC) == start


def offset_at(onsets: list[tuple[dt.datetime, dt.timedelta]], at: dt.datetime) -> dt.timedelta | None:
    """Return the offset from UTC that holds at an instant, by the onsets of a definition."""
    return next((offset for onset, offset in reversed(onsets) if onset <= at), None)


def test_a_change_has_a_higher_sequence(client: Client, ann: Headers) -> None:
    """It is the same event to a calendar, which takes the newer one, up to its end."""
    asked = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
    path = f"/api/appointments/{client.post('/api/appointments', headers=ann, json=asked).json()['id']}"
    seen: list[tuple[str, int, str]] = []
    for change in (None, {"start_time": "2030-01-07T11:00:00+01:00"}, {"notes": "late"}, None):
        if change is not None:
            client.put(path, headers={**ann, "If-Match": "*"}, json=change)
        elif seen:
            client.delete(path, headers={**ann, "If-Match": "*"})
        event = read_one(client.get(f"{path}/calendar.ics", headers=ann).content)
        seen.append((event["UID"], int(event["SEQUENCE"]), event["STATUS"]))
    uid = seen[0][0]
    assert seen == [
        (uid, 0, "CONFIRMED"),
        (uid, 1, "CONFIRMED"),
        (uid, 2, "CONFIRMED"),
        (uid, 3, "CANCELLED"),
    ]


def test_an_appointment_is_a_file_to_be_kept(client: Client, ann: Headers) -> None:
    """It has the media type of calendars and a name in which nothing of the customer stands."""
    asked = {"customer_name": 'B"; x=', "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
    booked = client.post("/api/appointments", headers=ann, json=asked).json()
    answer = client.get(f"/api/appointments/{booked['id']}/calendar.ics", headers=ann)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert str(read_one(answer.content)["SUMMARY"]) == 'Appointment: B"; x='

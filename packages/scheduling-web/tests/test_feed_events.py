"""Which appointments stand in a feed where there are more than have room in it."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import attrs
import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentTypeId,
    HostId,
    Interval,
    MemoryStorage,
    Scheduler,
    Status,
)
from scheduling_core.changes import Booked, Cancelled
from scheduling_core.ports import Storage
from scheduling_web.api.feed_events import MOST_EVENTS, choose_events
from scheduling_web.hosts import usual_schedule

Client = TestClient[Litestar]
Headers = dict[str, str]

TODAY = dt.datetime(2030, 1, 7, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
UNTIL = TODAY + 100 * DAY
HOST = HostId("host")
OFF = (Status.CANCELLED, Status.DECLINED)

spans = st.tuples(st.integers(-95 * 12, 105 * 12), st.sampled_from([1, 2, 12 * 20]))
"""When something starts and how long it is, in steps of two hours: so that some reach over every border."""

agendas = st.lists(st.tuples(spans, st.sampled_from(Status), st.sampled_from([0, 29, 30, 31])), max_size=40)


def appointment(number: int, start: dt.datetime, duration: dt.timedelta = HOUR) -> Appointment:
    """Return a confirmed appointment."""
    return Appointment(
        id=AppointmentId(f"01930000-0000-7000-8000-{number:012}"),
        host=HOST,
        type=AppointmentTypeId("appointment"),
        customer_name="Bob",
        during=Interval.of(start, duration),
        occupied=Interval.of(start, duration),
        status=Status.CONFIRMED,
        version=1,
        timezone=ZoneInfo("Europe/Berlin"),
        created_at=start - 100 * DAY,
        updated_at=TODAY,
    )


def put(storage: Storage, agenda: Iterable[Appointment]) -> None:
    """Put appointments into a storage as they are; those that are off first, since they left room."""
    changes = [
        change for each in sorted(agenda, key=lambda each: each.holds_time) for change in _changes(each)
    ]
    storage.transact(lambda work: [work.record(change) for change in changes])


def _changes(known: Appointment) -> list[Booked | Cancelled]:
    if known.holds_time:
        return [Booked(known)]
    return [Booked(attrs.evolve(known, status=Status.PENDING)), Cancelled(attrs.evolve(known, version=2))]


def told(client: Client, path: str) -> list[str]:
    """Return the ids of the events of a feed."""
    read = icalendar.Calendar.from_ical(client.get(path).content)
    return [str(event["UID"]).partition("@")[0] for event in read.walk("VEVENT")]


@pytest.mark.parametrize(
    "status", [Status.COMPLETED, Status.CANCELLED], ids=["took place", "cancelled long ago"]
)
def test_a_busy_past_takes_no_room_from_what_is_to_come(
    client: Client, ann: Headers, kept: Storage, status: Status
) -> None:
    """With as many in the past as a feed holds, tomorrow's stands in it, and of the others the latest."""
    host = HostId(client.get("/api/auth/me", headers=ann).json()["id"])
    path = client.post("/api/feed", headers=ann).json()["url"].removeprefix("http://127.0.0.1:8000")
    past = [
        attrs.evolve(
            appointment(number, TODAY - HOUR * (number + 1)),
            host=host,
            status=status,
            updated_at=TODAY - 31 * DAY,
        )
        for number in range(MOST_EVENTS)
    ]
    tomorrow = attrs.evolve(appointment(MOST_EVENTS, TODAY + DAY), host=host)
    put(kept, [*past, tomorrow])

    latest = past[-2::-1] if status is Status.COMPLETED else []
    assert told(client, path) == [each.id for each in (*latest, tomorrow)]


@given(agendas, st.integers(1, 12))
def test_what_comes_first_where_there_is_not_room_for_all(
    agenda: list[tuple[tuple[int, int], Status, int]], most: int
) -> None:
    """It is what the words say: to come, cancelled of late, and the latest that were."""
    storage = MemoryStorage()
    scheduler = Scheduler(storage)
    scheduler.set_schedule(HOST, usual_schedule())
    known: list[Appointment] = []
    for number, ((start, length), status, days) in enumerate(agenda):
        new = attrs.evolve(
            appointment(number, TODAY + 2 * HOUR * start, 2 * HOUR * length),
            status=status,
            updated_at=TODAY - days * DAY,
        )
        if status in OFF or not any(each.holds_time and each.during.overlaps(new.during) for each in known):
            known.append(new)
    put(storage, known)
    shown = scheduler.snapshot(lambda asked: choose_events(asked, HOST, TODAY, UNTIL, most=most))
    assert [each.id for each in shown] == [each.id for each in by_the_words(known, most)]


def by_the_words(known: list[Appointment], most: int) -> list[Appointment]:
    """Return what stands in a feed of at most so many, in order of start, as the description says."""
    near = Interval(TODAY - 90 * DAY, UNTIL)
    inside = sorted((each for each in known if each.during.overlaps(near)), key=in_order)
    coming = [each for each in inside if each.during.end > TODAY]
    past = [each for each in inside if each.during.end <= TODAY]
    begun = [each for each in inside if each.during.start < TODAY]
    ranked = [
        *(each for each in coming if each.holds_time),
        *called_off(coming, most),
        *called_off(begun, most),
        *reversed([each for each in past if each.holds_time]),
    ]
    return sorted(list(dict.fromkeys(ranked))[:most], key=in_order)


def called_off(some: list[Appointment], most: int) -> list[Appointment]:
    """Return those of which a feed still says that they are off; only so many are looked through."""
    off = [each for each in some if each.status in OFF]
    return [each for each in off[: 5 * most] if each.updated_at >= TODAY - 30 * DAY]


def in_order(known: Appointment) -> tuple[dt.datetime, str]:
    """Return by what appointments are put in order."""
    return known.during.start, known.id

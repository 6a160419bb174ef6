"""An example of every body and of every answer, for the document: values of the real shapes."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

from scheduling_core import AppointmentId, AppointmentTypeId, HostId, Status, SyncState
from scheduling_web.api.appointment_answers import (
    AppointmentAnswer,
    AppointmentPage,
    HistoryEntry,
    HistoryPage,
)
from scheduling_web.api.appointments import NewAppointment
from scheduling_web.api.auth import Credentials, Me, PasswordChange, Renewal
from scheduling_web.api.availability_bodies import (
    Absence,
    AvailabilityAnswer,
    AvailabilityChanges,
    BusyAnswer,
    ChangedAvailability,
    Hours,
    HoursOfDay,
    Override,
)
from scheduling_web.api.feeds import FeedState, NewFeed
from scheduling_web.api.grants import Grant
from scheduling_web.api.health import Health
from scheduling_web.api.reasons import EXAMPLE, LimitAnswer
from scheduling_web.api.revising import AppointmentChanges
from scheduling_web.api.slots import Explanation, SlotPage
from scheduling_web.api.sync import CalendarAnswer, DeliveryAnswer, DeliveryPage, SyncAnswer
from scheduling_web.api.times import Slot, Span
from scheduling_web.api.type_bodies import (
    DurationRange,
    LimitBody,
    NewType,
    TypeAnswer,
    TypeBody,
    TypePage,
)
from scheduling_web.api.webhooks import Received

_BERLIN = ZoneInfo("Europe/Berlin")
_ID = AppointmentId("0197e5b0-5b5c-7bd0-8a2e-6d6a9e0c1f53")
_TYPE = AppointmentTypeId("check-up")
_TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl"  # noqa: S105  Nobody's.
_LINK = "https://book.example.org/feeds/PPaCUGHWqLhzCeHHFeUN7aUzkFGRoQlZR2Uv6VPPpwY.ics"
_PHRASE = "a phrase that only Ann knows"


def _at(hour: int, minute: int = 0, day: int = 31) -> dt.datetime:
    return dt.datetime(2030, 1, day, hour, minute, tzinfo=_BERLIN)


_BOOKED = AppointmentAnswer(
    id=_ID,
    customer_name="Ann Example",
    start_time=_at(9),
    end_time=_at(9, 30),
    duration_minutes=30,
    status=Status.CONFIRMED,
    type=_TYPE,
    time_zone="Europe/Berlin",
    notes="brings a dog",
    version=1,
    calcom_booking_id="4Jc8Hs9nTq2Lw5Xy7Zb3Vd",
    created_at=_at(11, day=7),
    updated_at=_at(11, day=7),
)
_MOVED = HistoryEntry("rescheduled", _at(12, day=8), _BOOKED, before=Span(_at(14), _at(14, 30)))
_SLOTS = [Slot(_at(9, 30), _at(10)), Slot(_at(9, 45), _at(10, 15))]

_HOURS = [HoursOfDay("monday", "09:00", "12:00"), HoursOfDay("monday", "13:00", "24:00")]
_OVERRIDES = [Override(dt.date(2030, 12, 24), [Hours("09:00", "12:00")]), Override(dt.date(2030, 12, 25), [])]
_ABSENCES = [Absence(_at(0, day=9), _at(0, day=10), "at the sea")]
_AVAILABILITY = AvailabilityAnswer(
    "Europe/Berlin",
    _HOURS,
    _OVERRIDES,
    _ABSENCES,
    open=[Span(_at(9, day=7), _at(12, day=7))],
    busy=[BusyAnswer(_at(10, day=7), _at(11, day=7), "cal.com", _at(8, 55, day=7))],
)
_SPREAD = DurationRange(15, 60, 15)
_TYPE_ANSWER = TypeAnswer(
    id=_TYPE,
    title="Check-up",
    durations=[30, 45],
    requires_confirmation=False,
    slot_interval_minutes=15,
    buffer_before_minutes=0,
    buffer_after_minutes=10,
    minimum_notice_minutes=60,
    horizon_days=90,
    limits=[LimitAnswer("day", count=8)],
    week_start="monday",
    any_start=False,
)
_DELIVERY = DeliveryAnswer(_ID, "cal.com", SyncState.DEAD, 2, 1, 3, None, "no_event_type", _at(9, 30, day=7))

EXAMPLES: dict[type[msgspec.Struct], msgspec.Struct] = {
    type(example): example
    for example in (
        Credentials("ann", _PHRASE),
        Renewal(_TOKEN),
        PasswordChange(_PHRASE, "four other words to remember"),
        Grant(_TOKEN, "Bearer", 900),
        Me(HostId("0197e5b0-0000-7000-8000-000000000000"), "ann"),
        NewAppointment("Ann Example", _at(9), 30, "check-up", "brings a dog"),
        AppointmentChanges(start_time=_at(10), notes="brings two dogs"),
        _BOOKED,
        AppointmentPage([_BOOKED], "MjAzMC0wMS0zMVQwODowMDowMCswMDowMCAwMTk3ZTViMA"),
        HistoryPage([_MOVED]),
        AvailabilityChanges("Europe/Berlin", _HOURS, _OVERRIDES, _ABSENCES),
        _AVAILABILITY,
        ChangedAvailability(**msgspec.structs.asdict(_AVAILABILITY), affected=[_BOOKED]),
        SlotPage(_SLOTS),
        Explanation(bookable=False, reasons=[EXAMPLE], suggestions=_SLOTS),
        NewType(id="check-up", title="Check-up", durations=[30, 45], buffer_after_minutes=10),
        TypeBody(title="Check-up", duration_range=_SPREAD, limits=[LimitBody("day", count=8)]),
        _TYPE_ANSWER,
        TypePage([_TYPE_ANSWER]),
        FeedState(exists=True, created_at=_at(9, day=7)),
        NewFeed(_LINK, _at(9, day=7)),
        SyncAnswer(
            [CalendarAnswer("cal.com", _at(8, 55, day=7), is_down=False, paused_until=None, alert=None)],
            {"synced": 12, "dead": 1},
            [_DELIVERY],
        ),
        DeliveryPage([_DELIVERY]),
        Received(kept=True),
        Health(),
    )
}
"""Every shape that is sent or answered as a whole, with a value of it."""

"""What the fake holds, and how Cal.com writes it."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from scheduling_calcom.testing.messages import write
from scheduling_calcom.wire.schedules import DAYS
from scheduling_core import DateOverride, Interval, Schedule, TimeRange, WeeklyHours

USER = {
    "id": 1,
    "name": "Ada Host",
    "email": "ada@calendar.example",
    "displayEmail": "ada@calendar.example",
    "username": "ada",
    "timeZone": "Europe/Berlin",
}

_MIDNIGHT = dt.time(0)


@attrs.define
class FakeEventType:
    """An event type; *options* are the lengths that it offers, in minutes, where there are several."""

    id: int
    slug: str
    minutes: int = 30
    options: tuple[int, ...] = ()
    schedule_id: int | None = None
    needs_confirmation: bool = False
    minimum_notice: int = 0
    limit_per_day: int | None = None
    required_fields: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the event type as Cal.com writes it."""
        always = {"type": "always", "blockUnconfirmedBookingsInBooker": False}
        return {
            "id": self.id,
            "lengthInMinutes": self.minutes,
            **({"lengthInMinutesOptions": list(self.options)} if self.options else {}),
            "title": self.slug.title(),
            "slug": self.slug,
            "description": "",
            "locations": [],
            "bookingFields": [_text_field(slug) for slug in self.required_fields],
            "disableGuests": False,
            "recurrence": None,
            "metadata": {},
            "price": 0,
            "currency": "usd",
            "lockTimeZoneToggleOnBookingPage": False,
            "forwardParamsSuccessRedirect": None,
            "successRedirectUrl": None,
            "isInstantEvent": False,
            "minimumBookingNotice": self.minimum_notice,
            "beforeEventBuffer": 0,
            "afterEventBuffer": 0,
            "scheduleId": self.schedule_id,
            "confirmationPolicy": always if self.needs_confirmation else {"disabled": True},
            "hidden": True,
            "bookingRequiresAuthentication": False,
            "ownerId": USER["id"],
            "users": [],
            "bookingUrl": f"https://cal.example/ada/{self.slug}",
        }


def _text_field(slug: str) -> dict[str, Any]:
    described = {"type": "text", "slug": slug, "label": slug.title(), "placeholder": ""}
    return {**described, "required": True, "hidden": False, "isDefault": False}


@attrs.define
class FakeBooking:
    """A booking."""

    uid: str
    id: int
    event_type: FakeEventType
    interval: Interval
    attendee: dict[str, Any]
    metadata: dict[str, Any]
    responses: dict[str, Any]
    ics_uid: str
    status: str
    created: dt.datetime
    updated: dt.datetime
    rescheduled_from: str | None = None
    rescheduled_to: str | None = None
    cancellation_reason: str | None = None
    rescheduling_reason: str | None = None

    @property
    def minutes(self) -> int:
        """The length in minutes."""
        return self.interval.duration // dt.timedelta(minutes=1)

    @property
    def email(self) -> str:
        """The address of the attendee, made up from the telephone number where there is none."""
        return str(self.attendee.get("email") or f"{self.attendee['phoneNumber']}@sms.cal.com")

    def to_json(self) -> dict[str, Any]:
        """Return the booking as Cal.com writes it."""
        sometimes = {
            "rescheduledFromUid": self.rescheduled_from,
            "rescheduledToUid": self.rescheduled_to,
            "cancellationReason": self.cancellation_reason,
            "reschedulingReason": self.rescheduling_reason,
        }
        written = {name: self.attendee[name] for name in ("language", "phoneNumber") if name in self.attendee}
        return {
            "id": self.id,
            "uid": self.uid,
            "title": f"{self.event_type.slug.title()} between Ada Host and {self.attendee['name']}",
            "description": "",
            "status": self.status,
            "hosts": [USER],
            "start": write(self.interval.start),
            "end": write(self.interval.end),
            "duration": self.minutes,
            "eventTypeId": self.event_type.id,
            "eventType": {"id": self.event_type.id, "slug": self.event_type.slug},
            "location": "integrations:daily",
            "absentHost": False,
            "createdAt": write(self.created),
            "updatedAt": write(self.updated),
            "icsUid": self.ics_uid,
            "metadata": self.metadata,
            "attendees": [
                {
                    "name": self.attendee["name"],
                    "email": self.email,
                    "displayEmail": self.email,
                    "timeZone": self.attendee["timeZone"],
                    "absent": False,
                    **written,
                }
            ],
            "bookingFieldsResponses": self.responses,
            **{name: value for name, value in sometimes.items() if value is not None},
        }


@attrs.define
class FakeSchedule:
    """A schedule, its lists kept as they were sent: no order and no sense is asked of them."""

    id: int
    name: str
    time_zone: str
    availability: list[dict[str, Any]]
    overrides: list[dict[str, Any]]
    is_default: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the schedule as Cal.com writes it."""
        return {
            "id": self.id,
            "ownerId": USER["id"],
            "name": self.name,
            "timeZone": self.time_zone,
            "availability": self.availability,
            "isDefault": self.is_default,
            "overrides": self.overrides,
        }

    def open_intervals(self, window: Interval) -> tuple[Interval, ...]:
        """Return when the schedule is open; of several overrides of a date the last one counts."""
        hours = {
            day.lower(): [
                found for item in self.availability if day in item["days"] and (found := _range(item))
            ]
            for day in DAYS
        }
        overrides = {
            item["date"]: DateOverride(
                dt.date.fromisoformat(item["date"]), [found] if (found := _range(item)) else []
            )
            for item in self.overrides
        }
        schedule = Schedule(ZoneInfo(self.time_zone), WeeklyHours(**hours), overrides.values())
        return schedule.open_intervals(window)


def _range(item: dict[str, Any]) -> TimeRange | None:
    start, end = dt.time.fromisoformat(item["startTime"]), dt.time.fromisoformat(item["endTime"])
    return TimeRange(start, end) if start < end else None


@attrs.define
class FakeWebhook:
    """A webhook."""

    id: int
    subscriber_url: str
    triggers: list[str]
    active: bool
    secret: str | None = attrs.field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the webhook as Cal.com writes it, secret and all."""
        return {
            "id": self.id,
            "userId": USER["id"],
            "payloadTemplate": "",
            "subscriberUrl": self.subscriber_url,
            "triggers": self.triggers,
            "active": self.active,
            **({"secret": self.secret} if self.secret else {}),
        }

"""Bookings and those whom they are for."""

import datetime as dt
import enum
import itertools
import math
import re
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from scheduling_calcom.fields import Fields
from scheduling_core import InvalidValue
from scheduling_core.checks import check_text
from scheduling_core.local_time import find_zone

Scalar = str | int | float | bool

_MOST_METADATA, _LONGEST_KEY, _LONGEST_VALUE = 50, 40, 500
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


class BookingStatus(enum.StrEnum):
    """What has become of a booking."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    OTHER = "other"
    """Something that this package does not know, and that one list must not fail for."""


def _check_zone(_: object, __: object, zone: str) -> None:
    find_zone(zone)


@attrs.frozen
class Attendee:
    """Who a booking is for; Cal.com wants an *email*, or a *phone_number* as in +4930123456.

    Raises InvalidValue for anything else, and for a *time_zone* that is not in the IANA data.
    """

    name: str = attrs.field(repr=False)
    time_zone: str = attrs.field(validator=_check_zone)
    email: str | None = attrs.field(default=None, repr=False)
    phone_number: str | None = attrs.field(default=None, repr=False)
    language: str | None = None

    def __attrs_post_init__(self) -> None:
        check_text(self.name, "name", 500)
        if self.email is None and self.phone_number is None:
            raise InvalidValue("email", "must be given where there is no phone number")
        if self.email is not None and not _EMAIL.fullmatch(self.email):
            raise InvalidValue("email", "must be an e-mail address")
        if self.phone_number is not None and not _PHONE.fullmatch(self.phone_number):
            raise InvalidValue("phone_number", "must have a country code and digits, as in +4930123456")

    def to_json(self) -> dict[str, object]:
        """Return the attendee as it stands in the request for a new booking."""
        named = {"email": self.email, "phoneNumber": self.phone_number, "language": self.language}
        sent = {key: value for key, value in named.items() if value is not None}
        return {"name": self.name, "timeZone": self.time_zone, **sent}


@attrs.frozen
class BookedAttendee:
    """Who a booking is for, as Cal.com tells it; what is empty there is None here.

    On some accounts one of the two addresses has a suffix that Cal.com added.
    """

    name: str | None = attrs.field(repr=False)
    email: str | None = attrs.field(repr=False)
    display_email: str | None = attrs.field(repr=False)
    phone_number: str | None = attrs.field(repr=False)
    time_zone: str | None
    language: str | None

    @classmethod
    def read(cls, fields: Fields) -> "BookedAttendee":
        """Read one of the attendees of a booking."""
        return cls(
            name=fields.maybe_text("name"),
            email=fields.maybe_text("email"),
            display_email=fields.maybe_text("displayEmail"),
            phone_number=fields.maybe_text("phoneNumber"),
            time_zone=fields.maybe_text("timeZone"),
            language=fields.maybe_text("language"),
        )


@attrs.frozen
class Booking:
    """A booking as it is at Cal.com.

    Rescheduling ends a booking and makes another: *rescheduled_from_uid* and *rescheduled_to_uid* link the
    chain, along which *ics_uid* and *metadata* stay the same.
    """

    uid: str = attrs.field(repr=False)
    status: BookingStatus
    start: dt.datetime
    end: dt.datetime
    event_type_id: int | None
    attendees: tuple[BookedAttendee, ...] = attrs.field(repr=False)
    metadata: Mapping[str, Scalar] = attrs.field(repr=False, hash=False)
    ics_uid: str | None = attrs.field(repr=False)
    rescheduled_from_uid: str | None = attrs.field(repr=False)
    rescheduled_to_uid: str | None = attrs.field(repr=False)
    created_at: dt.datetime | None
    updated_at: dt.datetime | None

    @property
    def length(self) -> dt.timedelta:
        """The time between start and end."""
        return self.end - self.start

    @property
    def is_active(self) -> bool:
        """Whether the booking is neither cancelled nor rejected."""
        return self.status not in {BookingStatus.CANCELLED, BookingStatus.REJECTED}

    @classmethod
    def read(cls, fields: Fields) -> "Booking":
        """Read a booking; raises UnexpectedAnswer where something that we depend on is missing."""
        start, end = fields.instant("start"), fields.instant("end")
        if end <= start:
            raise fields.unexpected("end", "after the start")
        status = fields.text("status")
        event_type = fields.maybe_one("eventType")
        attendees = fields.each("attendees")
        # In an event type with seats everyone has metadata of their own, and the booking none.
        sources = [found for found in (item.maybe_one("metadata") for item in (*attendees, fields)) if found]
        metadata = dict(itertools.chain.from_iterable(source.data.items() for source in sources))
        return cls(
            uid=fields.text("uid"),
            status=BookingStatus(status) if status in set(BookingStatus) else BookingStatus.OTHER,
            start=start,
            end=end,
            event_type_id=event_type.maybe_integer("id")
            if event_type
            else fields.maybe_integer("eventTypeId"),
            attendees=tuple(BookedAttendee.read(item) for item in attendees),
            metadata=MappingProxyType(
                {k: v for k, v in metadata.items() if isinstance(v, str | int | float)}
            ),
            ics_uid=fields.maybe_text("icsUid"),
            rescheduled_from_uid=fields.maybe_text("rescheduledFromUid"),
            rescheduled_to_uid=fields.maybe_text("rescheduledToUid"),
            created_at=fields.maybe_instant("createdAt"),
            updated_at=fields.maybe_instant("updatedAt"),
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def check_metadata(metadata: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return *metadata* as Cal.com accepts it, or raise InvalidValue, without the values."""
    if len(metadata) > _MOST_METADATA:
        raise InvalidValue("metadata", f"must have at most {_MOST_METADATA} entries", len(metadata))
    for key, value in metadata.items():
        check_text(key, "metadata key", _LONGEST_KEY)
        if isinstance(value, str):
            check_text(value, "metadata value", _LONGEST_VALUE, required=False, lines=True)
        elif not _is_number(value):
            raise InvalidValue("metadata value", "must be a text, a number or a truth value")
    return dict(metadata)

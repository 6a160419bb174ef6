"""What Cal.com sends and takes, as values.

Only what this package depends on is read, and that strictly; further fields may come and go. What
identifies a person, and the uid of a booking, which is enough to move it, stay out of every `repr`.
"""

from scheduling_calcom.wire.account import BusyTime, Calendar, Me, Webhook, read_interval
from scheduling_calcom.wire.bookings import (
    Attendee,
    BookedAttendee,
    Booking,
    BookingStatus,
    Scalar,
    check_metadata,
)
from scheduling_calcom.wire.event_types import EventType
from scheduling_calcom.wire.refusals import Refusal
from scheduling_calcom.wire.schedules import Availability, Override, Schedule

__all__ = [
    "Attendee",
    "Availability",
    "BookedAttendee",
    "Booking",
    "BookingStatus",
    "BusyTime",
    "Calendar",
    "EventType",
    "Me",
    "Override",
    "Refusal",
    "Scalar",
    "Schedule",
    "Webhook",
    "check_metadata",
    "read_interval",
]

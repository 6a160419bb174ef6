"""A client for the Cal.com API v2 and the adapter that keeps Cal.com in step with scheduling-core.

>>> account = Account(ApiKey("cal_live_..."))
>>> CalComClient(account)
CalComClient(Account(base_url='https://api.cal.com/v2', ...))
"""

from scheduling_calcom.account import Account, ApiKey
from scheduling_calcom.attendees import AttendeePolicy
from scheduling_calcom.calendar import CalComCalendar
from scheduling_calcom.client import AsyncCalComClient, CalComClient
from scheduling_calcom.errors import (
    Gone,
    Interrupted,
    InvalidRequest,
    LimitReached,
    NotRepresentable,
    RateLimited,
    ReplacementFailed,
    ServerFailed,
    StateConflict,
    Unauthorised,
    UnexpectedAnswer,
    Unreachable,
    WrongApiVersion,
    is_ambiguous,
)
from scheduling_calcom.event_types import PROVIDER, EventTypeChoice, EventTypes, calcom_link
from scheduling_calcom.quota import Quota
from scheduling_calcom.retry import NO_RETRIES, RetryPolicy
from scheduling_calcom.schedules import pull_schedule, push_schedule, sync_with_calcom
from scheduling_calcom.versions import Versions
from scheduling_calcom.webhooks import check_secrets, read_hint, verify
from scheduling_calcom.wire import (
    Attendee,
    Availability,
    Booking,
    BookingStatus,
    BusyTime,
    Calendar,
    EventType,
    Me,
    Override,
    Schedule,
    Webhook,
)

__all__ = [
    "NO_RETRIES",
    "PROVIDER",
    "Account",
    "ApiKey",
    "AsyncCalComClient",
    "Attendee",
    "AttendeePolicy",
    "Availability",
    "Booking",
    "BookingStatus",
    "BusyTime",
    "CalComCalendar",
    "CalComClient",
    "Calendar",
    "EventType",
    "EventTypeChoice",
    "EventTypes",
    "Gone",
    "Interrupted",
    "InvalidRequest",
    "LimitReached",
    "Me",
    "NotRepresentable",
    "Override",
    "Quota",
    "RateLimited",
    "ReplacementFailed",
    "RetryPolicy",
    "Schedule",
    "ServerFailed",
    "StateConflict",
    "Unauthorised",
    "UnexpectedAnswer",
    "Unreachable",
    "Versions",
    "Webhook",
    "WrongApiVersion",
    "calcom_link",
    "check_secrets",
    "is_ambiguous",
    "pull_schedule",
    "push_schedule",
    "read_hint",
    "sync_with_calcom",
    "verify",
]

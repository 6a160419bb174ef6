"""Every call, described once and without input or output.

A flow is a generator: it yields a request, receives the good answer to it or the error of it, and returns
what the call is for. The two clients differ only in how they send what a flow yields. Its first parameter
tells where requests go; the others are those of the method of the client, whose description is that of the
flow.
"""

from scheduling_calcom.flows.account import (
    create_webhook,
    delete_webhook,
    get_event_type,
    get_me,
    list_event_types,
    list_webhooks,
    probe,
)
from scheduling_calcom.flows.api import Api, Flow
from scheduling_calcom.flows.availability import (
    create_schedule,
    get_availability,
    get_busy_times,
    get_schedule,
    get_slots,
    list_calendars,
    list_schedules,
    update_availability,
    update_schedule,
)
from scheduling_calcom.flows.bookings import (
    cancel_booking,
    confirm_booking,
    create_booking,
    decline_booking,
    get_booking,
    list_bookings,
    reschedule_booking,
)
from scheduling_calcom.flows.chains import delete_booking, get_latest_booking, update_booking

__all__ = [
    "Api",
    "Flow",
    "cancel_booking",
    "confirm_booking",
    "create_booking",
    "create_schedule",
    "create_webhook",
    "decline_booking",
    "delete_booking",
    "delete_webhook",
    "get_availability",
    "get_booking",
    "get_busy_times",
    "get_event_type",
    "get_latest_booking",
    "get_me",
    "get_schedule",
    "get_slots",
    "list_bookings",
    "list_calendars",
    "list_event_types",
    "list_schedules",
    "list_webhooks",
    "probe",
    "reschedule_booking",
    "update_availability",
    "update_booking",
    "update_schedule",
]

"""What a type checker knows of the public interface; checked by mypy, never run."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, assert_type

from scheduling_calcom import (
    NO_RETRIES,
    PROVIDER,
    Account,
    ApiKey,
    AsyncCalComClient,
    Attendee,
    AttendeePolicy,
    Booking,
    BookingStatus,
    CalComCalendar,
    CalComClient,
    EventType,
    EventTypeChoice,
    EventTypes,
    NotRepresentable,
    RateLimited,
    Schedule,
    Webhook,
    calcom_link,
    check_secrets,
    is_ambiguous,
    pull_schedule,
    push_schedule,
    read_hint,
    verify,
)
from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentTypeId,
    ExternalCalendarError,
    ExternalRejected,
    ExternalUnavailable,
    HostId,
    Interval,
    Link,
    MemoryStorage,
    Scheduler,
    system,
)
from scheduling_core import Schedule as HostSchedule
from scheduling_core.external import ExternalCalendar, Failure
from scheduling_core.inbound import Inbound
from scheduling_core.relay import Relay
from scheduling_core.sync import Hint, RemoteBooking

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def check_clients(client: CalComClient, patient: AsyncCalComClient) -> None:
    """The clients have the parameters and the results of their calls."""
    attendee = Attendee("Ann", "Europe/Berlin", email="ann@private.example")
    booking = client.create_booking(event_type_id=1, start=NOON, attendee=attendee)
    assert_type(booking, Booking)
    assert_type(booking.status, BookingStatus)
    assert_type(client.list_bookings(attendee_email="ann@private.example"), tuple[Booking, ...])
    assert_type(client.get_event_type(1), EventType)
    assert_type(client.get_schedule(1), Schedule)
    assert_type(client.list_webhooks(), tuple[Webhook, ...])
    client.create_booking(event_type_id="1", start=NOON, attendee=attendee)  # type: ignore[arg-type]  # A number.
    client.cancel_booking()  # type: ignore[call-arg]  # Of which booking?

    async def check_awaited() -> None:
        assert_type(await patient.get_booking("uid"), Booking)
        assert_type(await patient.get_slots(1, Interval.of(NOON, dt.timedelta(days=1))), tuple[Interval, ...])


def check_calendar(client: CalComClient, appointment: Appointment, known: RemoteBooking | None) -> None:
    """The calendar is one of the core, and whatever takes one takes it."""
    attendees = AttendeePolicy("appointments.example", sends_names=False)
    calendar = CalComCalendar(client, installation="practice", attendees=attendees)
    port: ExternalCalendar = calendar
    link = calcom_link(EventTypeChoice(42), EventTypeChoice(43, dt.timedelta(hours=1)))
    assert_type(link, Link)
    assert_type(calendar.find(link, appointment, known), tuple[RemoteBooking, ...])
    assert_type(calendar.create(link, appointment), RemoteBooking)
    assert_type(calendar.owner("uid"), AppointmentId | None)
    assert_type(calendar.changed(None), tuple[RemoteBooking, ...])
    assert_type(calendar.judge(RateLimited(None)), Failure)
    storage = MemoryStorage()
    Scheduler(storage).link(HostId("ada"), link)
    assert_type(Relay(storage, port, clock=system.read_clock, chance=lambda: 0.5).step(), bool)
    assert_type(Inbound(storage, calendar, clock=system.read_clock, new_id=system.new_id).sweep(), int)
    AttendeePolicy("appointments.example", True)  # type: ignore[call-arg]  # noqa: FBT003  By name only.


def check_event_types(link: Link, appointment: Appointment) -> None:
    """A choice has a number, a length and a type."""
    types = EventTypes.of(link)
    assert_type(types.choices, tuple[EventTypeChoice, ...])
    assert_type(types.find(appointment), int)
    assert_type(types.to_details(), Mapping[str, str])
    assert_type(PROVIDER, str)
    EventTypeChoice(42, type=AppointmentTypeId("visit"))
    EventTypeChoice("42")  # type: ignore[arg-type]  # A number.


def check_webhooks(body: bytes, header: str | None) -> None:
    """A call is bytes and a header that may be missing, and becomes a hint or none."""
    assert_type(verify(body, header, ["secret"]), bool)
    assert_type(read_hint(body, NOON), Hint | None)
    assert_type(check_secrets(("secret",)), tuple[bytes, ...])


def check_schedules(client: CalComClient, schedule: HostSchedule) -> None:
    """Both directions end in a schedule of the core."""
    assert_type(push_schedule(client, schedule, 1), HostSchedule)
    assert_type(pull_schedule(client, 1), HostSchedule)


def check_errors(limited: RateLimited, odd: NotRepresentable) -> None:
    """Errors are those of the core, with data."""
    unavailable: ExternalUnavailable = limited
    rejected: ExternalRejected = odd
    root: ExternalCalendarError = rejected
    assert_type(unavailable.retry_after, dt.timedelta | None)
    assert_type((odd.code, odd.what), tuple[str, str])
    assert_type(is_ambiguous(root), bool)


def check_account(token: Callable[[], str], anything: Any) -> None:  # noqa: ANN401  What is not checked.
    """A key, or whatever returns one."""
    Account(ApiKey("cal_live_..."), retry=NO_RETRIES)
    Account(token)
    Account("cal_live_...")  # type: ignore[arg-type]  # A key is never passed as a bare text.
    CalComCalendar(anything, attendees=AttendeePolicy("a.example"))  # type: ignore[call-arg]  # Whose bookings?

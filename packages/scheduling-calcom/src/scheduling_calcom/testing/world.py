"""The state of the fake account, and what happens in it, whoever asks for it."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from scheduling_calcom.testing.messages import Failure
from scheduling_calcom.testing.records import FakeBooking, FakeEventType, FakeSchedule, FakeWebhook
from scheduling_core import Interval, system

_TAKEN = "User either already has booking at this time or is not available"
_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)

Tell = Callable[[str, FakeBooking, Mapping[str, Any]], None]


@attrs.define
class Quirks:
    """Odd ways of the server that have been seen and are not always there.

    *forgets_bounds*: the filters by start and end of the list do nothing. *keeps_length*: rescheduling
    keeps the length of the booking instead of taking that of the event type. *misnames_reschedules*:
    webhooks call a rescheduling BOOKING_REQUESTED.
    """

    forgets_bounds: bool = False
    keeps_length: bool = False
    misnames_reschedules: bool = False


def _ignore(_: str, __: FakeBooking, ___: Mapping[str, Any]) -> None:
    """Tell nobody."""


@attrs.define
class World:
    """One account with its event types, schedules, bookings, busy times and webhooks.

    Its methods are what a person does on the pages of Cal.com; over HTTP they are reached through the fake.
    What cannot be done raises `messages.Failure`, with the status and the words of the server.
    *tell* hears of every change of a booking.
    """

    clock: Callable[[], dt.datetime] = system.read_clock
    new_uid: Callable[[], str] = system.new_id
    tell: Tell = _ignore
    quirks: Quirks = attrs.field(factory=Quirks)
    event_types: dict[int, FakeEventType] = attrs.field(factory=dict)
    schedules: dict[int, FakeSchedule] = attrs.field(factory=dict)
    bookings: dict[str, FakeBooking] = attrs.field(factory=dict)
    busy: dict[tuple[int, str], list[Interval]] = attrs.field(factory=dict)
    webhooks: dict[int, FakeWebhook] = attrs.field(factory=dict)
    _numbers: "itertools.count[int]" = attrs.field(factory=lambda: itertools.count(1))

    def new_number(self) -> int:
        """Return a number that no record has."""
        return next(self._numbers)

    def add_event_type(self, slug: str, minutes: int = 30, **further: Any) -> FakeEventType:  # noqa: ANN401  The fields.
        """Add an event type; *further* are fields of `FakeEventType`."""
        event_type = FakeEventType(self.new_number(), slug, minutes, **further)
        self.event_types[event_type.id] = event_type
        return event_type

    def add_schedule(
        self,
        name: str,
        time_zone: str,
        availability: list[dict[str, Any]],
        overrides: list[dict[str, Any]] | None = None,
        *,
        is_default: bool = False,
    ) -> FakeSchedule:
        """Add a schedule."""
        schedule = FakeSchedule(
            self.new_number(), name, time_zone, availability, overrides or [], is_default=is_default
        )
        self.schedules[schedule.id] = schedule
        return schedule

    def find_event_type(self, id: object) -> FakeEventType:
        """Return an event type."""
        event_type = self.event_types.get(id) if isinstance(id, int) else None
        if event_type is None:
            raise Failure(404, f"Event type with id {id} not found.")
        return event_type

    def find_booking(self, uid: str) -> FakeBooking:
        """Return a booking."""
        if uid not in self.bookings:
            raise Failure(404, f"Booking with uid={uid} was not found in the database")
        return self.bookings[uid]

    def default_schedule(self) -> FakeSchedule | None:
        """Return the default schedule, if there is one."""
        return next((item for item in self.schedules.values() if item.is_default), None)

    def book(
        self,
        event_type: FakeEventType,
        start: dt.datetime,
        attendee: dict[str, Any],
        *,
        minutes: int | None = None,
        metadata: dict[str, Any] | None = None,
        responses: dict[str, Any] | None = None,
    ) -> FakeBooking:
        """Make a booking, as the page or the API does."""
        interval = Interval.of(start, (minutes or event_type.minutes) * _MINUTE)
        if event_type.needs_confirmation:
            # The only requests that can be repeated: the booking that is there is handed out again.
            for booking in self.bookings.values():
                same = (booking.event_type.id, booking.interval.start) == (event_type.id, interval.start)
                if same and booking.status == "pending" and booking.attendee == attendee:
                    return booking
        self._check(event_type, interval)
        now, uid = self.clock(), self.new_uid()
        booking = FakeBooking(
            uid,
            self.new_number(),
            event_type,
            interval,
            attendee,
            metadata or {},
            {"name": attendee["name"], **(responses or {})},
            f"{uid}@Cal.com",
            "pending" if event_type.needs_confirmation else "accepted",
            now,
            now,
        )
        self.bookings[uid] = booking
        self.tell("BOOKING_REQUESTED" if event_type.needs_confirmation else "BOOKING_CREATED", booking, {})
        return booking

    def reschedule(self, uid: str, start: dt.datetime, reason: str | None = None) -> FakeBooking:
        """Move a booking: the old one is cancelled, and a new one with another uid takes its place."""
        old = self.find_booking(uid)
        if old.rescheduled_to:
            raise Failure(
                400,
                f"Can't reschedule booking with uid={uid} because it has been rescheduled "
                f"already to booking with uid={old.rescheduled_to}",
            )
        if old.status in {"cancelled", "rejected"}:
            raise Failure(400, f"Can't reschedule booking with uid={uid} because it has been {old.status}")
        minutes = old.minutes if self.quirks.keeps_length else old.event_type.minutes
        interval = Interval.of(start, minutes * _MINUTE)
        self._check(old.event_type, interval, but=old)
        now, new_uid = self.clock(), self.new_uid()
        new = attrs.evolve(
            old,
            uid=new_uid,
            id=self.new_number(),
            interval=interval,
            created=now,
            updated=now,
            rescheduled_from=uid,
            rescheduling_reason=reason,
        )
        old.status, old.rescheduled_to, old.updated = "cancelled", new_uid, now
        self.bookings[new_uid] = new
        trigger = "BOOKING_REQUESTED" if self.quirks.misnames_reschedules else "BOOKING_RESCHEDULED"
        self.tell(trigger, new, {"rescheduleUid": uid, "rescheduleId": old.id})
        return new

    def cancel(self, uid: str, reason: str | None = None) -> FakeBooking:
        """Cancel a booking."""
        booking = self.find_booking(uid)
        if booking.status == "cancelled":
            raise Failure(400, f"Can't cancel booking with uid={uid} because it has been cancelled already.")
        if booking.interval.end <= self.clock():
            raise Failure(400, "Cannot cancel a booking that has already ended")
        self._end(booking, "cancelled")
        booking.cancellation_reason = reason
        self.tell("BOOKING_CANCELLED", booking, {"cancellationReason": reason})
        return booking

    def confirm(self, uid: str) -> FakeBooking:
        """Accept a pending booking."""
        booking = self._pending(uid)
        self._check(booking.event_type, booking.interval, but=booking)
        self._end(booking, "accepted")
        self.tell("BOOKING_CREATED", booking, {})
        return booking

    def decline(self, uid: str, reason: str | None = None) -> FakeBooking:
        """Reject a pending booking."""
        booking = self._pending(uid)
        self._end(booking, "rejected")
        self.tell("BOOKING_REJECTED", booking, {"reason": reason})
        return booking

    def _pending(self, uid: str) -> FakeBooking:
        booking = self.find_booking(uid)
        if booking.status != "pending":
            raise Failure(
                400, f"Booking already {'rejected' if booking.status == 'rejected' else 'confirmed'}"
            )
        return booking

    def _end(self, booking: FakeBooking, status: str) -> None:
        booking.status, booking.updated = status, self.clock()

    def _check(self, event_type: FakeEventType, interval: Interval, but: FakeBooking | None = None) -> None:
        now = self.clock()
        if interval.start <= now:
            raise Failure(400, "Attempting to book a meeting in the past.")
        if interval.start < now + event_type.minimum_notice * _MINUTE:
            raise Failure(400, 'This event type can\'t be booked at the "start" time provided.')
        if not self.is_free(event_type, interval, but):
            raise Failure(400, _TAKEN)
        if event_type.limit_per_day is not None and but is None:
            day = interval.start.date()
            same = [
                b for b in self._accepted() if b.event_type is event_type and b.interval.start.date() == day
            ]
            if len(same) >= event_type.limit_per_day:
                raise Failure(403, "booking_limit_reached", bare=True)

    def is_free(self, event_type: FakeEventType, interval: Interval, but: FakeBooking | None = None) -> bool:
        """Return whether the schedule is open and nothing accepted, and nothing elsewhere, is in the way.

        Pending bookings are in nobody's way.
        """
        around = Interval(interval.start - _DAY, interval.end + _DAY)
        if not any(hours.contains(interval) for hours in self.open_intervals(event_type, around)):
            return False
        taken = [booking.interval for booking in self._accepted() if booking is not but]
        taken += itertools.chain.from_iterable(self.busy.values())
        return not any(interval.overlaps(other) for other in taken)

    def open_intervals(self, event_type: FakeEventType, window: Interval) -> tuple[Interval, ...]:
        """Return when the schedule of an event type is open; without a schedule it always is."""
        number = event_type.schedule_id
        schedule = self.default_schedule() if number is None else self.schedules.get(number)
        return schedule.open_intervals(window) if schedule else (window,)

    def _accepted(self) -> list[FakeBooking]:
        return [booking for booking in self.bookings.values() if booking.status == "accepted"]

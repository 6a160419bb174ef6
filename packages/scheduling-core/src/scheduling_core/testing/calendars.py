"""An external calendar in memory, which does as it is told and fails when it is told."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import TypeVar

import attrs

from scheduling_core.appointments import Appointment
from scheduling_core.errors import ExternalCalendarError
from scheduling_core.external import Failure, Verdict
from scheduling_core.ids import AppointmentId
from scheduling_core.intervals import Interval, intersect
from scheduling_core.sync import Link, RemoteBooking

T = TypeVar("T")


@attrs.define(eq=False)
class Fault(ExternalCalendarError):
    """What a `FakeCalendar` raises when it is told to fail, with what `judge` will say of it."""

    failure: Failure

    def __str__(self) -> str:
        return f"the calendar fails as it was told: {self.failure.code}"


class FakeCalendar:
    """A calendar for tests, which implements `ExternalCalendar`.

    *bookings* is what it holds, in the order in which it was made, and *calls* what was asked of it.
    `fail_next` makes calls fail, before or after they took effect. A moved booking gets a new uid, as it
    does at Cal.com.

    >>> calendar = FakeCalendar()
    >>> calendar.fail_next(Verdict.DOWN)
    >>> try:
    ...     calendar.owner("uid")
    ... except Fault as fault:
    ...     print(calendar.judge(fault).verdict)
    Verdict.DOWN
    """

    provider = "fake"

    def __init__(self) -> None:
        self.bookings: dict[str, RemoteBooking] = {}
        self.busy_times: tuple[Interval, ...] = ()
        self.calls: list[str] = []
        self._uids = (f"uid-{number}" for number in itertools.count(1))
        self._faults: list[tuple[Fault, str | None, bool]] = []

    def fail_next(
        self,
        verdict: Verdict,
        *,
        times: int = 1,
        call: str | None = None,
        after: bool = False,
        retry_after: dt.timedelta | None = None,
    ) -> None:
        """Let the next calls, or those of one name, fail: *after* they took effect, or instead of it."""
        fault = Fault(Failure(verdict, verdict.value, retry_after))
        self._faults += [(fault, call, after)] * times

    def recover(self) -> None:
        """Let no further call fail."""
        self._faults.clear()

    def active(self, appointment: AppointmentId) -> list[RemoteBooking]:
        """Return the bookings for an appointment that have not ended."""
        held = self.bookings.values()
        return [booking for booking in held if booking.is_active and booking.appointment == appointment]

    def change(self, uid: str, *, during: Interval | None = None, is_active: bool = True) -> None:
        """Do what a person does over there: move a booking without a new uid, or end it."""
        booking = self.bookings[uid]
        self._hold(attrs.evolve(booking, during=during or booking.during, is_active=is_active))

    def add(self, during: Interval, appointment: AppointmentId | None = None) -> RemoteBooking:
        """Make a booking that nobody asked for."""
        return self._hold(RemoteBooking(next(self._uids), during, is_active=True, appointment=appointment))

    def find(
        self,
        link: Link,  # noqa: ARG002  Of the port.
        appointment: Appointment,
        known: RemoteBooking | None,  # noqa: ARG002  Every booking has its mark.
    ) -> tuple[RemoteBooking, ...]:
        """Return the bookings for *appointment*, oldest first."""
        held = self.bookings.values()
        return self._call("find", lambda: tuple(b for b in held if b.appointment == appointment.id))

    def create(self, link: Link, appointment: Appointment) -> RemoteBooking:  # noqa: ARG002  Of the port.
        """Make a booking."""
        return self._call("create", lambda: self.add(appointment.during, appointment.id))

    def move(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:  # noqa: ARG002
        """End a booking and make another with its length, at the start of *appointment*."""

        def work() -> RemoteBooking:
            self.change(booking.uid, is_active=False)
            return self.add(Interval.of(appointment.during.start, booking.during.duration), appointment.id)

        return self._call("move", work)

    def cancel(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:  # noqa: ARG002
        """End a booking."""

        def work() -> RemoteBooking:
            self.change(booking.uid, is_active=False)
            return self.bookings[booking.uid]

        return self._call("cancel", work)

    def owner(self, uid: str) -> AppointmentId | None:
        """Return whose booking it is."""
        booking = self.bookings.get(uid)
        return self._call("owner", lambda: None if booking is None else booking.appointment)

    def changed(self, since: dt.datetime | None) -> tuple[RemoteBooking, ...]:  # noqa: ARG002  It forgets nothing.
        """Return all bookings with a mark."""
        held = self.bookings.values()
        return self._call("changed", lambda: tuple(b for b in held if b.appointment is not None))

    def busy(self, link: Link, window: Interval) -> tuple[Interval, ...]:  # noqa: ARG002  Of the port.
        """Return the part of `busy_times` that lies in *window*."""
        return self._call("busy", lambda: intersect([window], self.busy_times))

    def judge(self, error: ExternalCalendarError) -> Failure:
        """Return what the fault was told to mean."""
        return error.failure if isinstance(error, Fault) else Failure(Verdict.UNKNOWN, "unknown")

    def _call(self, name: str, work: Callable[[], T]) -> T:
        self.calls.append(name)
        planned = next((plan for plan in self._faults if plan[1] in {None, name}), None)
        if planned is None:
            return work()
        self._faults.remove(planned)
        fault, _, after = planned
        if after:
            work()
        raise fault

    def _hold(self, booking: RemoteBooking) -> RemoteBooking:
        self.bookings[booking.uid] = booking
        return booking

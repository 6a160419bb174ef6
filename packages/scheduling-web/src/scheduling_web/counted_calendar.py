"""An external calendar whose calls are counted, and what came of each."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import attrs

from scheduling_core import Appointment, AppointmentId, ExternalCalendarError, Interval, Link
from scheduling_core.external import ExternalCalendar, Failure
from scheduling_core.sync import RemoteBooking

T = TypeVar("T")


@attrs.frozen
class CountedCalendar:
    """Passes everything on to a *calendar*, and tells *count* which call was made and how it ended.

    That is `done`, or the short word for the failure.
    """

    calendar: ExternalCalendar
    count: Callable[[str, str], None]

    @property
    def provider(self) -> str:
        """Do as `ExternalCalendar.provider`."""
        return self.calendar.provider

    def find(
        self, link: Link, appointment: Appointment, known: RemoteBooking | None
    ) -> tuple[RemoteBooking, ...]:
        """Do as `ExternalCalendar.find`."""
        return self._counted("find", lambda: self.calendar.find(link, appointment, known))

    def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
        """Do as `ExternalCalendar.create`."""
        return self._counted("create", lambda: self.calendar.create(link, appointment))

    def move(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """Do as `ExternalCalendar.move`."""
        return self._counted("move", lambda: self.calendar.move(link, appointment, booking))

    def cancel(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """Do as `ExternalCalendar.cancel`."""
        return self._counted("cancel", lambda: self.calendar.cancel(link, appointment, booking))

    def owner(self, uid: str) -> AppointmentId | None:
        """Do as `ExternalCalendar.owner`."""
        return self._counted("owner", lambda: self.calendar.owner(uid))

    def changed(self, since: dt.datetime | None) -> tuple[RemoteBooking, ...]:
        """Do as `ExternalCalendar.changed`."""
        return self._counted("changed", lambda: self.calendar.changed(since))

    def busy(self, link: Link, window: Interval) -> tuple[Interval, ...]:
        """Do as `ExternalCalendar.busy`."""
        return self._counted("busy", lambda: self.calendar.busy(link, window))

    def judge(self, error: ExternalCalendarError) -> Failure:
        """Do as `ExternalCalendar.judge`."""
        return self.calendar.judge(error)

    def _counted(self, call: str, make: Callable[[], T]) -> T:
        try:
            answer = make()
        except ExternalCalendarError as error:
            self.count(call, self.calendar.judge(error).code)
            raise
        self.count(call, "done")
        return answer

"""Two ways of delivery that everybody tries first, and that the simulation has to find wanting."""

import attrs

from scheduling_calcom.calendar import CalComCalendar
from scheduling_core import Appointment, ExternalCalendarError, Link
from scheduling_core.external import ExternalCalendar, Failure, Verdict
from scheduling_core.sync import RemoteBooking


class BlindCalendar(CalComCalendar):
    """Has the relay try again whatever failed, and never look at what is there."""

    def find(
        self,
        link: Link,  # noqa: ARG002  Of the port.
        appointment: Appointment,  # noqa: ARG002  Likewise.
        known: RemoteBooking | None,
    ) -> tuple[RemoteBooking, ...]:
        """Return what is believed to be there."""
        return () if known is None else (known,)

    def judge(self, error: ExternalCalendarError) -> Failure:
        """Take every failure for one that had no effect."""
        failure = super().judge(error)
        return attrs.evolve(
            failure, verdict=Verdict.DOWN if failure.verdict is Verdict.UNKNOWN else failure.verdict
        )


class BestEffort:
    """Tells the calendar once, after each change, and forgets about it."""

    def __init__(self, calendar: ExternalCalendar) -> None:
        self._calendar = calendar
        self._known: dict[str, RemoteBooking] = {}

    def tell(self, link: Link, appointment: Appointment) -> None:
        """Call once; what fails is lost."""
        known = self._known.get(appointment.id)
        try:
            if not appointment.holds_time:
                if known is not None:
                    self._calendar.cancel(link, appointment, known)
            elif known is None:
                self._known[appointment.id] = self._calendar.create(link, appointment)
            else:
                self._known[appointment.id] = self._calendar.move(link, appointment, known)
        except ExternalCalendarError:
            pass

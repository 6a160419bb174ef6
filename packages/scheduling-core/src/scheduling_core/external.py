"""What delivery needs of an external calendar: a port, and what its failures mean.

An adapter implements `ExternalCalendar`. It decides nothing: what to do next follows from what it finds.
"""

import datetime as dt
import enum
from typing import Protocol

import attrs

from scheduling_core.appointments import Appointment
from scheduling_core.errors import ExternalCalendarError
from scheduling_core.ids import AppointmentId
from scheduling_core.intervals import Interval
from scheduling_core.sync import Link, RemoteBooking


class Verdict(enum.Enum):
    """What a failure means for what was to be done."""

    DOWN = "down"
    """Nobody answers, or nobody answers well; surely nothing was done."""
    LIMITED = "limited"
    """Asked too often; surely nothing was done."""
    UNKNOWN = "unknown"
    """It may have been done all the same."""
    TAKEN = "taken"
    """Something is in the way there, which may be an earlier attempt of ours."""
    REFUSED = "refused"
    """It will be refused every time."""
    DISAGREED = "disagreed"
    """The calendar has rules of its own against it; a person has to decide."""
    GONE = "gone"
    """What it was about is not there any more."""
    LOCKED_OUT = "locked_out"
    """The calendar does not know us, or we do not understand it: nothing can be done for any appointment."""


@attrs.frozen
class Failure:
    """A failure judged: *code* is a short, stable word for it, *retry_after* the wish of the other side."""

    verdict: Verdict
    code: str
    retry_after: dt.timedelta | None = None


class ExternalCalendar(Protocol):
    """A calendar elsewhere that holds a booking for each appointment of a linked host.

    Every call may raise an ExternalCalendarError, which `judge` explains. A call that writes does so once:
    it does not try again by itself where the first attempt may have taken effect.
    """

    @property
    def provider(self) -> str:
        """The name under which hosts are linked to it."""

    def find(
        self, link: Link, appointment: Appointment, known: RemoteBooking | None
    ) -> tuple[RemoteBooking, ...]:
        """Return the bookings that carry our mark for *appointment*, oldest first, the ended ones too.

        *known* is the one last seen; what came of it by being moved there belongs to the answer.
        """

    def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
        """Make a booking with our mark, and return what is there now."""

    def move(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """Move *booking* to the start of *appointment*, and return what is there now."""

    def cancel(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """End *booking*, and return what is there now; one that has ended already is no failure."""

    def owner(self, uid: str) -> AppointmentId | None:
        """Return the appointment by whose mark a booking is ours, None where it is not ours or not there."""

    def changed(self, since: dt.datetime | None) -> tuple[RemoteBooking, ...]:
        """Return our bookings that changed since then, the ended ones too, whoever changed them.

        Without *since*, all from yesterday to 90 days on.
        """

    def busy(self, link: Link, window: Interval) -> tuple[Interval, ...]:
        """Return the time in *window* that is taken there by anything that is not ours."""

    def judge(self, error: ExternalCalendarError) -> Failure:
        """Return what *error* means, whichever call raised it."""

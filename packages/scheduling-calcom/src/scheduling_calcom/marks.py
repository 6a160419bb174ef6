"""Our mark on a booking: whose it is, in the metadata that Cal.com keeps along all reschedulings.

Anybody who can book at Cal.com can write metadata, so a mark is read with care. It holds nothing about the
customer, and nothing secret.
"""

from collections.abc import Mapping

import attrs

from scheduling_calcom.wire import Booking, Scalar
from scheduling_core import Appointment, AppointmentId, Interval, InvalidValue
from scheduling_core.checks import LONGEST_ID, check_text, text
from scheduling_core.sync import RemoteBooking

_ID, _INSTALLATION, _VERSION = "sched_id", "sched_inst", "sched_ver"


@attrs.frozen
class Marks:
    """The marks of one *installation*, which is what tells ours from those of others on the same account."""

    installation: str = attrs.field(validator=text(LONGEST_ID))

    def write(self, appointment: Appointment) -> Mapping[str, Scalar]:
        """Return the mark for a new booking; the version is the one at its creation."""
        return {_ID: appointment.id, _INSTALLATION: self.installation, _VERSION: str(appointment.version)}

    def owner(self, booking: Booking) -> AppointmentId | None:
        """Return the appointment that a booking is for, None where it has no mark of ours."""
        owner = booking.metadata.get(_ID)
        if booking.metadata.get(_INSTALLATION) != self.installation or not isinstance(owner, str):
            return None
        try:
            check_text(owner, _ID, LONGEST_ID)
        except InvalidValue:
            return None
        return AppointmentId(owner)

    def read(self, booking: Booking) -> RemoteBooking:
        """Return a booking as the core knows it."""
        during = Interval(booking.start, booking.end)
        return RemoteBooking(booking.uid, during, booking.is_active, self.owner(booking))


def is_marked(booking: Booking) -> bool:
    """Return whether a booking has a mark, whoever made it."""
    return bool({_ID, _INSTALLATION} & booking.metadata.keys())

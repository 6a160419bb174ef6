"""What Cal.com is told of a customer."""

import re

import attrs

from scheduling_calcom.wire import Attendee
from scheduling_core import Appointment, AppointmentId, InvalidValue

PLACEHOLDER = "Appointment"
"""The name of an attendee whose own is not to be sent."""

_DOMAIN = re.compile(
    r"(?=.{3,180}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.ASCII
)
_LOCAL_PART = re.compile(r"[A-Za-z0-9-]{1,58}", re.ASCII)


def _check_domain(_: object, field: "attrs.Attribute[str]", value: object) -> None:
    if not isinstance(value, str) or not _DOMAIN.fullmatch(value):
        raise InvalidValue(field.name, "must be a domain in lower case, such as appointments.example.org")


@attrs.frozen
class AttendeePolicy:
    """Who the attendee of a booking is.

    The address is `appt-<id>@<domain>`, made up for the appointment: the customer's own stays here, and what
    was booked can be found by it exactly. Cal.com may write to it, so *domain* should be one of yours that
    takes no mail. With *sends_addresses* the customer's own address is sent where there is one, and Cal.com
    writes to the customer.

    The name is the customer's, because the host reads it in the calendar; without *sends_names* all
    customers are called "Appointment" there.
    """

    domain: str = attrs.field(validator=_check_domain)
    sends_names: bool = attrs.field(default=True, kw_only=True)
    sends_addresses: bool = attrs.field(default=False, kw_only=True)

    def attendee(self, appointment: Appointment) -> Attendee:
        """Return the attendee for a new booking; raises InvalidValue for an id that no address can hold."""
        own = appointment.customer_email if self.sends_addresses else None
        return Attendee(
            appointment.customer_name if self.sends_names else PLACEHOLDER,
            appointment.timezone.key,
            own or self.address(appointment.id),
        )

    def address(self, id: AppointmentId) -> str:
        """Return the address that is made up for an appointment."""
        if not _LOCAL_PART.fullmatch(id):
            raise InvalidValue("appointment_id", "must consist of at most 58 letters, digits and hyphens")
        return f"appt-{id}@{self.domain}"

"""Which event type of Cal.com stands for which appointments, as it is kept with the link of a host.

Kept are texts, one for each choice: the id of the event type, then the length in minutes or `*` for any,
then the appointment type, which is left out where any is meant:

.. code-block:: text

    event_type.1    42
    event_type.2    43 60
    event_type.3    44 * consultation
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Self

import attrs

from scheduling_calcom.errors import NotRepresentable
from scheduling_calcom.flows.api import check_length
from scheduling_core import Appointment, AppointmentTypeId, InvalidValue, Link
from scheduling_core.checks import LONGEST_ID, check_text

PROVIDER: str = "cal.com"
"""The name under which hosts are linked to Cal.com."""

_PREFIX = "event_type."
_CHOICE = re.compile(r"([1-9]\d{0,14})(?: (\*|[1-9]\d{0,8})(?: (.+))?)?", re.ASCII | re.DOTALL)
_RULE = "must be the id of an event type, then minutes or *, then an appointment type"
_MINUTE = dt.timedelta(minutes=1)


def _check_id(_: object, field: "attrs.Attribute[int]", value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**15:
        raise InvalidValue(field.name, "must be a positive whole number", value)


@attrs.frozen
class EventTypeChoice:
    """Appointments of *type*, or of any, that last *length*, or any, become bookings of *event_type_id*."""

    event_type_id: int = attrs.field(validator=_check_id)
    length: dt.timedelta | None = None
    type: AppointmentTypeId | None = None

    def __attrs_post_init__(self) -> None:
        if self.length is not None:
            check_length(self.length)
        if self.type is not None:
            check_text(self.type, "type", LONGEST_ID)

    def fits(self, appointment: Appointment) -> bool:
        """Return whether the appointment is one of those that are meant."""
        return self.type in {None, appointment.type} and self.length in {None, appointment.during.duration}

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the choice that is kept as *text*; raises InvalidValue for anything else."""
        match = _CHOICE.fullmatch(text)
        if match is None:
            raise InvalidValue("event_type", _RULE)
        minutes = match[2] not in {None, "*"}
        return cls(
            int(match[1]),
            int(match[2]) * _MINUTE if minutes else None,
            None if match[3] is None else AppointmentTypeId(match[3]),
        )

    def write(self) -> str:
        """Return the choice as the text that is kept."""
        parts = [str(self.event_type_id)]
        if self.length is not None or self.type is not None:
            parts.append("*" if self.length is None else str(self.length // _MINUTE))
        if self.type is not None:
            parts.append(self.type)
        return " ".join(parts)


def _to_choices(choices: Iterable[EventTypeChoice]) -> tuple[EventTypeChoice, ...]:
    return tuple(choices)


@attrs.frozen
class EventTypes:
    """Which event type stands for which appointments; of several that fit, the most specific one.

    An appointment type counts for more than a length. Raises InvalidValue without any choice, and for two
    that are about the same appointments.
    """

    choices: tuple[EventTypeChoice, ...] = attrs.field(converter=_to_choices)

    def __attrs_post_init__(self) -> None:
        if not self.choices:
            raise InvalidValue("event_types", "must have at least one choice")
        if len({(choice.type, choice.length) for choice in self.choices}) < len(self.choices):
            raise InvalidValue("event_types", "must not name two for the same type and length")

    @classmethod
    def of(cls, link: Link) -> Self:
        """Return what is kept with a link; raises InvalidValue where that cannot be read."""
        kept = sorted((key, text) for key, text in link.details.items() if key.startswith(_PREFIX))
        return cls(EventTypeChoice.read(text) for _, text in kept)

    def to_details(self) -> Mapping[str, str]:
        """Return the choices as they are kept with a link."""
        return {f"{_PREFIX}{number}": choice.write() for number, choice in enumerate(self.choices, 1)}

    def find(self, appointment: Appointment) -> int:
        """Return the id of the event type for an appointment; raises NotRepresentable where there is none."""
        fitting = [choice for choice in self.choices if choice.fits(appointment)]
        if not fitting:
            raise NotRepresentable("no_event_type", "an appointment of this type and length")
        return max(
            fitting, key=lambda choice: (choice.type is not None, choice.length is not None)
        ).event_type_id


def calcom_link(*choices: EventTypeChoice, stale_after: dt.timedelta | None = None) -> Link:
    """Return the link of a host to Cal.com, for `Scheduler.link`; for *stale_after* see `Link`.

    >>> link = calcom_link(EventTypeChoice(42), EventTypeChoice(43, dt.timedelta(minutes=60)))
    >>> dict(link.details)
    {'event_type.1': '42', 'event_type.2': '43 60'}
    """
    return Link(PROVIDER, EventTypes(choices).to_details(), stale_after)

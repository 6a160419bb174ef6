"""What a decision did. Changes are values: a decision returns one, a storage records it.

The log of a host numbers its changes without gaps: each raises the host's version by one.
"""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

import attrs

from scheduling_core.agenda import TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import ERASED, Appointment
from scheduling_core.checks import check_each, identity, text, to_tuple
from scheduling_core.errors import InvalidValue
from scheduling_core.ids import HostId
from scheduling_core.intervals import Interval, to_instant, union
from scheduling_core.schedules import Schedule

OVERRIDABLE = frozenset(
    {
        "outside_hours",
        "time_off",
        "external_busy",
        "too_soon",
        "beyond_horizon",
        "limit_reached",
        "off_grid",
        "wrong_duration",
    }
)
"""The reason codes that a host may set aside. An overlap is not among them, ever."""


def _to_codes(codes: Iterable[str]) -> frozenset[str]:
    return frozenset((codes,) if isinstance(codes, str) else to_tuple(codes, str, "codes"))


@attrs.frozen
class PolicyOverride:
    """The host's explicit wish to set aside the rules named by *codes*; recorded in the change.

    Raises InvalidValue for a code that cannot be set aside.
    """

    actor: str = attrs.field(validator=identity)
    reason: str = attrs.field(validator=text(500, lines=True), repr=False)
    codes: frozenset[str] = attrs.field(converter=_to_codes)

    def __attrs_post_init__(self) -> None:
        if not self.codes or not self.codes <= OVERRIDABLE:
            rule = f"must be some of {', '.join(sorted(OVERRIDABLE))}"
            raise InvalidValue("codes", rule, sorted(map(str, self.codes)))


@attrs.frozen
class _AppointmentChange:
    """A change that leaves *appointment* as it now is."""

    appointment: Appointment

    @property
    def host(self) -> HostId:
        return self.appointment.host

    @property
    def at(self) -> dt.datetime:
        return self.appointment.updated_at


@attrs.frozen
class Booked(_AppointmentChange):
    """A new appointment, confirmed or pending."""

    kind: ClassVar = "booked"
    override: PolicyOverride | None = None


@attrs.frozen
class Rescheduled(_AppointmentChange):
    """The appointment was at *before* until now."""

    kind: ClassVar = "rescheduled"
    before: Interval
    override: PolicyOverride | None = None


@attrs.frozen
class Amended(_AppointmentChange):
    """Name, notes, contact or metadata changed; the time did not."""

    kind: ClassVar = "amended"


@attrs.frozen
class Confirmed(_AppointmentChange):
    """The host accepted a pending appointment."""

    kind: ClassVar = "confirmed"


@attrs.frozen
class Declined(_AppointmentChange):
    """The host turned a pending appointment down; its time is free again."""

    kind: ClassVar = "declined"
    reason: str = attrs.field(default="", validator=text(500, required=False, lines=True), repr=False)


@attrs.frozen
class Cancelled(_AppointmentChange):
    """The appointment is off and its time is free again; *by* is who wanted it so."""

    kind: ClassVar = "cancelled"
    reason: str = attrs.field(default="", validator=text(500, required=False, lines=True), repr=False)
    by: str | None = attrs.field(default=None, validator=attrs.validators.optional(identity))


@attrs.frozen
class Completed(_AppointmentChange):
    """It took place."""

    kind: ClassVar = "completed"


@attrs.frozen
class MarkedNoShow(_AppointmentChange):
    """The customer did not come."""

    kind: ClassVar = "no_show"


@attrs.frozen
class Purged(_AppointmentChange):
    """The customer's data was erased; the occupied time was kept."""

    kind: ClassVar = "purged"


@attrs.frozen
class _HostChange:
    """A change of a *host* itself, made *at* an instant."""

    host: HostId = attrs.field(validator=identity)
    at: dt.datetime = attrs.field(converter=to_instant)


@attrs.frozen
class ScheduleSet(_HostChange):
    """The host's hours are now *schedule*; the first such change makes the host known."""

    kind: ClassVar = "schedule_set"
    schedule: Schedule


@attrs.frozen
class TypeAdded(_HostChange):
    """An appointment type was added, or replaced the one with its id."""

    kind: ClassVar = "type_added"
    type: AppointmentType


@attrs.frozen
class TypeRemoved(_HostChange):
    """An appointment type was taken back, and cannot be booked any more."""

    kind: ClassVar = "type_removed"
    type: AppointmentType


@attrs.frozen
class TimeOffAdded(_HostChange):
    """The host will be absent."""

    kind: ClassVar = "time_off_added"
    time_off: TimeOff


@attrs.frozen
class TimeOffRemoved(_HostChange):
    """The host will not be absent after all."""

    kind: ClassVar = "time_off_removed"
    time_off: TimeOff


def _to_busy(busy: Iterable[Interval]) -> tuple[Interval, ...]:
    given = to_tuple(busy, Interval, "busy")
    check_each(given, Interval, "busy")
    return union(given)


@attrs.frozen
class BusyCopied(_HostChange):
    """The times at which the host is busy by another calendar, the *source*, are now these and no others."""

    kind: ClassVar = "busy_copied"
    source: str = attrs.field(validator=text(200))
    busy: tuple[Interval, ...] = attrs.field(converter=_to_busy)


AppointmentChange = (
    Booked | Rescheduled | Amended | Confirmed | Declined | Cancelled | Completed | MarkedNoShow | Purged
)
HostChange = ScheduleSet | TypeAdded | TypeRemoved | TimeOffAdded | TimeOffRemoved | BusyCopied
Change = AppointmentChange | HostChange


@attrs.frozen
class LogEntry:
    """A recorded change, and the host's version that it made."""

    version: int
    change: Change


def without_customer(change: AppointmentChange) -> AppointmentChange:
    """Return *change* with the customer erased, free texts included, as a storage keeps it after a purge."""
    erased = attrs.evolve(change, appointment=change.appointment.without_customer())
    if isinstance(erased, Declined | Cancelled):
        erased = attrs.evolve(erased, reason="")
    if isinstance(erased, Booked | Rescheduled) and erased.override is not None:
        erased = attrs.evolve(erased, override=attrs.evolve(erased.override, reason=ERASED))
    return erased

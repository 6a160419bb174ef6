"""The appointment, and its lifecycle as a table.

The only rules of the lifecycle are in `TRANSITIONS` and `HOLDS_TIME`; every other place asks them. A step
that the table does not list raises and changes nothing. Moving an appointment keeps its status.
"""

import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

import attrs

from scheduling_core.appointment_types import check_duration
from scheduling_core.checks import check_each, check_text, identity, instance, text
from scheduling_core.errors import IllegalTransition, InvalidValue
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import Interval, to_instant, to_start
from scheduling_core.local_time import to_wall, to_zone


class Status(enum.Enum):
    """Where an appointment stands in its lifecycle."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    NO_SHOW = "no_show"


TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.CONFIRMED, Status.DECLINED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.CANCELLED, Status.COMPLETED, Status.NO_SHOW}),
    Status.DECLINED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.COMPLETED: frozenset(),
    Status.NO_SHOW: frozenset(),
}
"""Which steps lead from which status; moving an appointment keeps it."""

HOLDS_TIME = frozenset({Status.PENDING, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW})
"""The statuses in which an appointment takes its host's time, so that nothing may overlap it."""

MOVABLE = frozenset({Status.PENDING, Status.CONFIRMED})

ERASED = "erased"
"""The customer name of an appointment whose customer was erased."""

LONGEST_NAME = 200
LONGEST_NOTES = 10_000
_MOST_ENTRIES = 50


def _to_pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs))


@attrs.frozen(eq=False, repr=False)
class Metadata(Mapping[str, str]):
    """An application's own words on an appointment: an immutable mapping of text to text.

    At most 50 entries, with keys of 1 to 40 characters and values of at most 500.
    """

    _pairs: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_to_pairs)

    def __getitem__(self, key: str) -> str:
        return dict(self._pairs)[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        return f"Metadata({len(self._pairs)} entries)"


def to_metadata(value: Mapping[str, str]) -> Metadata:
    """Return *value* as metadata; raises InvalidValue where it breaks a bound."""
    if isinstance(value, Metadata):
        return value
    check_each((value,), Mapping, "metadata")
    if len(value) > _MOST_ENTRIES:
        raise InvalidValue("metadata", f"must have at most {_MOST_ENTRIES} entries")
    for key, entry in value.items():
        check_text(key, "metadata", 40)
        check_text(entry, "metadata", 500, required=False, lines=True)
    return Metadata(value.items())


def check_email(_: object, field: "attrs.Attribute[str | None]", value: str | None) -> None:
    """Hold an e-mail address to its rough shape; whether mail arrives, only sending it can tell."""
    if value is None:
        return
    check_text(value, field.name, 254)
    local, at, domain = value.rpartition("@")
    if not (local and at and domain) or any(letter.isspace() for letter in value):
        raise InvalidValue(field.name, "must be an e-mail address")


def check_phone(_: object, field: "attrs.Attribute[str | None]", value: str | None) -> None:
    """Hold a phone number to 40 printable characters; its form is the customer's own."""
    if value is not None:
        check_text(value, field.name, 40)


def _check_duration(
    _: object, field: "attrs.Attribute[dt.timedelta | None]", value: dt.timedelta | None
) -> None:
    if value is not None:
        check_duration(value, field.name)


def _meant(appointment: "Appointment") -> dt.datetime:
    return to_wall(appointment.during.start, appointment.timezone)


@attrs.frozen
class Appointment:
    """One appointment of a host.

    *during* is its own time, *occupied* that time with its buffers, which is what must not overlap.
    *timezone* is the zone in which the time was meant and *local_start* what its clocks show at the
    start: both are kept beside the instant, so that an appointment whose zone later changes its rules can
    be found. *version* rises by one with every change. The customer's fields do not stand in its repr.

    Raises InvalidValue where a field breaks a bound of `BookingRequest`, and unless *occupied* contains
    *during*.
    """

    id: AppointmentId = attrs.field(validator=identity)
    host: HostId = attrs.field(validator=identity)
    type: AppointmentTypeId = attrs.field(validator=identity)
    customer_name: str = attrs.field(validator=text(LONGEST_NAME), repr=False)
    during: Interval = attrs.field(validator=instance(Interval))
    occupied: Interval = attrs.field(validator=instance(Interval))
    status: Status = attrs.field(validator=instance(Status))
    version: int
    timezone: ZoneInfo = attrs.field(converter=to_zone)
    notes: str = attrs.field(
        default="", validator=text(LONGEST_NOTES, required=False, lines=True), repr=False
    )
    metadata: Metadata = attrs.field(default=Metadata(), converter=to_metadata, repr=False)
    created_at: dt.datetime = attrs.field(kw_only=True, converter=to_instant)
    updated_at: dt.datetime = attrs.field(kw_only=True, converter=to_instant)
    customer_email: str | None = attrs.field(default=None, validator=check_email, repr=False)
    customer_phone: str | None = attrs.field(default=None, validator=check_phone, repr=False)
    local_start: dt.datetime = attrs.field(default=attrs.Factory(_meant, takes_self=True))

    def __attrs_post_init__(self) -> None:
        if not self.occupied.contains(self.during):
            raise InvalidValue("occupied", f"must contain {self.during}", self.occupied)
        if self.version < 1:
            raise InvalidValue("version", "must be a whole number from 1", self.version)
        if self.local_start.tzinfo is not None:
            rule = "must be a clock reading, a datetime without a zone"
            raise InvalidValue("local_start", rule, self.local_start)

    @property
    def holds_time(self) -> bool:
        """Whether nothing else may overlap the occupied interval."""
        return self.status in HOLDS_TIME

    def stepped(self, to: Status, now: dt.datetime) -> "Appointment":
        """Return the appointment in status *to*; raises IllegalTransition where no such step is listed."""
        if to not in TRANSITIONS[self.status]:
            raise IllegalTransition(self.status.value, to.value)
        return attrs.evolve(self, status=to, version=self.version + 1, updated_at=to_instant(now, "now"))

    def without_customer(self) -> "Appointment":
        """Return the appointment with all that says for whom it is erased; its time stays as it is."""
        return attrs.evolve(
            self,
            customer_name=ERASED,
            customer_email=None,
            customer_phone=None,
            notes="",
            metadata=Metadata(),
        )


def _to_optional_zone(value: ZoneInfo | str | None) -> ZoneInfo | None:
    return None if value is None else to_zone(value)


@attrs.frozen
class BookingRequest:
    """What someone asks for: a *start* with a *host*, for a customer.

    Without *duration* the type's usual one is meant. *timezone* is the zone in which the customer meant the
    time, the host's if it is not given.

    The name has 1 to 200 characters, the notes have at most 10,000, and both are printable. *metadata* are
    words of the application's own: at most 50 entries, with keys of at most 40 characters and values of at
    most 500. An e-mail address is held to its rough shape and 254 characters, a phone number to 40. Raises
    InvalidValue, without the value, for anything else.
    """

    host: HostId = attrs.field(validator=identity)
    type: AppointmentTypeId = attrs.field(validator=identity)
    start: dt.datetime = attrs.field(converter=to_start)
    customer_name: str = attrs.field(validator=text(LONGEST_NAME), repr=False)
    duration: dt.timedelta | None = attrs.field(default=None, validator=_check_duration)
    timezone: ZoneInfo | None = attrs.field(default=None, converter=_to_optional_zone)
    notes: str = attrs.field(
        default="", validator=text(LONGEST_NOTES, required=False, lines=True), repr=False
    )
    metadata: Metadata = attrs.field(default=Metadata(), converter=to_metadata, repr=False)
    customer_email: str | None = attrs.field(default=None, validator=check_email, repr=False)
    customer_phone: str | None = attrs.field(default=None, validator=check_phone, repr=False)

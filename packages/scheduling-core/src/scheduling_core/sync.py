"""What an external calendar has been told about each appointment, and what it has yet to be told.

One row for each appointment and calendar says which version of the appointment is wanted there and which
has arrived. It is no queue of events: three quick changes are one call, no change overtakes another, and
there are never more rows than appointments. `SYNC_TRANSITIONS` is the table of the states, and the functions
of `deliveries` are its arrows.
"""

import datetime as dt
import enum
from collections.abc import Mapping

import attrs

from scheduling_core.appointments import Appointment, Metadata, to_metadata
from scheduling_core.checks import identity, instance, text
from scheduling_core.errors import InvalidValue
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.intervals import Interval, to_instant

LOCAL = "local"
"""The origin of a change that was made here."""


class SyncState(enum.Enum):
    """Where the delivery of an appointment to an external calendar stands."""

    OFF = "off"
    """The host is not linked to the calendar any more."""
    PENDING = "pending"
    """There is something to tell, and nothing to wait for."""
    IN_FLIGHT = "in_flight"
    """A relay is at it, until its lease ends."""
    UNKNOWN = "unknown"
    """An attempt may have taken effect: wait for quiet, then look before acting again."""
    RETRY_WAIT = "retry_wait"
    """An attempt surely had no effect; the next one has its time."""
    SYNCED = "synced"
    """Both sides say the same."""
    CONFLICT = "conflict"
    """The sides cannot agree by themselves; a person has to decide."""
    DEAD = "dead"
    """Tried too often, or refused for good; waits to be requeued."""


SYNC_TRANSITIONS: Mapping[SyncState, frozenset[SyncState]] = {
    SyncState.OFF: frozenset({SyncState.PENDING}),
    SyncState.PENDING: frozenset({SyncState.IN_FLIGHT, SyncState.SYNCED, SyncState.CONFLICT, SyncState.OFF}),
    SyncState.IN_FLIGHT: frozenset(SyncState),
    SyncState.UNKNOWN: frozenset({SyncState.IN_FLIGHT, SyncState.SYNCED, SyncState.CONFLICT, SyncState.OFF}),
    SyncState.RETRY_WAIT: frozenset(
        {SyncState.IN_FLIGHT, SyncState.PENDING, SyncState.SYNCED, SyncState.CONFLICT, SyncState.OFF}
    ),
    SyncState.SYNCED: frozenset({SyncState.PENDING, SyncState.CONFLICT, SyncState.OFF}),
    SyncState.CONFLICT: frozenset({SyncState.PENDING, SyncState.SYNCED, SyncState.OFF}),
    SyncState.DEAD: frozenset({SyncState.PENDING, SyncState.SYNCED, SyncState.CONFLICT, SyncState.OFF}),
}
"""Which state may follow which; staying in one is always possible."""

OPEN = frozenset({SyncState.PENDING, SyncState.IN_FLIGHT, SyncState.UNKNOWN, SyncState.RETRY_WAIT})
"""The states from which a relay goes on by itself."""


def _to_optional_instant(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else to_instant(value)


@attrs.frozen
class Link:
    """A host's tie to the external calendar of a *provider*.

    *details* are the adapter's own, such as which event type stands for which appointment type. A copy of
    the busy times that was made more than *stale_after* ago makes the host unbookable; None takes a copy of
    any age. *busy_as_of* is when they were last copied.
    """

    provider: str = attrs.field(validator=text(40))
    details: Metadata = attrs.field(default=Metadata(), converter=to_metadata)
    stale_after: dt.timedelta | None = None
    busy_as_of: dt.datetime | None = attrs.field(default=None, converter=_to_optional_instant)

    def __attrs_post_init__(self) -> None:
        if self.stale_after is not None and self.stale_after <= dt.timedelta(0):
            raise InvalidValue("stale_after", "must be positive", self.stale_after)

    def is_stale(self, now: dt.datetime) -> bool:
        """Return whether the copy of the busy times is too old to book by."""
        if self.stale_after is None:
            return False
        return self.busy_as_of is None or now - self.busy_as_of > self.stale_after


@attrs.frozen
class RemoteBooking:
    """What an external calendar holds: for *appointment* by our own mark on it, None for nobody of ours."""

    uid: str = attrs.field(repr=False)
    during: Interval = attrs.field(validator=instance(Interval))
    is_active: bool
    appointment: AppointmentId | None = None

    def is_as(self, appointment: Appointment) -> bool:
        """Return whether this is what the calendar should hold for *appointment*."""
        if not appointment.holds_time:
            return not self.is_active
        return self.is_active and self.during == appointment.during


@attrs.frozen
class Hint:
    """Word from a provider that something about a booking changed; what, only a look can tell.

    *digest* is that of the whole message: the same message twice is one hint.
    """

    digest: str = attrs.field(validator=text(64))
    provider: str = attrs.field(validator=text(40))
    trigger: str = attrs.field(validator=text(200))
    uid: str = attrs.field(validator=text(500), repr=False)
    at: dt.datetime = attrs.field(converter=to_instant)


@attrs.frozen
class SyncRow:
    """How far one appointment has come with one external calendar.

    *remote* is the booking there as last seen or written; where it *is_replaced*, a relay may have ended it
    to make another. *next_due* is when to try, and of a row in flight when its lease ends. *fence* rises with
    every claim, so that a relay whose lease ran out can no longer record what it did. *origin* is the side of
    the last change, and *flips* how often that went to and fro since *flips_since*.
    """

    appointment: AppointmentId = attrs.field(validator=identity)
    provider: str = attrs.field(validator=text(40))
    host: HostId = attrs.field(validator=identity)
    desired_version: int
    state: SyncState = SyncState.PENDING
    next_due: dt.datetime | None = attrs.field(default=None, converter=_to_optional_instant)
    synced_version: int = 0
    must_observe: bool = False
    remote: RemoteBooking | None = None
    is_replaced: bool = False
    origin: str = LOCAL
    flips: int = 0
    flips_since: dt.datetime | None = attrs.field(default=None, converter=_to_optional_instant)
    attempts: int = 0
    first_failed_at: dt.datetime | None = attrs.field(default=None, converter=_to_optional_instant)
    fence: int = 0
    last_error: str | None = None
    last_error_at: dt.datetime | None = attrs.field(default=None, converter=_to_optional_instant)

    @property
    def is_open(self) -> bool:
        """Whether a relay goes on with it by itself."""
        return self.state in OPEN


@attrs.frozen
class Provider:
    """What all relays to one provider share, whichever process they run in.

    *failures* is how often in a row nobody there has answered well, *paused_until* when to ask again, and
    *alert* what only a person can put right. *swept_until* is how far changes there have been looked at.
    """

    name: str = attrs.field(validator=text(40))
    failures: int = 0
    paused_until: dt.datetime | None = attrs.field(default=None, converter=_to_optional_instant)
    alert: str | None = None
    swept_until: dt.datetime | None = attrs.field(default=None, converter=_to_optional_instant)

    def is_paused(self, now: dt.datetime) -> bool:
        """Return whether nothing may be sent yet."""
        return self.paused_until is not None and now < self.paused_until

    def is_down(self, policy: "SyncPolicy") -> bool:
        """Return whether the calendar, and not one of the appointments, is what fails."""
        return self.failures >= policy.failures_allowed


@attrs.frozen
class SyncPolicy:
    """The numbers of delivery.

    A *lease* must outlast the slowest step of a relay. *quiet* is how long a write may take effect after
    nobody waits for it any more. The pauses between tries double from *first_pause* to *longest_pause*, of
    which a random part is waited. After *most_attempts*, or *oldest* after the first failure, a row is dead.
    *failures_allowed* in a row, from any appointment, mean that the calendar is down: then it is only asked
    once in every *probe_pause*, and no failure counts against an appointment.
    """

    lease: dt.timedelta = dt.timedelta(seconds=90)
    quiet: dt.timedelta = dt.timedelta(seconds=60)
    first_pause: dt.timedelta = dt.timedelta(seconds=1)
    longest_pause: dt.timedelta = dt.timedelta(minutes=10)
    most_attempts: int = 12
    oldest: dt.timedelta = dt.timedelta(hours=24)
    failures_allowed: int = 5
    probe_pause: dt.timedelta = dt.timedelta(seconds=30)
    locked_out_pause: dt.timedelta = dt.timedelta(minutes=10)

    def __attrs_post_init__(self) -> None:
        for field in attrs.fields(SyncPolicy):
            value = getattr(self, field.name)
            if value <= type(value)(0):
                raise InvalidValue(field.name, "must be positive", value)

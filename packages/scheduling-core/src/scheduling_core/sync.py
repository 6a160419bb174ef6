"""What an external calendar has been told about each appointment, and what it has yet to be told.

One row for each appointment and calendar says which version of the appointment is wanted there and which
has arrived. It is no queue of events: three quick changes are one call, no change overtakes another, and
there are never more rows than appointments. `SYNC_TRANSITIONS` is the table of the states; the functions
are its arrows, pure, with every number in a `SyncPolicy`.
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

MOST_FLIPS = 3
FLIPS_WITHIN = dt.timedelta(minutes=10)
"""How often, and in what time, the sides may change one appointment in turn before it is a conflict."""


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
class SyncRow:
    """How far one appointment has come with one external calendar.

    *remote* is the booking there as last seen or written. *next_due* is when to try, and of a row in flight
    when its lease ends. *fence* rises with every claim, so that a relay whose lease ran out can no longer
    record what it did. *origin* is the side of the last change, and *flips* how often that went to and fro
    since *flips_since*.
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


def want(row: SyncRow | None, appointment: Appointment, provider: str, now: dt.datetime) -> SyncRow:
    """Return the row after a change here: the newest version is wanted, and running timers are kept."""
    if row is None:
        return SyncRow(appointment.id, provider, appointment.host, appointment.version, next_due=now)
    row = attrs.evolve(_turned(row, LOCAL, now), desired_version=appointment.version)
    if row.is_open:
        return row
    return attrs.evolve(_cleared(row), state=SyncState.PENDING, next_due=now)


def link(row: SyncRow | None, appointment: Appointment, provider: str, now: dt.datetime) -> SyncRow:
    """Return the row of an appointment whose host is linked now: nothing is known of the other side."""
    return attrs.evolve(want(row, appointment, provider, now), must_observe=True)


def unlink(row: SyncRow) -> SyncRow:
    """Return the row of an appointment whose host is linked no longer; a relay that is at it lost it."""
    return attrs.evolve(_cleared(row), state=SyncState.OFF, next_due=None, fence=row.fence + 1)


def requeue(row: SyncRow, now: dt.datetime) -> SyncRow:
    """Return the row after someone wished it tried again; one that is under way stays as it is."""
    if row.state not in {SyncState.CONFLICT, SyncState.DEAD, SyncState.SYNCED, SyncState.RETRY_WAIT}:
        return row
    return attrs.evolve(
        _cleared(row), state=SyncState.PENDING, next_due=now, must_observe=True, flips=0, flips_since=None
    )


def is_due(row: SyncRow, now: dt.datetime) -> bool:
    """Return whether a relay may claim the row."""
    return row.state is SyncState.PENDING or (
        row.is_open and row.next_due is not None and row.next_due <= now
    )


def claim(row: SyncRow, now: dt.datetime, policy: SyncPolicy) -> SyncRow:
    """Return a due row as claimed: under way, with a lease and a fence of its own.

    A row whose outcome is unknown, or whose last relay did not come back, is looked at before anything is
    done.
    """
    lost = row.state in {SyncState.UNKNOWN, SyncState.IN_FLIGHT}
    return attrs.evolve(
        row,
        state=SyncState.IN_FLIGHT,
        fence=row.fence + 1,
        next_due=now + policy.lease,
        must_observe=row.must_observe or lost,
    )


def arrive(row: SyncRow, version: int, remote: RemoteBooking | None, now: dt.datetime) -> SyncRow:
    """Return the row after *version* of the appointment was seen or written there, as *remote*."""
    row = attrs.evolve(_cleared(row), synced_version=version, remote=remote, must_observe=False)
    if row.desired_version > version:
        return attrs.evolve(row, state=SyncState.PENDING, next_due=now)
    return attrs.evolve(row, state=SyncState.SYNCED, next_due=None)


def go_on(row: SyncRow, remote: RemoteBooking | None, now: dt.datetime, policy: SyncPolicy) -> SyncRow:
    """Return the row after a step that was not the last: look again at once."""
    row = attrs.evolve(row, remote=remote, must_observe=True, attempts=row.attempts + 1)
    if row.attempts >= policy.most_attempts:
        return give_up(row, "never_done", now)
    return attrs.evolve(row, state=SyncState.PENDING, next_due=now)


def wait(row: SyncRow, code: str, now: dt.datetime, pause: dt.timedelta) -> SyncRow:
    """Return the row after an attempt that surely had no effect, to be tried after *pause*."""
    row = attrs.evolve(row, last_error=code, last_error_at=now)
    return attrs.evolve(row, state=SyncState.RETRY_WAIT, next_due=now + pause)


def doubt(row: SyncRow, code: str, now: dt.datetime, policy: SyncPolicy) -> SyncRow:
    """Return the row after an attempt that may have taken effect."""
    row = attrs.evolve(row, last_error=code, last_error_at=now)
    return attrs.evolve(row, state=SyncState.UNKNOWN, next_due=now + policy.quiet, must_observe=True)


def count(row: SyncRow, now: dt.datetime, policy: SyncPolicy) -> SyncRow:
    """Return the row with one more failure counted against it; dead if that was one too many."""
    first = row.first_failed_at or now
    row = attrs.evolve(row, attempts=row.attempts + 1, first_failed_at=first)
    if row.attempts >= policy.most_attempts or now - first > policy.oldest:
        return give_up(row, row.last_error or "never_done", now)
    return row


def give_up(row: SyncRow, code: str, now: dt.datetime) -> SyncRow:
    """Return the row as dead: nothing is tried until it is requeued or the appointment changes."""
    return _stopped(row, SyncState.DEAD, code, now)


def disagree(row: SyncRow, code: str, now: dt.datetime) -> SyncRow:
    """Return the row as a conflict, for a person to decide."""
    return _stopped(row, SyncState.CONFLICT, code, now)


def put_back(row: SyncRow, now: dt.datetime) -> SyncRow:
    """Return the row as it was before the claim, because it was not its fault."""
    return attrs.evolve(row, state=SyncState.PENDING, next_due=now)


def adopt(row: SyncRow, version: int, remote: RemoteBooking, now: dt.datetime) -> SyncRow:
    """Return the row after *version* here was made from what *remote* says: there is nothing to deliver.

    When the sides have changed the appointment in turn too often, it is a conflict: two programs may be
    answering each other.
    """
    row = _turned(row, row.provider, now)
    row = attrs.evolve(_cleared(row), desired_version=version, synced_version=version, remote=remote)
    row = attrs.evolve(row, state=SyncState.SYNCED, next_due=None, must_observe=False, fence=row.fence + 1)
    return disagree(row, "ping_pong", now) if row.flips > MOST_FLIPS else row


def _turned(row: SyncRow, origin: str, now: dt.datetime) -> SyncRow:
    """Return the row with the side of the last change noted."""
    if row.origin == origin:
        return row
    if row.flips_since is None or now - row.flips_since > FLIPS_WITHIN:
        return attrs.evolve(row, origin=origin, flips=1, flips_since=now)
    return attrs.evolve(row, origin=origin, flips=row.flips + 1)


def _cleared(row: SyncRow) -> SyncRow:
    return attrs.evolve(row, attempts=0, first_failed_at=None, last_error=None, last_error_at=None)


def _stopped(row: SyncRow, state: SyncState, code: str, now: dt.datetime) -> SyncRow:
    return attrs.evolve(row, state=state, last_error=code, last_error_at=now, next_due=None)

"""The arrows between the states of a delivery: pure functions, with every number in a `SyncPolicy`."""

import datetime as dt

import attrs

from scheduling_core.appointments import Appointment
from scheduling_core.sync import LOCAL, Provider, RemoteBooking, SyncPolicy, SyncRow, SyncState

MOST_FLIPS = 3
FLIPS_WITHIN = dt.timedelta(minutes=10)
"""How often, and in what time, the sides may change one appointment in turn before it is a conflict."""

MISSING_THERE = "missing_there"
"""Notes that the calendar knows nothing of a booking any more: a person says whether to make it anew."""


def probe(provider: Provider, now: dt.datetime, policy: SyncPolicy) -> Provider:
    """Return the provider as someone begins to ask: while it is down, nobody else does at the same time."""
    if not provider.is_down(policy):
        return provider
    return attrs.evolve(provider, paused_until=now + policy.probe_pause)


def recover(provider: Provider) -> Provider:
    """Return the provider after an answer, be it a refusal.

    It ends the pause of a calendar that was down, but none that the calendar itself asked for: what was
    sent before that may be answered after it.
    """
    until = None if provider.failures else provider.paused_until
    return attrs.evolve(provider, failures=0, paused_until=until, alert=None)


def fail(provider: Provider, now: dt.datetime, policy: SyncPolicy) -> Provider:
    """Return the provider after nobody answered well."""
    provider = attrs.evolve(provider, failures=provider.failures + 1)
    return probe(provider, now, policy)


def pause(provider: Provider, until: dt.datetime, alert: str | None = None) -> Provider:
    """Return the provider as it wants to be left alone for a while, or has to be looked at by a person."""
    return attrs.evolve(provider, paused_until=until, alert=alert or provider.alert)


def want(row: SyncRow | None, appointment: Appointment, provider: str, now: dt.datetime) -> SyncRow:
    """Return the row after a change here: the newest version is wanted, and running timers are kept."""
    if row is None:
        return SyncRow(appointment.id, provider, appointment.host, appointment.version, next_due=now)
    row = attrs.evolve(_turned(row, LOCAL, now), desired_version=appointment.version)
    if row.is_open:
        return row
    return attrs.evolve(_cleared(row), state=SyncState.PENDING, next_due=now)


def link(row: SyncRow | None, appointment: Appointment, provider: str, now: dt.datetime) -> SyncRow:
    """Return the row of an appointment whose host is linked now: nothing is known of the other side.

    Where the tie was cut before, not even what was there then: what a host tidied away in the meantime was
    no cancellation, and the tie may be to another account.
    """
    if row is not None and row.state is SyncState.OFF:
        row = attrs.evolve(row, remote=None, is_replaced=False)
    return attrs.evolve(want(row, appointment, provider, now), must_observe=True)


def unlink(row: SyncRow) -> SyncRow:
    """Return the row of an appointment whose host is linked no longer; a relay that is at it lost it."""
    return attrs.evolve(_cleared(row), state=SyncState.OFF, next_due=None, fence=row.fence + 1)


def requeue(row: SyncRow, now: dt.datetime) -> SyncRow:
    """Return the row after someone wished it tried again; one that is under way stays as it is."""
    if row.state not in {SyncState.CONFLICT, SyncState.DEAD, SyncState.SYNCED, SyncState.RETRY_WAIT}:
        return row
    if row.last_error == MISSING_THERE:
        row = attrs.evolve(row, remote=None)
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
    row = attrs.evolve(
        _cleared(row), synced_version=version, remote=remote, must_observe=False, is_replaced=False
    )
    if row.desired_version > version:
        return attrs.evolve(row, state=SyncState.PENDING, next_due=now)
    return attrs.evolve(row, state=SyncState.SYNCED, next_due=None)


def go_on(row: SyncRow, remote: RemoteBooking | None, now: dt.datetime, policy: SyncPolicy) -> SyncRow:
    """Return the row after a step that was not the last: look again at once."""
    row = attrs.evolve(row, remote=remote, must_observe=True, attempts=row.attempts + 1)
    if row.attempts >= policy.most_attempts:
        return give_up(row, "never_done", now)
    return attrs.evolve(row, state=SyncState.PENDING, next_due=now)


def replace(row: SyncRow, now: dt.datetime) -> SyncRow:
    """Return the row as its booking is about to be ended and made anew.

    It is noted first, so that nobody who finds it ended takes that for the wish of a person.
    """
    return attrs.evolve(row, is_replaced=True, state=SyncState.PENDING, next_due=now)


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


def stay_wanted(row: SyncRow, version: int, now: dt.datetime) -> SyncRow:
    """Return the row after a step with *version*: what stopped that says nothing about a newer one."""
    if row.state not in {SyncState.CONFLICT, SyncState.DEAD} or row.desired_version <= version:
        return row
    return attrs.evolve(_cleared(row), state=SyncState.PENDING, next_due=now)


def put_back(row: SyncRow, behind: dt.datetime) -> SyncRow:
    """Return the row as it was before the claim, to be tried after all that became due until *behind*."""
    return attrs.evolve(row, state=SyncState.PENDING, next_due=behind)


def suspect(row: SyncRow, now: dt.datetime, policy: SyncPolicy, *, ended: bool) -> SyncRow:
    """Return the row after a relay whose claim was lost did something there all the same: look again first.

    Who is at it now loses the claim too, because what it saw may be past. Where the relay has *ended* the
    booking, that is noted, so that nobody takes it for the wish of a person.
    """
    if row.state is SyncState.OFF:
        return row
    row = attrs.evolve(row, is_replaced=row.is_replaced or ended)
    if row.state is SyncState.IN_FLIGHT:
        return doubt(attrs.evolve(row, fence=row.fence + 1), "late_write", now, policy)
    return attrs.evolve(requeue(row, now), must_observe=True)


def adopt(row: SyncRow, version: int, remote: RemoteBooking, now: dt.datetime) -> SyncRow:
    """Return the row after *version* here was made from what *remote* says: there is nothing to deliver.

    When the sides have changed the appointment in turn too often, it is a conflict: two programs may be
    answering each other.
    """
    row = _turned(row, row.provider, now)
    row = attrs.evolve(_cleared(row), desired_version=version, synced_version=version, remote=remote)
    row = attrs.evolve(
        row, state=SyncState.SYNCED, next_due=None, must_observe=False, is_replaced=False, fence=row.fence + 1
    )
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

"""Between values and rows, for what external calendars are told: two functions for each table."""

from scheduling_core.ids import HostId
from scheduling_core.intervals import Interval
from scheduling_core.sql.prepared import Row
from scheduling_core.sql.rows import Values
from scheduling_core.sync import Hint, Provider, RemoteBooking, SyncRow, SyncState


def sync_to_row(sync: SyncRow) -> Values:
    """Return what a row of delivery writes, but for its host."""
    remote = sync.remote
    return {
        "appointment": sync.appointment,
        "provider": sync.provider,
        "desired_version": sync.desired_version,
        "synced_version": sync.synced_version,
        "state": sync.state.value,
        "next_due": sync.next_due,
        "must_observe": sync.must_observe,
        "remote_uid": remote and remote.uid,
        "remote_start": remote and remote.during.start,
        "remote_end": remote and remote.during.end,
        "remote_is_active": remote and remote.is_active,
        "is_replaced": sync.is_replaced,
        "origin": sync.origin,
        "flips": sync.flips,
        "flips_since": sync.flips_since,
        "attempts": sync.attempts,
        "first_failed_at": sync.first_failed_at,
        "fence": sync.fence,
        "last_error": sync.last_error,
        "last_error_at": sync.last_error_at,
    }


def sync_from_row(row: Row) -> SyncRow:
    """Return the row of delivery."""
    remote = None
    if row.remote_uid is not None:
        during = Interval(row.remote_start, row.remote_end)
        remote = RemoteBooking(row.remote_uid, during, row.remote_is_active, row.appointment)
    return SyncRow(
        appointment=row.appointment,
        provider=row.provider,
        host=HostId(row.host_id),
        desired_version=row.desired_version,
        state=SyncState(row.state),
        next_due=row.next_due,
        synced_version=row.synced_version,
        must_observe=row.must_observe,
        remote=remote,
        is_replaced=row.is_replaced,
        origin=row.origin,
        flips=row.flips,
        flips_since=row.flips_since,
        attempts=row.attempts,
        first_failed_at=row.first_failed_at,
        fence=row.fence,
        last_error=row.last_error,
        last_error_at=row.last_error_at,
    )


def provider_to_row(provider: Provider) -> Values:
    """Return the row of a provider."""
    return {
        "name": provider.name,
        "failures": provider.failures,
        "paused_until": provider.paused_until,
        "alert": provider.alert,
        "swept_until": provider.swept_until,
    }


def provider_from_row(row: Row) -> Provider:
    """Return what is known of a provider."""
    return Provider(row.name, row.failures, row.paused_until, row.alert, row.swept_until)


def hint_to_row(hint: Hint) -> Values:
    """Return the row of a hint that nobody has followed yet."""
    return {
        "digest": hint.digest,
        "provider": hint.provider,
        "trigger": hint.trigger,
        "remote_uid": hint.uid,
        "received_at": hint.at,
    }


def hint_from_row(row: Row) -> Hint:
    """Return the hint."""
    return Hint(row.digest, row.provider, row.trigger, row.remote_uid, row.received_at)

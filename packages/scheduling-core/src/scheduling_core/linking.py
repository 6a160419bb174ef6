"""The tie of a host to external calendars: made, cut, and what a person can do about a delivery."""

import datetime as dt
from collections.abc import Iterable

import attrs

from scheduling_core import deliveries
from scheduling_core.appointments import MOVABLE
from scheduling_core.changes import BusyCopied
from scheduling_core.errors import NotFound
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.intervals import LATEST, TICK, Interval, union
from scheduling_core.loading import load_appointment, load_host
from scheduling_core.ports import Host, Stamp, UnitOfWork
from scheduling_core.sync import Hint, Link, Provider, SyncRow, SyncState

HINTS_KEPT = dt.timedelta(days=7)
"""How long a hint that was followed is remembered, so that a repeated one is recognised."""


def link(work: UnitOfWork, stamp: Stamp, host: HostId, link: Link) -> None:
    """Tie a host to an external calendar, or change the tie: all upcoming appointments are delivered.

    So is the end of those that were cancelled while the tie was cut, because their bookings are still there.
    """
    known = load_host(work, host)
    others = (other for other in known.links if other.provider != link.provider)
    work.set_links(host, tuple(sorted((*others, link), key=lambda tie: tie.provider)))
    for appointment in work.between(host, Interval(stamp.now, LATEST - TICK)):
        row = find_row(work, appointment.id, link.provider)
        if appointment.status in MOVABLE or (row is not None and row.state is SyncState.OFF):
            work.outbox.put(deliveries.link(row, appointment, link.provider, stamp.now))


def unlink(work: UnitOfWork, stamp: Stamp, host: HostId, provider: str) -> None:
    """Cut the tie: nothing more is told, and busy times copied from there are forgotten.

    What the calendar holds stays there. Raises NotFound where there is no tie.
    """
    known = load_host(work, host)
    _require(known, provider)
    work.set_links(host, tuple(tie for tie in known.links if tie.provider != provider))
    for row in work.outbox.of_host(host):
        if row.provider == provider:
            work.outbox.put(deliveries.unlink(row))
    if work.busy(host, provider):
        work.record(BusyCopied(host, stamp.now, provider, ()))


def copy_busy(work: UnitOfWork, stamp: Stamp, host: HostId, provider: str, busy: Iterable[Interval]) -> None:
    """Keep *busy* as all the time that the calendar of *provider* claims; raises NotFound without a tie."""
    known = load_host(work, host)
    _require(known, provider)
    work.set_links(
        host,
        tuple(
            attrs.evolve(tie, busy_as_of=stamp.now) if tie.provider == provider else tie
            for tie in known.links
        ),
    )
    claimed = union(busy)
    if claimed != work.busy(host, provider):
        work.record(BusyCopied(host, stamp.now, provider, claimed))


def requeue(
    work: UnitOfWork, stamp: Stamp, id: AppointmentId, provider: str, *, host: HostId | None = None
) -> SyncRow:
    """Try a delivery again that had stopped; raises NotFound where there is none."""
    load_appointment(work, id, host=host)
    row = find_row(work, id, provider)
    if row is None:
        raise NotFound("delivery", id)
    row = deliveries.requeue(row, stamp.now)
    work.outbox.put(row)
    return row


def keep_hint(work: UnitOfWork, stamp: Stamp, hint: Hint) -> bool:
    """Keep word from a provider for `Inbound` to follow; return whether it is new."""
    return work.outbox.keep_hint(hint, stamp.now - HINTS_KEPT)


def sync_rows(work: UnitOfWork, _: Stamp, host: HostId) -> tuple[SyncRow, ...]:
    """Return how far each appointment of a linked host has come, by appointment, then provider."""
    return work.outbox.of_host(load_host(work, host).id)


def references(
    work: UnitOfWork, _: Stamp, host: HostId, provider: str, window: Interval
) -> dict[AppointmentId, str]:
    """Return by which id the calendar of *provider* knows each appointment that starts in *window*.

    One that is not there, or not yet, is left out; so are all where the host is not tied to it.
    """
    known = work.host(host)
    if known is None or known.link_to(provider) is None:
        return {}  # What was told through a tie that is gone is off.
    return dict(work.outbox.references(host, provider, window))


def links(work: UnitOfWork, _: Stamp, host: HostId) -> tuple[Link, ...]:
    """Return the host's ties to external calendars, in order of provider."""
    return load_host(work, host).links


def provider(work: UnitOfWork, _: Stamp, name: str) -> Provider:
    """Return what is known of a provider: whether it is down, paused, or has to be put right by a person."""
    return work.outbox.provider(name)


def find_row(work: UnitOfWork, id: AppointmentId, provider: str) -> SyncRow | None:
    """Return how far the appointment has come with *provider*, or None where it was never wanted there."""
    return next((row for row in work.outbox.rows(id) if row.provider == provider), None)


def _require(host: Host, provider: str) -> None:
    if host.link_to(provider) is None:
        raise NotFound("link", provider)

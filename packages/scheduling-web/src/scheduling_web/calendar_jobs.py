"""The jobs that keep an external calendar in step: deliver, follow hints, sweep, copy busy times."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial

import attrs

from scheduling_core import HostId, Link, Scheduler
from scheduling_core.external import ExternalCalendar
from scheduling_core.inbound import Inbound
from scheduling_core.ports import Storage
from scheduling_core.relay import Relay
from scheduling_core.sync import Provider
from scheduling_web.background import Job

_SECOND = dt.timedelta(seconds=1)
_MINUTE = dt.timedelta(minutes=1)

DELIVER_EVERY = 2 * _SECOND
SWEEP_AFTER = 10 * _MINUTE
"""What no hint told is found within this time."""

WHOLE_SWEEP_EVERY = dt.timedelta(days=1)
COPY_AFTER = 10 * _MINUTE
"""How old the copy of a host's busy times may become before it is renewed."""


def calendar_jobs(
    storage: Storage,
    calendar: ExternalCalendar,
    find_links: Callable[[], Mapping[HostId, Link]],
    *,
    clock: Callable[[], dt.datetime],
    new_id: Callable[[], str],
    chance: Callable[[], float],
) -> list[Job]:
    """Return the jobs for one calendar, which the hosts in *find_links* are tied to."""
    relay = Relay(storage, calendar, clock=clock, chance=chance)
    inbound = Inbound(storage, calendar, clock=clock, new_id=new_id)
    scheduler = Scheduler(storage, clock=clock, new_id=new_id)
    known = partial(scheduler.provider, calendar.provider)
    sweeps = _Sweeps(inbound, clock)
    copies = _Copies(inbound, scheduler, find_links, clock, chance)

    def unless_paused(ask: Callable[[Provider], bool]) -> Callable[[], bool]:
        """Return a job that leaves the calendar alone while it wants that; the relay minds it by itself."""

        def run() -> bool:
            provider = known()
            return not provider.is_paused(clock()) and ask(provider)

        return run

    return [
        Job("deliver", relay.step, DELIVER_EVERY),
        Job("follow_hints", unless_paused(lambda _: inbound.follow_hints() > 0), DELIVER_EVERY),
        Job("sweep", unless_paused(sweeps.sweep_if_due), _MINUTE),
        Job("copy_busy", unless_paused(copies.copy_next), _MINUTE),
    ]


@attrs.define
class _Sweeps:
    """Sweeps when the last one, by whichever process, is long enough ago; and all of it once a day."""

    _inbound: Inbound
    _clock: Callable[[], dt.datetime]
    _whole_at: dt.datetime = attrs.field(
        default=attrs.Factory(lambda self: self._clock(), takes_self=True), init=False
    )

    def sweep_if_due(self, provider: Provider) -> bool:
        """Sweep if that is due, and return False: one is enough."""
        now = self._clock()
        if now - self._whole_at >= WHOLE_SWEEP_EVERY:
            self._inbound.sweep(whole=True)
            self._whole_at = now
        elif provider.swept_until is None or now - provider.swept_until >= SWEEP_AFTER:
            self._inbound.sweep()
        return False


@attrs.define
class _Copies:
    """Renews the copies of busy times that are too old, one host at a time.

    The order is a matter of *chance*, so that several processes do not all do the same host. One that fails
    waits for the next round, and keeps nobody waiting.
    """

    _inbound: Inbound
    _scheduler: Scheduler
    _find_links: Callable[[], Mapping[HostId, Link]]
    _clock: Callable[[], dt.datetime]
    _chance: Callable[[], float]
    _round: list[HostId] = attrs.field(factory=list, init=False)

    def copy_next(self, provider: Provider) -> bool:
        """Copy for one host, and return whether there are more in this round."""
        if not self._round:
            due = [host for host, link in self._find_links().items() if self._is_due(link)]
            self._round = sorted(due, key=lambda _: self._chance())
        if not self._round:
            return False
        host = self._round.pop()
        links = (link for link in self._scheduler.links(host) if link.provider == provider.name)
        if any(map(self._is_due, links)):  # Nobody else did it in the meantime.
            self._inbound.copy_busy(host)
        return bool(self._round)

    def _is_due(self, link: Link) -> bool:
        return link.busy_as_of is None or self._clock() - link.busy_as_of >= COPY_AFTER

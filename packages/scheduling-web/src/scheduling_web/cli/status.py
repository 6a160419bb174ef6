"""How far the deliveries to Cal.com have come: read once, shown to people or to machines."""

import datetime as dt
from collections.abc import Mapping

import attrs
import click

from scheduling_calcom import PROVIDER, EventTypes
from scheduling_core import HostId, Link, Scheduler, SyncRow, SyncState
from scheduling_core.sync import Provider
from scheduling_web.cli.links import describe, to_facts
from scheduling_web.cli.printing import print_json, print_table
from scheduling_web.resources import Tables

NEED_A_PERSON = frozenset({SyncState.CONFLICT, SyncState.DEAD})
"""The states that nothing but a person leads out of."""

_SHOWN = [state for state in SyncState if state is not SyncState.OFF]
_UNITS = {"day": dt.timedelta(days=1), "hour": dt.timedelta(hours=1), "minute": dt.timedelta(minutes=1)}


@attrs.frozen
class SyncStatus:
    """Which hosts are linked, by what names users know them, and how far each appointment has come."""

    provider: Provider
    links: Mapping[HostId, Link]
    names: Mapping[HostId, str]
    rows: tuple[SyncRow, ...]

    @classmethod
    def read(cls, tables: Tables) -> "SyncStatus":
        """Return what the database knows."""
        scheduler = Scheduler(tables.storage)
        links = tables.find_links(PROVIDER)
        return cls(
            tables.storage.read(lambda work: work.outbox.provider(PROVIDER)),
            links,
            tables.users.names(),
            tuple(row for host in links for row in scheduler.sync_rows(host) if row.provider == PROVIDER),
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        return {state.value: sum(row.state is state for row in self.rows) for state in _SHOWN}

    @property
    def stuck(self) -> list[SyncRow]:
        """The deliveries that need a person, the oldest first."""
        stuck = [row for row in self.rows if row.state in NEED_A_PERSON]
        return sorted(stuck, key=lambda row: (row.last_error_at is not None, row.last_error_at))


def print_facts(status: SyncStatus) -> None:
    """Print all of it as one line of JSON."""
    provider = status.provider
    hosts = [
        {
            "host": host,
            "user": status.names.get(host),
            "event_types": [to_facts(choice) for choice in EventTypes.of(link).choices],
            "busy_as_of": _write(link.busy_as_of),
        }
        for host, link in status.links.items()
    ]
    stuck = [
        {
            "appointment": row.appointment,
            "host": row.host,
            "state": row.state.value,
            "error": row.last_error,
            "since": _write(row.last_error_at),
        }
        for row in status.stuck
    ]
    print_json(
        {
            "counts": status.counts,
            "hosts": hosts,
            "need_a_person": stuck,
            "failures": provider.failures,
            "alert": provider.alert,
            "paused_until": _write(provider.paused_until),
            "swept_until": _write(provider.swept_until),
        }
    )


def print_tables(status: SyncStatus, now: dt.datetime) -> None:
    """Print all of it for people."""
    if not status.links:
        click.echo("No host is linked to Cal.com; `scheduling-web sync link` does that.")
        return
    hosts = []
    for host, link in status.links.items():
        choices = "\n".join(describe(choice) for choice in EventTypes.of(link).choices)
        hosts.append((status.names.get(host, host), choices, tell_age(link.busy_as_of, now)))
    print_table(("host", "event types", "busy times copied"), hosts)
    print_table(("deliveries", ""), status.counts.items())
    if status.stuck:
        print_table(
            ("needs a person", "state", "why", "since"),
            (
                (row.appointment, row.state.value, row.last_error or "", tell_age(row.last_error_at, now))
                for row in status.stuck
            ),
        )
        click.echo("`scheduling-web sync requeue APPOINTMENT` delivers one again.")
    provider = status.provider
    if provider.alert is not None:
        click.echo(f"Cal.com does not let us in: {provider.alert}")
    if provider.is_paused(now):
        click.echo(f"Cal.com is left alone until {_write(provider.paused_until)}.")
    click.echo(f"Changes at Cal.com were looked for: {tell_age(provider.swept_until, now)}.")


def tell_age(instant: dt.datetime | None, now: dt.datetime) -> str:
    """Return in words how long ago something was, in the largest unit that fits."""
    if instant is None:
        return "never"
    for unit, size in _UNITS.items():
        count = (now - instant) // size
        if count > 0:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _write(instant: dt.datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")

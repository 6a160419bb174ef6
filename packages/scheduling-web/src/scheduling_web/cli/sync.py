"""The commands that keep hosts in step with Cal.com."""

import datetime as dt
import os
from functools import partial

import attrs
import click
from rich.console import Console
from rich.progress import Progress

from scheduling_calcom import PROVIDER, EventTypeChoice, calcom_link
from scheduling_calcom.retry import draw_chance
from scheduling_core import AppointmentId, ExternalCalendarError, Scheduler, system
from scheduling_core.inbound import Inbound
from scheduling_core.relay import Relay
from scheduling_core.sync import OPEN
from scheduling_web.cli.links import EventTypeOption, check_choices, find_host
from scheduling_web.cli.printing import print_json, print_table
from scheduling_web.cli.status import SyncStatus, print_facts, print_tables
from scheduling_web.resources import Tables, connect_calcom, open_calendar, open_tables, require_file
from scheduling_web.settings import read_settings

_MINUTE = dt.timedelta(minutes=1)


@click.group("sync")
def sync() -> None:
    """Keep Cal.com in step with the appointments here."""


@sync.command("probe")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def probe_account(*, as_json: bool) -> None:
    """Try whether Cal.com answers to our key as it should, and list the event types; nothing is changed."""
    with connect_calcom(read_settings(os.environ)) as client:
        me = client.probe()
        event_types = client.list_event_types()
    rows = [(each.id, each.slug, [length // _MINUTE for length in each.lengths]) for each in event_types]
    if as_json:
        listed = [dict(zip(("id", "slug", "minutes"), row, strict=True)) for row in rows]
        print_json({"id": me.id, "username": me.username, "time_zone": me.time_zone, "event_types": listed})
        return
    click.echo(f"Cal.com answers, as user {me.username or me.id} in {me.time_zone}.")
    print_table(
        ("event type", "name", "minutes"),
        [(number, slug, ", ".join(map(str, minutes))) for number, slug, minutes in rows],
    )


@sync.command("link")
@click.argument("host")
@click.option(
    "--event-type",
    "choices",
    type=EventTypeOption(),
    multiple=True,
    required=True,
    help="Which event type stands for which appointments: 123 for all, 30=123 for those of 30 minutes, "
    "consultation:30=123 for those of a type and length (* for any length). May be given several times.",
)
@click.option(
    "--stale-after",
    type=click.IntRange(min=1),
    metavar="MINUTES",
    help="Take no bookings while the copy of the busy times is older; if not given, any age will do.",
)
def link_host(host: str, choices: tuple[EventTypeChoice, ...], stale_after: int | None) -> None:
    """Tie HOST, a user name or the id of a host, to event types at Cal.com, or change the tie.

    All upcoming appointments will be delivered. With a key in the settings, the event types are looked up
    first.
    """
    settings = read_settings(os.environ)
    link = calcom_link(*choices, stale_after=None if stale_after is None else stale_after * _MINUTE)
    with open_tables(settings) as tables:
        scheduler = Scheduler(tables.storage)
        found = find_host(tables.users, scheduler, host)
        if settings.calcom_api_key is None:
            click.echo("The event types were not looked up: SCHEDULING_CALCOM_API_KEY is not set.", err=True)
        else:
            with connect_calcom(settings) as client:
                check_choices(client, choices)
        copied = [tie.busy_as_of for tie in scheduler.links(found) if tie.provider == PROVIDER]
        scheduler.link(found, attrs.evolve(link, busy_as_of=copied[0] if copied else None))
        waiting = sum(row.is_open for row in scheduler.sync_rows(found) if row.provider == PROVIDER)
    click.echo(f"linked host {found}: {waiting} to be delivered")


@sync.command("unlink")
@click.argument("host")
def unlink_host(host: str) -> None:
    """Cut the tie of HOST, a user name or the id of a host; what Cal.com holds stays there."""
    with open_tables(read_settings(os.environ)) as tables:
        scheduler = Scheduler(tables.storage)
        found = find_host(tables.users, scheduler, host)
        scheduler.unlink(found, PROVIDER)
    click.echo(f"unlinked host {found}")


@sync.command("requeue")
@click.argument("appointment")
def requeue_delivery(appointment: str) -> None:
    """Deliver APPOINTMENT again, after a look at what Cal.com holds for it."""
    with open_tables(read_settings(os.environ)) as tables:
        row = Scheduler(tables.storage).requeue(AppointmentId(appointment), PROVIDER)
    click.echo(f"the delivery of {row.appointment} is {row.state.value}")


@sync.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def show_status(*, as_json: bool) -> None:
    """Show how far the deliveries to Cal.com have come, and which of them need a person."""
    settings = read_settings(os.environ)
    require_file(settings)
    with open_tables(settings) as tables:
        status = SyncStatus.read(tables)
    if as_json:
        print_facts(status)
    else:
        print_tables(status, system.read_clock())


@sync.command("sweep")
@click.option("--whole", is_flag=True, help="Look at everything from yesterday to 90 days on.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def sweep_account(*, whole: bool, as_json: bool) -> None:
    """Deliver what is due, bring over what was changed at Cal.com, and copy the busy times.

    What Cal.com was not told for whatever reason, and what no webhook told us, is found like this.
    """
    settings = read_settings(os.environ)
    with open_tables(settings) as tables, open_calendar(settings, tables) as calendar:
        relay = Relay(tables.storage, calendar, clock=system.read_clock, chance=draw_chance)
        inbound = Inbound(tables.storage, calendar, clock=system.read_clock, new_id=system.new_id)
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            delivering = progress.add_task("delivering", total=_count_open(tables))
            steps = 0
            while relay.step():
                steps += 1
                progress.update(delivering, advance=1, total=steps + _count_open(tables))
            looking = progress.add_task("looking at changes", total=None)
            looked_at, failures = 0, list[ExternalCalendarError]()
            for look in (inbound.follow_hints, partial(inbound.sweep, whole=whole)):
                # One booking that cannot be looked at must not leave the busy times to grow old.
                try:
                    looked_at = look()
                except ExternalCalendarError as failure:
                    failures.append(failure)
            progress.update(looking, total=1, completed=1)
            linked = tables.find_links(PROVIDER)
            copied = sum(
                inbound.copy_busy(host) for host in progress.track(linked, description="copying busy times")
            )
        still_open = _count_open(tables)
    if as_json:
        print_json({"steps": steps, "open": still_open, "looked_at": looked_at, "copied": copied})
    else:
        click.echo(f"steps of delivery: {steps}, and still open: {still_open}")
        click.echo(f"changes found at Cal.com: {looked_at}")
        click.echo(f"hosts whose busy times were copied: {copied}")
    if failures:
        raise failures[0]


def _count_open(tables: Tables) -> int:
    counts = tables.storage.read(lambda work: work.outbox.count(PROVIDER))
    return sum(counts.get(state, 0) for state in OPEN)

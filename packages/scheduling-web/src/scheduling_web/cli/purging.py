"""The command that erases a customer."""

import os

import click

from scheduling_core import AppointmentId, Scheduler
from scheduling_web.cli.printing import print_json
from scheduling_web.resources import open_tables
from scheduling_web.settings import read_settings


@click.command("purge")
@click.argument("appointment_ids", metavar="APPOINTMENT...", nargs=-1, required=True)
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def purge_appointments(appointment_ids: tuple[str, ...], *, is_sure: bool, as_json: bool) -> None:
    """Erase the customers of appointments for good: names, contacts and notes, in the history as well.

    The times stay occupied, so that nothing else changes. What Cal.com was told is to be removed there, and
    backups have to be seen to as well. Where one of the ids is unknown, nothing is erased.
    """
    ids = [AppointmentId(each) for each in dict.fromkeys(appointment_ids)]
    with open_tables(read_settings(os.environ)) as tables:
        scheduler = Scheduler(tables.storage)
        for each in ids:
            scheduler.get(each)
        if not is_sure:
            count = "1 appointment" if len(ids) == 1 else f"{len(ids)} appointments"
            click.confirm(f"Erase the customer of {count} for good?", abort=True, err=True)
        for each in ids:
            scheduler.purge(each)
    if as_json:
        print_json({"purged": ids})
    else:
        for each in ids:
            click.echo(f"purged {each}")

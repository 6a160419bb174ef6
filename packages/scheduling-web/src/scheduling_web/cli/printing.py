"""What commands answer: tables for people, JSON for machines."""

import json
from collections.abc import Iterable

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_json(value: object) -> None:
    """Print one value as one line."""
    click.echo(json.dumps(value))


def print_table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table; nothing is cut off, what is too wide for the terminal goes on in the next line."""
    table = Table(box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # As they are: an id may look like the brackets in which rich is told of colours.
        table.add_row(*(Text(str(cell)) for cell in row))
    # Made anew each time: standard output may be another one by then.
    Console().print(table)

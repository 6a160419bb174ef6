"""What commands answer: tables for people, JSON for machines."""

import json
from collections.abc import Iterable, Sequence

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

_UNLIMITED = 1_000_000
_NARROWEST = 16
"""What each other column gets at least, even where that makes lines longer than the terminal is wide."""


def print_json(value: object) -> None:
    """Print one value as one line."""
    click.echo(json.dumps(value))


def print_table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table; nothing is cut off.

    What is too wide for a terminal goes on in the next line, but for the first column, by which rows are
    found. Where the output is no terminal, nothing is folded at all.
    """
    # As they are: an id may look like the brackets in which rich is told of colours.
    cells = [[Text(str(cell)) for cell in row] for row in rows]
    table = Table(box=SIMPLE_HEAD)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in cells:
        table.add_row(*row)
    # Made anew each time: standard output may be another one by then.
    console = Console()
    if console.is_terminal:
        first = max(text.cell_len for text in (Text(columns[0]), *(row[0] for row in cells)))
        console.width = max(console.width, first + _NARROWEST * (len(columns) - 1))
    else:
        console.width = _UNLIMITED
    console.print(table)

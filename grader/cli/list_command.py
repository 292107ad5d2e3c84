"""`grader list`: list the problems of the bank."""

from __future__ import annotations

import sys

import click

from grader.bank.locate import ANOTHER, Heading, find_bank
from grader.cli.common import bank_option
from grader.cli.output import say

_COLUMNS = ("problem", "title", "difficulty", "category", "function")


@click.command()
@bank_option
def command(bank: str | None) -> None:
    """List the problems of the bank."""
    here = find_bank(bank)
    headings = here.headings()
    if sys.stdout.isatty():
        _write_table(headings)
        say("To read one: grader show PROBLEM")
    else:
        _write_lines(headings)
    if not headings:
        say(f"{here.described} has no problems{ANOTHER}", err=True)
    for slug in here.unfinished():
        say(f"{slug} is unfinished: it has no spec.md", err=True)


def _write_lines(headings: list[Heading]) -> None:
    rows = [_COLUMNS, *headings]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        say("  ".join(cells).rstrip())


def _write_table(headings: list[Heading]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*(name.capitalize() for name in _COLUMNS))
    for heading in headings:
        table.add_row(*heading)
    Console().print(table)

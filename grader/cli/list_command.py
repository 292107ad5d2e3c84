"""`grader list`: list the problems of the bank, in the order in which to solve them."""

from __future__ import annotations

import sys

import click

from grader.bank.curriculum import find_faults, in_order
from grader.bank.locate import ANOTHER, Heading, find_bank
from grader.bank.progress import Progress, read_progress
from grader.cli.common import bank_option
from grader.cli.output import say

_COLUMNS = ("problem", "title", "difficulty", "category", "function", "after", "state")


@click.command()
@click.option("--category", help="Only problems of this category.")
@click.option(
    "--difficulty",
    type=click.Choice(["easy", "medium", "hard"]),
    help="Only problems of this difficulty.",
)
@click.option("--tag", help="Only problems with this tag.")
@click.option(
    "--search",
    metavar="TEXT",
    help="Only problems with these words in name, title, category, function or tags.",
)
@bank_option
def command(
    category: str | None,
    difficulty: str | None,
    tag: str | None,
    search: str | None,
    bank: str | None,
) -> None:
    """List the problems of the bank.

    A problem comes after those that its author names as prerequisites, and easy ones come first.
    The last column says which you have solved; `grader progress` shows more.
    """
    here = find_bank(bank)
    headings = in_order(here.headings())
    found = [
        each
        for each in headings
        if _same(category, [each.category])
        and difficulty in (None, each.difficulty)
        and _same(tag, each.tags)
        and _mentions(each, search)
    ]
    progress = read_progress(headings)
    rows = [_row(each, progress.get(each.slug)) for each in found]
    if sys.stdout.isatty():
        _write_table(rows)
        say("To read one: grader show PROBLEM")
    else:
        _write_lines(rows)
    if not headings:
        say(f"{here.described} has no problems{ANOTHER}", err=True)
    elif not found:
        say(_none_found(headings), err=True)
    for fault in find_faults(headings):
        say(fault, err=True)
    for slug in here.unfinished():
        say(f"{slug} is unfinished: it has no spec.md", err=True)


def _same(wanted: str | None, texts: list[str] | tuple[str, ...]) -> bool:
    return wanted is None or wanted.casefold() in (text.casefold() for text in texts)


def _mentions(heading: Heading, search: str | None) -> bool:
    """Return whether each word of the search is somewhere in the heading."""
    fields = (heading.slug, heading.title, heading.category, heading.function, *heading.tags)
    text = "\n".join(fields).casefold()
    return all(word in text for word in (search or "").casefold().split())


def _none_found(headings: list[Heading]) -> str:
    categories = sorted({each.category for each in headings})
    tags = sorted({tag for each in headings for tag in each.tags})
    known = f"categories: {', '.join(categories)}" + (f"; tags: {', '.join(tags)}" if tags else "")
    return f"no problem matches; choose from the {known}"


def _row(heading: Heading, known: Progress | None) -> tuple[str, ...]:
    slug, title, difficulty, category, function, after, *_ = heading
    state = "" if known is None else "solved" if known.is_solved else f"begun, {known.best:.0%}"
    return slug, title, difficulty, category, function, ", ".join(after), state


def _write_lines(rows: list[tuple[str, ...]]) -> None:
    rows = [_COLUMNS, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        say("  ".join(cells).rstrip())


def _write_table(rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*(name.capitalize() for name in _COLUMNS))
    for row in rows:
        table.add_row(*row, style="dim" if row[-1] == "solved" else None)
    Console().print(table)

"""`grader assignment`: creates the file of an assignment."""

from __future__ import annotations

from datetime import date, timedelta

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option
from grader.cli.output import say
from grader.errors import UsageError

_DAYS = 14  # from today to the due date of a new assignment


@click.group()
def command() -> None:
    """Create the file of an assignment."""


@command.command()
@click.argument("file", metavar="FILE.yaml")
@click.argument("problems", metavar="[PROBLEM]...", nargs=-1)
@bank_option
def new(file: str, problems: tuple[str, ...], bank: str | None) -> None:
    """Write a commented example, with PROBLEM or else the first of the bank.

    The file can be used as it is. It shows the other keys of an assignment as comments.
    """
    from grader.course.assignment import ENDINGS
    from grader.course.assignment_example import example_assignment

    if not file.endswith(ENDINGS):
        raise UsageError(
            f"expected a file that ends with {' or '.join(ENDINGS)}, found {file}: `grader batch`"
            f" takes other names for problems; write {file}{ENDINGS[0]}"
        )
    for problem in problems:
        if problems.count(problem) > 1:
            raise UsageError(f"{problem} is named twice; name each problem once")
    here = find_bank(bank)
    known = here.slugs()
    if not known:
        raise UsageError("the bank has no problem yet; create one with `grader new`")
    titles = [here.load(slug).title for slug in (problems or known[:1])]
    text = example_assignment(problems or tuple(known[:1]), titles, date.today() + timedelta(_DAYS))
    try:
        with open(file, "x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise UsageError(f"{file} exists already; choose another name, or edit it") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    say(f"{file}\n\nEdit it, then grade a class with `grader batch {file} SUBMISSIONS --out DIR`.")

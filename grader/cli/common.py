"""What several commands share: options, and the names of problems."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from grader.bank.locate import find_bank
from grader.errors import GraderError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from grader.course.store import Store
    from grader.model.judgement import Judgement
    from grader.reports.judgement.formats import Report

STORE = "store.sqlite"  # in the folder of a class
STDOUT = "-"  # as the path of a report

bank_option = click.option(
    "--bank",
    metavar="DIR",
    help="The folder that holds `problems`; by default the nearest one upward from here.",
)


sandbox_option = click.option(
    "--sandbox",
    "tier",
    type=click.Choice(["best", "strict", "basic"]),
    default="best",
    show_default=True,
    help="What to protect this machine with: `strict` or nothing, only `basic` limits, or the best "
    "there is. See `grader doctor`.",
)


strict_option = click.option(
    "--sandbox",
    "tier",
    type=click.Choice(["strict", "basic"]),
    default="strict",
    show_default=True,
    help="What to protect this machine with: without `strict` no class is graded, unless you say "
    "`basic`. See `grader doctor`.",
)


# The formats stand here by name, so that no help loads them; a test holds them to the table.
report_option = click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT:PATH",
    help="Write a report as well; may be said several times. FORMAT is html, json, junit, "
    "gradescope, github-summary, github-annotations, github-classroom, exercism or prairielearn; "
    "it may be left out of a PATH that ends in .html. The PATH - is standard output, where nothing "
    "else is printed then.",
)


@contextmanager
def if_interrupted(then: str) -> Iterator[None]:
    """Complete the sentence "Interrupted: ..." that is printed if Ctrl-C ends the command here."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(then) from None


def store_in(folder: Path) -> Store:
    """The store of a class that has been graded.

    Raises:
        UsageError: if there is none in the folder
    """
    from grader.course.store import Store

    path = folder / STORE
    if not path.is_file():
        raise UsageError(f"{folder} holds no graded class: {path} is not there")
    return Store(path)


def reports_of(texts: Sequence[str]) -> list[Report]:
    """The reports asked for by `--report`.

    Raises:
        UsageError: if there is no such format, or two of them go to the same place
    """
    if not texts:
        return []
    from grader.reports.judgement.formats import report_of

    reports = [report_of(text) for text in texts]
    paths = [report.path for report in reports]
    for path in paths:
        if paths.count(path) > 1:
            place = "standard output" if path == STDOUT else path
            raise UsageError(f"only one report can be written to {place}: give each its own PATH")
    return reports


def check_path(path: str) -> None:
    """See whether a report can be written there, as far as that can be known before it is.

    Raises:
        UsageError: if it cannot
    """
    folder = os.path.dirname(path) or os.curdir
    why = ""
    if os.path.isdir(path):
        why = "it is a folder"
    elif not os.path.isdir(folder):
        why = f"there is no folder {folder}"
    elif not os.access(path if os.path.exists(path) else folder, os.W_OK):
        why = "permission denied"
    if why:
        raise UsageError(f"the report cannot be written to {path}: {why}")


def write_judgements(report: Report, path: str, judgements: Iterable[Judgement]) -> None:
    """Write a report to a path, or to standard output.

    Raises:
        UsageError: if the file cannot be written
    """
    write = report.writer()
    if report.path == STDOUT:
        write(judgements, sys.stdout)
    else:
        write_report(path, lambda out: write(judgements, out))


def write_report(path: str, write: Callable[[TextIO], None]) -> None:
    """Have a report written to a file, whole or not at all.

    Raises:
        UsageError: if the file cannot be written
    """
    from grader.reports.files import whole_file

    try:
        with whole_file(path) as part, open(part, "w", encoding="utf-8") as out:
            write(out)
    except OSError as error:
        raise UsageError(f"the report cannot be written to {path}: {error.strerror}") from None


class ProblemName(click.ParamType[str]):
    """The name of a problem of the bank; the shell can complete it."""

    name = "problem"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The problems whose names begin so, with their titles."""
        from click.shell_completion import CompletionItem

        given: Any = ctx.params.get("bank")
        try:
            headings = find_bank(given).headings()
        except GraderError:
            return []
        return [
            CompletionItem(each.slug, help=each.title)
            for each in headings
            if each.slug.startswith(incomplete)
        ]


problem_argument = click.argument("problem", type=ProblemName())

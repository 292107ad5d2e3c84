"""Options and arguments that several commands share, and the writing of reports."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from grader.bank.locate import find_bank
from grader.cli.output import write_document
from grader.errors import GraderError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from grader.course.store import Store
    from grader.model.judgement import Judgement
    from grader.reports.judgement.formats import Report

STORE = "store.sqlite"  # in the folder of a class
STDOUT = "-"  # as the path of a report
_SOURCES = (".py", ".ipynb", ".md", ".yaml", ".yml")  # endings of files in folders that are read

bank_option = click.option(
    "--bank",
    metavar="DIR",
    help="The folder that contains `problems`. Default: the nearest one at or above the current "
    "folder.",
)


sandbox_option = click.option(
    "--sandbox",
    "tier",
    type=click.Choice(["best", "strict", "basic"]),
    default="best",
    show_default=True,
    help="The sandbox to run submissions in: `strict`, `basic` (limits only), or the best that "
    "this machine supports. See `grader doctor`.",
)


strict_option = click.option(
    "--sandbox",
    "tier",
    type=click.Choice(["strict", "basic"]),
    default="strict",
    show_default=True,
    help="The sandbox to run submissions in. Where `strict` is not available, nothing is graded "
    "unless you choose `basic`. See `grader doctor`.",
)


# The formats are listed by name, so that help does not load them; a test compares the two lists.
report_option = click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT:PATH",
    help="Also write a report; may be repeated. FORMAT is html, json, junit, gradescope, "
    "github-summary, github-annotations, github-classroom, exercism or prairielearn, and may be "
    "omitted if PATH ends in .html. PATH - is standard output, which then contains nothing else.",
)


@contextmanager
def if_interrupted(then: str) -> Iterator[None]:
    """Complete the sentence "Interrupted: ..." that is printed if Ctrl-C ends the command here."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(then) from None


@contextmanager
def needs_serve_extra(command: str) -> Iterator[None]:
    """Say what to install where the packages of the practice page are missing.

    Raises:
        UsageError: if one of them is
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        from grader import DISTRIBUTION

        raise UsageError(
            f"`{command}` needs {error.name}, which is not installed; install it with:"
            f" pip install '{DISTRIBUTION}[serve]'"
        ) from None


def store_in(folder: Path) -> Store:
    """Open the store of a graded class.

    Raises:
        UsageError: if the folder does not contain one
    """
    from grader.course.store import Store

    path = folder / STORE
    if not path.is_file():
        raise UsageError(f"{folder} does not contain a graded class: {path} does not exist")
    return Store(path)


def reports_of(texts: Sequence[str]) -> list[Report]:
    """Parse the values of `--report`.

    Raises:
        UsageError: if a format is unknown, or two reports have the same path
    """
    if not texts:
        return []
    from grader.reports.judgement.formats import report_of

    reports = [report_of(text) for text in texts]
    paths = [report.path for report in reports]
    for path in paths:
        if paths.count(path) > 1:
            target = "standard output" if path == STDOUT else path
            raise UsageError(f"only one report can be written to {target}: give each its own PATH")
    return reports


def check_path(path: str) -> None:
    """Check that a report can be written to `path`, before anything is graded.

    Raises:
        UsageError: if it cannot
    """
    folder = os.path.dirname(path) or os.curdir
    why = ""
    if os.path.isdir(path):
        why = "it is a folder"
    elif not os.path.isdir(folder):
        why = f"the folder {folder} does not exist"
    elif is_name_too_long(path):
        why = "its name is too long"
    elif not os.access(path if os.path.exists(path) else folder, os.W_OK):
        why = "permission denied"
    if why:
        raise UsageError(f"the report cannot be written to {path}: {why}")


def check_replaces_no_input(path: str, inputs: Iterable[str], what: str = "report") -> None:
    """Check that a report does not replace something that is read, before anything is graded.

    Args:
        inputs: paths of files, and of folders with sources
        what: what is written to the path

    Raises:
        UsageError: if it does
    """
    if path == STDOUT or not os.path.exists(path):
        return
    target = os.path.realpath(path)
    for each in inputs:
        is_source = target.lower().endswith(_SOURCES) and is_in(target, each)
        if is_source or (os.path.isfile(each) and os.path.samefile(path, each)):
            raise UsageError(
                f"the {what} would replace {path}, which this command reads; choose another path"
                f" for the {what}"
            )


def is_in(path: str, folder: str) -> bool:
    """Return whether a path leads into a folder, also through links."""
    above = os.path.join(os.path.realpath(folder), "")
    return os.path.realpath(path).startswith(above)


def is_name_too_long(path: str) -> bool:
    """Return whether the file system has no names as long as this."""
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG
    return False


def write_judgements(report: Report, path: str, judgements: Iterable[Judgement]) -> None:
    """Write a report to a path, or to standard output.

    Raises:
        UsageError: if the file cannot be written
    """
    write = report.writer()
    if report.path == STDOUT:
        document = io.StringIO()  # written only if it is complete
        write(judgements, document)
        write_document(document.getvalue())
    else:
        write_report(path, lambda out: write(judgements, out))


def write_report(path: str, write: Callable[[TextIO], None]) -> None:
    """Write a report to a file, completely or not at all.

    Raises:
        UsageError: if the file cannot be written
    """
    from grader.reports.files import whole_file

    try:
        # What UTF-8 cannot express, such as half a surrogate pair, is written as a question mark.
        with whole_file(path) as part, open(part, "w", encoding="utf-8", errors="replace") as out:
            write(out)
    except OSError as error:
        raise UsageError(f"the report cannot be written to {path}: {error.strerror}") from None


class ProblemName(click.ParamType[str]):
    """The name of a problem in the bank, with shell completion."""

    name = "problem"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the problems whose names begin with `incomplete`, with their titles."""
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

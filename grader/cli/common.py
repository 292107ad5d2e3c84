"""What several commands share: options, and the names of problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

import click

from grader.bank import find_bank
from grader.errors import GraderError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from grader.store import Store

STORE = "store.sqlite"  # in the folder of a class

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


def store_in(folder: Path) -> Store:
    """The store of a class that has been graded.

    Raises:
        UsageError: if there is none in the folder
    """
    from grader.store import Store

    path = folder / STORE
    if not path.is_file():
        raise UsageError(f"{folder} holds no graded class: {path} is not there")
    return Store(path)


def write_report(path: str, write: Callable[[TextIO], None]) -> None:
    """Have a report written to a file.

    Raises:
        UsageError: if the file cannot be written
    """
    try:
        with open(path, "w", encoding="utf-8") as out:
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

"""`grader show`: print the statement of a problem."""

from __future__ import annotations

import sys

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option, problem_argument
from grader.cli.output import say


@click.command()
@problem_argument
@bank_option
def command(problem: str, bank: str | None) -> None:
    """Show the statement of PROBLEM and its worked examples."""
    from grader.reports.problem_text import problem_markdown

    text = problem_markdown(find_bank(bank).load(problem, with_solutions=False))
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        from grader.reports.terminal_maths import with_readable_maths

        Console().print(Markdown(with_readable_maths(text)))
    else:
        say(text)

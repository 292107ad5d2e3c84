"""`grader new`: create a problem from the scaffold."""

from __future__ import annotations

import os
from pathlib import Path

import click

from grader.bank.scaffold import KINDS
from grader.cli.common import bank_option
from grader.cli.output import say


@click.command()
@click.argument("problem")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="function",
    show_default=True,
    help="What students write.",
)
@bank_option
def command(problem: str, kind: str, bank: str | None) -> None:
    """Create PROBLEM from a small, complete example.

    PROBLEM is written to the bank given by --bank, otherwise to the nearest bank at or above the
    current folder, or, if there is none, to the current folder.
    """
    from grader.bank.scaffold import write_problem

    for path in write_problem(Path(bank) if bank is not None else _here(), problem, kind):
        say(os.path.relpath(path))
    say(f"\nEdit these files step by step; `grader verify {problem}` lists what is left to do.")


def _here() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "problems").is_dir():
            return folder
    return here

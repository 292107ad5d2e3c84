"""`grader new`"""

from __future__ import annotations

import os
from pathlib import Path

import click

from grader.cli.common import bank_option


@click.command()
@click.argument("problem")
@bank_option
def command(problem: str, bank: str | None) -> None:
    """Write a small complete problem to begin PROBLEM from.

    It goes into the folder named with --bank, else into the nearest bank upward from here, else
    into this folder.
    """
    from grader.bank.scaffold import write_problem

    for path in write_problem(Path(bank) if bank is not None else _here(), problem):
        click.echo(os.path.relpath(path))
    click.echo(f"\nReplace them piece by piece; `grader verify {problem}` says what is left to do.")


def _here() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "problems").is_dir():
            return folder
    return here

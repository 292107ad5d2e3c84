"""`grader start`: write the starter code of a problem to a file."""

from __future__ import annotations

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option, problem_argument
from grader.cli.output import say
from grader.errors import UsageError


@click.command()
@problem_argument
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@bank_option
def command(problem: str, file: str | None, force: bool, bank: str | None) -> None:
    """Write the starter code of PROBLEM to FILE.

    Without FILE, the file is named after the problem.
    """
    starter = find_bank(bank).load(problem, with_solutions=False).starter
    path = file or problem.replace("-", "_") + ".py"
    try:
        with open(path, "wb" if force else "xb") as out:
            out.write(starter)
    except FileExistsError:
        raise UsageError(
            f"{path} exists already; name another file, or overwrite it with --force"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    say(f"Wrote {path}. Complete it, then run: grader grade {problem} {path}")

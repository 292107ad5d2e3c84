"""`grader start`"""

from __future__ import annotations

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option, problem_argument
from grader.errors import UsageError


@click.command()
@problem_argument
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--force", is_flag=True, help="Write over FILE if it is there already.")
@bank_option
def command(problem: str, file: str | None, force: bool, bank: str | None) -> None:
    """Write the stub of PROBLEM to FILE, for you to fill in.

    Without FILE it is named after the problem.
    """
    from grader.bank.load import load_problem

    stub = load_problem(find_bank(bank).folder(problem)).starter
    path = file or problem.replace("-", "_") + ".py"
    try:
        with open(path, "wb" if force else "xb") as out:
            out.write(stub)
    except FileExistsError:
        raise UsageError(f"{path} is there already; name another file, or --force") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    click.echo(f"Wrote {path}. When you have filled it in: grader grade {problem} {path}")

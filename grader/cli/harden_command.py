"""`grader harden`: find the cases that a problem lacks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option, problem_argument, sandbox_option

if TYPE_CHECKING:
    from grader.sandbox.forked import ForkServer


@click.command()
@problem_argument
@click.option("--rounds", default=30, show_default=True, help="Number of batches of inputs to try.")
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="Seed of the search; another seed tries other inputs.",
)
@sandbox_option
@bank_option
@click.pass_obj
def command(
    server: ForkServer | None, problem: str, rounds: int, seed: int, tier: str, bank: str | None
) -> None:
    """Find cases that reject wrong solutions which PROBLEM accepts.

    Wrong solutions are the known misconceptions and mutants of the reference solution. The cases
    found are printed as YAML, to be pasted into the file of hidden cases. The exit code is 1 if no
    case was found for some of them.
    """
    from grader.errors import UsageError
    from grader.reports.verification import new_cases
    from grader.sandbox.host import Sandbox
    from grader.verify.evidence import Evidence
    from grader.verify.harden import harden

    with Sandbox(server, tier) as sandbox:
        evidence = Evidence(find_bank(bank), problem, (sandbox, sandbox))
        if not evidence.is_sound:
            raise UsageError(
                f"the reference solution must answer every case; run: grader verify {problem}"
            )
        found = harden(evidence, sandbox, rounds, seed)
    new_cases.write(found, sys.stdout)
    raise SystemExit(1 if found.survivors else 0)

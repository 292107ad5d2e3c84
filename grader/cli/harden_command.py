"""`grader harden`: find the cases that a problem lacks."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option, problem_argument, sandbox_option
from grader.cli.output import show_progress
from grader.values.show import plural

if TYPE_CHECKING:
    from grader.sandbox.fork_server import ForkServer


@click.command()
@problem_argument
@click.option(
    "--rounds",
    default=30,
    show_default=True,
    help="Maximum number of rounds, each of which tries a batch of inputs.",
)
@click.option(
    "--seconds",
    default=120.0,
    show_default=True,
    help="Time after which the search stops; the cases found by then are printed.",
)
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
    server: ForkServer | None,
    problem: str,
    rounds: int,
    seconds: float,
    seed: int,
    tier: str,
    bank: str | None,
) -> None:
    """Find cases that reject wrong solutions which PROBLEM accepts.

    Wrong solutions are the known misconceptions and mutants of the reference solution. The cases
    found are printed as YAML, to be pasted into the file of hidden cases. The exit code is 1 if no
    case was found for some of them.

    The search stops after --rounds rounds, when all are rejected, when thirty rounds in a row find
    nothing, or when the time is up. It prints what it has found.
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
        with _Progress(rounds, seconds) as progress:
            found = harden(evidence, sandbox, rounds, seed, progress)
    new_cases.write(found, sys.stdout)
    raise SystemExit(1 if found.survivors else 0)


class _Progress:
    """The line at a terminal that shows how far the search is; ends it after some time."""

    def __init__(self, rounds: int, seconds: float) -> None:
        self._rounds = rounds
        self._end = time.monotonic() + seconds
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._is_shown:
            show_progress()

    def __call__(self, round_number: int, found: int, left: int) -> bool:
        if self._is_shown:
            done = f"round {round_number} of {self._rounds}: {plural(found, 'input')} found"
            line = f"{done}, {plural(left, 'wrong solution')} left"
            show_progress(line)
        return time.monotonic() < self._end

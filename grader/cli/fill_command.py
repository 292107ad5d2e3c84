"""`grader fill`: write the reference's answers into public cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.bank.locate import find_bank
from grader.cli.common import ProblemName, bank_option, sandbox_option
from grader.cli.output import say
from grader.values.show import plural

if TYPE_CHECKING:
    from grader.sandbox.fork_server import ForkServer


@click.command()
@click.argument("problems", nargs=-1, type=ProblemName(), metavar="PROBLEM...", required=True)
@sandbox_option
@bank_option
@click.pass_obj
def command(
    server: ForkServer | None, problems: tuple[str, ...], tier: str, bank: str | None
) -> None:
    """Write the reference's answers into the public cases that lack them.

    Students have no reference, so a public case needs `expected`. Leave it out, or write
    `!reference`, and this command fills it in, in the same file and without changing its layout.
    """
    from grader.sandbox.host import Sandbox
    from grader.verify.fill import fill

    source = find_bank(bank)
    with Sandbox(server, tier) as sandbox:
        for slug in problems:
            filled = fill(source, slug, sandbox)
            if filled.names:
                count = plural(len(filled.names), "case")
                say(f"{filled.path}: wrote the answers of {count}: {', '.join(filled.names)}")
            else:
                say(f"{filled.path}: every public case has its answers")

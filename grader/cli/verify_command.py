"""`grader verify`: check whether problems are ready to publish."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from grader.bank.locate import find_bank
from grader.cli.common import (
    ProblemName,
    bank_option,
    check_path,
    check_replaces_no_input,
    sandbox_option,
    write_report,
)

if TYPE_CHECKING:
    from grader.sandbox.fork_server import ForkServer


@click.command()
@click.argument("problems", nargs=-1, type=ProblemName(), metavar="[PROBLEM]...")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.option("--notes", is_flag=True, help="Print notes in full, not only their number.")
@click.option("--report", metavar="OUT.html", help="Also write an HTML page.")
@sandbox_option
@bank_option
@click.pass_obj
def command(
    server: ForkServer | None,
    problems: tuple[str, ...],
    as_json: bool,
    notes: bool,
    report: str | None,
    tier: str,
    bank: str | None,
) -> None:
    """Check whether problems are ready to publish: one, several, or the whole bank.

    The exit code is 1 if any problem has an error.
    """
    from grader.reports.verification import json as verification_json
    from grader.reports.verification import text as verification_text
    from grader.sandbox.host import Sandbox
    from grader.verify import verify

    source = find_bank(bank)
    if report is not None:
        check_path(report)
        check_replaces_no_input(report, [source.problems, *filter(None, [source.solutions])])
    with Sandbox(server, tier) as sandbox, sandbox.with_another_hash_seed() as other:
        slugs = problems or sorted([*source.slugs(), *source.unfinished()])
        found = [verify(source, slug, (sandbox, other)) for slug in slugs]
    if report is not None:
        from grader.reports.verification import html as verification_html

        write_report(report, lambda out: verification_html.write(found, out))
    if as_json:
        verification_json.write(found, sys.stdout)
    else:
        verification_text.write(found, sys.stdout, notes)
    raise SystemExit(0 if all(each.is_valid for each in found) else 1)

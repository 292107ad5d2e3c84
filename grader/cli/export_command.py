"""`grader export`"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option
from grader.errors import UsageError


@click.group()
def command() -> None:
    """Pack problems for another system to grade with."""


@command.command()
@click.argument("what", metavar="PROBLEM|ASSIGNMENT")
@click.option("-o", "--output", required=True, metavar="FILE.zip", help="Where to write it.")
@click.option(
    "--sandbox",
    "tier",
    type=click.Choice(["strict", "basic"]),
    default="strict",
    show_default=True,
    help="What to protect Gradescope's machine with: where there is no `strict`, nothing is graded "
    "unless you say `basic`, which does not keep a submission from its own results.",
)
@bank_option
def gradescope(what: str, output: str, tier: str, bank: str | None) -> None:
    """Write the autograder of a problem, or of an assignment's file, to upload to Gradescope.

    It holds the solutions, so it is not for students.
    """
    from grader.course.assignment import load_work
    from grader.integrations.gradescope.archive import autograder_zip
    from grader.model.judgement import points_number
    from grader.reports.files import whole_file

    here = find_bank(bank)
    assignment, problems = load_work(what, here)
    content = autograder_zip(what, problems, here, tier)
    try:
        with whole_file(output) as part:
            Path(part).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from None
    for slug in problems:
        if here.solutions_of(slug) is None:
            click.echo(f"note: {slug} has no solutions here: only public cases count", err=True)
    for student in assignment.extensions:
        if "@" not in student and not student.isdecimal():
            told = "Gradescope tells only e-mail addresses and its own ids"
            click.echo(f"note: the extension of {student} will not be found: {told}", err=True)
    points = points_number(sum((part.points for part in assignment.parts), Fraction(0)))
    click.echo(f"{output} holds {', '.join(problems)}; on Gradescope, set {points} points for it")

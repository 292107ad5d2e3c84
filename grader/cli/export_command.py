"""`grader export`: packs problems for other systems."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from grader.bank.locate import find_bank
from grader.cli.common import bank_option, check_replaces_no_input
from grader.cli.output import say
from grader.errors import UsageError


@click.group()
def command() -> None:
    """Pack problems for grading in another system."""


@command.command()
@click.argument("what", metavar="PROBLEM|ASSIGNMENT")
@click.option("-o", "--output", required=True, metavar="FILE.zip", help="File to write.")
@click.option(
    "--sandbox",
    "tier",
    type=click.Choice(["strict", "basic"]),
    default="strict",
    show_default=True,
    help="Sandbox to use on Gradescope. If `strict` is not supported there, nothing is graded. "
    "`basic` does not keep a submission from changing its own results.",
)
@bank_option
def gradescope(what: str, output: str, tier: str, bank: str | None) -> None:
    """Write an autograder for a problem or an assignment, to upload to Gradescope.

    It contains the solutions, so do not give it to students.
    """
    from grader.course.assignment import load_work
    from grader.course.term import load_term
    from grader.integrations.gradescope.archive import make_autograder
    from grader.model.judgement import points_number
    from grader.reports.files import whole_file

    here = find_bank(bank)
    read = [what, here.problems, *filter(None, [here.solutions])]
    check_replaces_no_input(output, read, "autograder")
    assignment, problems = load_work(what, here)
    if assignment.course and load_term(assignment.course).slip_days is not None:
        at = assignment.places["course", ""]
        raise UsageError(
            f"{at}: Gradescope does not know the slip days of the course, and would reduce scores"
            " for days that they pay for. Remove the keys `course` and `late` for Gradescope, and"
            " grade its export with `grader batch`"
        )
    if assignment.attempts.is_needed:
        raise UsageError(
            f"{what}: Gradescope judges each attempt alone and does not number them, so `attempts`"
            " has no effect there. Remove the key for Gradescope, and grade its export with"
            " `grader batch`"
        )
    content = make_autograder(what, problems, here, tier)
    try:
        with whole_file(output) as part:
            Path(part).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from None
    for slug in problems:
        if here.solutions_of(slug) is None:
            say(f"note: {slug} has no solutions: only public cases are graded", err=True)
    for (key, student), at in assignment.places.items():
        if student and "@" not in student and not student.isdecimal():
            say(
                f"note: {at}: what `{key}` says of {student} will not be applied; name the student"
                " by e-mail address or Gradescope id, the only ids that Gradescope provides",
                err=True,
            )
    points = points_number(sum((part.points for part in assignment.parts), Fraction(0)))
    say(f"{output} contains {', '.join(problems)}; set the points on Gradescope to {points}")

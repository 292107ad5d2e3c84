"""`grader grade`: grade one file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, assert_never

import click

from grader.bank.locate import Bank, find_bank
from grader.bank.progress import last_graded, record
from grader.cli.common import (
    STDOUT,
    ProblemName,
    bank_option,
    check_path,
    check_replaces_no_input,
    report_option,
    reports_of,
    sandbox_option,
    write_judgements,
)
from grader.cli.output import say
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model.judgement import Judgement
    from grader.model.problem import Submission
    from grader.reports.judgement.formats import Report
    from grader.sandbox.fork_server import ForkServer


@click.command()
# Together, [[PROBLEM] FILE]: with --last, both are omitted.
@click.argument("problem", type=ProblemName(), required=False, metavar="[[PROBLEM]")
@click.argument("file", required=False, type=click.Path(), metavar="FILE]")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the result as one JSON document, or a list of them if there are several.",
)
@report_option
@click.option(
    "--reveal",
    is_flag=True,
    help="Also show hidden cases, with arguments and answers. For instructors only: do not give "
    "the output to students.",
)
@click.option(
    "--watch",
    "is_watched",
    is_flag=True,
    help="Grade again whenever FILE is saved and show what has changed, until Ctrl-C.",
)
@click.option(
    "--last",
    "is_last",
    is_flag=True,
    help="Grade the last submission again, from `grader grade` or from the page of `grader serve`. "
    "Give no PROBLEM or FILE.",
)
@sandbox_option
@bank_option
@click.pass_obj
def command(
    server: ForkServer | None,
    problem: str | None,
    file: str | None,
    as_json: bool,
    reports: tuple[str, ...],
    reveal: bool,
    is_watched: bool,
    is_last: bool,
    tier: str,
    bank: str | None,
) -> None:
    """Grade the solution in FILE and explain what is wrong with it.

    Without PROBLEM, the problems are found by the names of the functions that FILE defines; if
    there are several, each is graded.
    """
    from grader.judging.answer_key import AnswerKey
    from grader.judging.audience import Audience, judge_for
    from grader.sandbox.host import Sandbox
    from grader.submissions import read_submissions
    from grader.submissions.matches import best_submission

    wanted = reports_of([*reports, "json:-"] if as_json else reports)
    for report in wanted:
        if report.path != STDOUT:
            check_path(report.path)
        elif is_watched:
            raise UsageError(
                "--watch prints to standard output; write each report to a file of its own"
            )
    here = find_bank(bank)
    if is_last:
        if problem is not None:
            raise UsageError("--last grades the last submission again; give no PROBLEM or FILE")
        problem, file = _last()
    if file is None:
        problem, file = None, problem
    if file is None or (problem is None and file in here.slugs()):
        raise UsageError(f"no file given; run: grader grade {file or 'PROBLEM'} FILE")
    submissions = read_submissions(file)
    slugs = [problem] if problem else _slugs_of(submissions, here)
    for report in wanted:
        report.check_holds(slugs)
    loaded = [here.load(slug) for slug in slugs]
    if wanted:
        _check_reports(wanted, slugs, [file, *(path for each in loaded for path in each.private)])
    with Sandbox(server, tier) as sandbox:
        keys = [AnswerKey(each, sandbox) for each in loaded]
        audience = Audience.INSTRUCTOR if reveal else Audience.STUDENT

        def judged(submissions: Sequence[Submission]) -> list[Judgement]:
            return [
                judge_for(audience, key, best_submission(submissions, key.problem), sandbox)
                for key in keys
            ]

        def show(judgements: Sequence[Judgement]) -> None:
            if not reveal:  # which an instructor does, not a student
                record(judgements, os.path.abspath(file) if not is_last else file)
            _show(judgements, wanted)

        if is_watched:
            from grader.cli.watch import watch

            judgements = watch(file, judged, show)
        else:
            judgements = judged(submissions)
            show(judgements)
    raise SystemExit(max(map(_exit_code, judgements)))


def _check_reports(reports: Sequence[Report], slugs: Sequence[str], inputs: Sequence[str]) -> None:
    """Check that no report replaces the submission, or a file of its problem."""
    from grader.reports.judgement.formats import PROBLEM

    for report in reports:
        for slug in slugs:
            check_replaces_no_input(report.path.replace(PROBLEM, slug), inputs)


def _last() -> tuple[str, str]:
    """Return the problem and the file that were graded last.

    Raises:
        UsageError: if nothing is known of it
    """
    found = last_graded()
    if found is None:
        raise UsageError(
            "nothing was graded yet, or no progress is kept; run: grader grade PROBLEM FILE"
        )
    return found


def _show(judgements: Sequence[Judgement], reports: Sequence[Report]) -> None:
    """Write the reports, and print the results unless a report goes to standard output."""
    for report in reports:
        for path, several in report.paths(judgements).items():
            write_judgements(report, path, several)
    if all(report.path != STDOUT for report in reports):
        from grader.reports.judgement import terminal

        for number, judgement in enumerate(judgements):
            if number:
                say()
            terminal.write(judgement, sys.stdout)


def _slugs_of(submissions: Sequence[Submission], bank: Bank) -> list[str]:
    """Return the problems whose functions the submissions define."""
    from grader.submissions.matches import slugs_answered

    # Not the first alone: in a folder, an empty __init__.py is often before the programs.
    readable = next((each for each in submissions if not each.flaw), None)
    if readable is None:
        raise UsageError(
            f"no problem was given, and {submissions[0].flaw}; run: grader grade PROBLEM FILE"
        )
    headings = bank.headings()
    if found := slugs_answered(submissions, headings):
        return found
    expected = "".join(f"\n  {heading.function}  for {heading.slug}" for heading in headings)
    raise UsageError(
        f"{readable.origin} does not define the function of any problem in {bank.described};"
        f" expected one of{expected}\nor another bank: --bank DIR"
    )


def _exit_code(judgement: Judgement) -> int:
    from grader.errors import EXIT_ACCEPTED, EXIT_INTERNAL_ERROR, EXIT_NOT_ACCEPTED
    from grader.model.judgement import Verdict

    match judgement.verdict:
        case Verdict.ACCEPTED:
            return EXIT_ACCEPTED
        case Verdict.JUDGE_ERROR:
            return EXIT_INTERNAL_ERROR
        case (
            Verdict.WRONG_ANSWER
            | Verdict.RUN_TIME_ERROR
            | Verdict.TIME_LIMIT
            | Verdict.MEMORY_LIMIT
            | Verdict.OUTPUT_LIMIT
            | Verdict.INVALID_SUBMISSION
        ):
            return EXIT_NOT_ACCEPTED
        case unknown:
            assert_never(unknown)

"""Write the documents of a report of a class, one or several judgements in each.

A judgement that cannot be written spoils no document of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from io import StringIO

from grader.course.output import report_paths
from grader.course.stored_judgements import JudgementLoader, counted_attempts
from grader.errors import GraderError, describe_failure
from grader.model.course import Attempt, Gradebook
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.reports.judgement.formats import Report


def write_documents(
    report: Report,
    gradebook: Gradebook,
    judgements: JudgementLoader,
    write: Callable[[str, Iterable[Judgement]], None],
) -> list[str]:
    """Write the documents of a report of a class, and return the attempts that failed, and why.

    In a document of several judgements, JUDGE_ERROR takes the place of one that cannot be written.

    Args:
        write: writes judgements to a path

    Raises:
        UsageError: if they cannot be written
    """
    notes: list[str] = []
    counted = (attempt for _, attempt in counted_attempts(gradebook))
    for path, attempts in report_paths(report, counted).items():
        try:
            write(path, (judgements.load(each, each.student) for each in attempts))
        except GraderError:
            raise
        except Exception:
            failed = _unwritable(report, attempts, judgements)
            notes += [f"{path}: {each.student}: {why}" for each, why in failed.items()]
            write(
                path,
                (
                    _not_written(judgements.load(each, each.student), failed.get(each, ""))
                    for each in attempts
                ),
            )
    return notes


def _unwritable(
    report: Report, attempts: Iterable[Attempt], judgements: JudgementLoader
) -> dict[Attempt, str]:
    """Return the attempts whose judgements cannot be written, and why."""
    found = {}
    for attempt in attempts:
        try:
            report.writer()([judgements.load(attempt, attempt.student)], StringIO())
        except Exception as error:
            found[attempt] = describe_failure(error)
    return found


def _not_written(judgement: Judgement, why: str) -> Judgement:
    """Return a judgement that says why the real one is not written; the same if `why` is empty."""
    if not why:
        return judgement
    run = Run(RunStatus.NOT_RUN, error=f"this report cannot be written: {why}")
    results = tuple(
        CaseResult(each.case, run, Verdict.JUDGE_ERROR, Fraction(0)) for each in judgement.results
    )
    return replace(
        judgement,
        results=results,
        verdict=Verdict.JUDGE_ERROR,
        misconceptions=(),
        observations=(),
    )

"""Write the documents of a report of a class, one or several judgements in each.

A judgement that cannot be written spoils no document of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO

from grader.course.output import report_paths
from grader.course.stored_judgements import JudgementLoader, counted_attempts
from grader.errors import GraderError, describe_failure
from grader.model.course import Attempt
from grader.model.gradebook import Gradebook
from grader.model.judgement import Judgement
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
    students = [row.student.id for row in gradebook.rows]
    for path, attempts in report_paths(report, students, counted_attempts(gradebook)).items():
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
                    judgements.failed(each, each.student, failed[each])
                    if each in failed
                    else judgements.load(each, each.student)
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

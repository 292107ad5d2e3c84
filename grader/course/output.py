"""Writes the output folder of a graded class.

    grades.csv, cases.csv, grades.json   the gradebook, and the points of each case
    students/                            pages of students, without secrets
    class.html                           the class report, for the instructor
    canvas.csv, moodle.csv, …            the gradebook downloaded from another system, filled in

Gradebooks contain nothing that varies from run to run, such as a time of running: they are the same
bytes for any number of workers and after any interruption. Pages show times.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from grader.course.batch import ReadSubmission
from grader.course.gradebook import students_of
from grader.course.output_folder import OutputFolder
from grader.course.points import outcome_in_points
from grader.course.similarity import find_near_copies
from grader.course.statistics import compute_statistics, compute_total_statistics
from grader.course.stored_judgements import counted_attempts
from grader.course.student_pages import (
    grades_path,
    page_path,
    page_paths,
    path_part,
    similar_ids,
)
from grader.errors import GraderError, UsageError, describe_failure
from grader.judging.answer_key import AnswerKey
from grader.model.assignment import MissingWork
from grader.model.class_statistics import ProblemStatistics
from grader.model.course import Attempt, Delivery, Outcome, SubmissionSet
from grader.model.gradebook import Gradebook, StudentGrades
from grader.model.problem import Submission
from grader.reports.class_report import csv as gradebook_csv
from grader.reports.class_report import json as gradebook_json
from grader.reports.grades import is_not_due
from grader.reports.judgement.formats import PROBLEM, Report
from grader.submissions.people import describe_student
from grader.submissions.questions import unreadable_reason
from grader.submissions.spool import digest_of
from grader.values.show import listed

_GRADEBOOKS = ("grades.csv", "cases.csv", "grades.json")
PLACEHOLDERS = ("{student}", PROBLEM)  # in the path of a report
_ADVICE = (
    "to give them a grade, correct the roster or the files, or use `adjust` in the assignment;"
    " --missing zero gives them 0 points"
)
_ADVICE_ON_ZEROS = (
    "to give them another grade than the 0 of --missing zero, correct the roster or the files, or"
    " use `adjust` in the assignment"
)
_MAX_LISTED = 10  # students in a sentence


def planned_files(
    submissions: SubmissionSet, downloads: Iterable[str], pages: bool, class_report: bool
) -> list[str]:
    """Return the paths of the files that will be written into the output folder.

    Args:
        downloads: the names of the filled-in files of other systems
        pages, class_report: whether they will be written
    """
    found = [*_GRADEBOOKS, *downloads]
    if class_report:
        found.append("class.html")
    if pages:
        students = [each.id for each in students_of(submissions)]
        found += page_paths(students, submissions.attempts)
    return found


def write_gradebooks(out: OutputFolder, gradebook: Gradebook, dialect: str = "standard") -> None:
    """Write the gradebook in its three files.

    Args:
        dialect: one of `DIALECTS` in `reports.class_report.csv`

    Raises:
        UsageError: if they cannot be written
    """
    form = gradebook_csv.DIALECTS[dialect]
    out.write("grades.csv", lambda file: gradebook_csv.write(gradebook, file, form))
    out.write("cases.csv", lambda file: gradebook_csv.write_cases(gradebook, file, form))
    out.write("grades.json", lambda file: gradebook_json.write(gradebook, file))


# Reports of students -----------------------------------------------------------------------------


def report_paths(
    report: Report, students: Iterable[str], attempts: Iterable[Attempt]
) -> dict[str, list[Attempt]]:
    """Return the documents of a report of a class: the attempts that each is about, by its path.

    Args:
        students: ids of the whole class, so that the path of a student's document does not depend
            on who else has submitted

    Raises:
        UsageError: if a document would contain several judgements, and its format cannot
    """
    found: dict[str, list[Attempt]] = {}
    similar = similar_ids(students)
    for attempt in attempts:
        path = report.path.replace("{student}", path_part(attempt.student, similar))
        path = path.replace(PROBLEM, attempt.problem)
        found.setdefault(path, []).append(attempt)
    if not report.holds_many and any(len(each) > 1 for each in found.values()):
        missing = [each for each in PLACEHOLDERS if each not in report.path]
        raise UsageError(
            f"a document of the format {report.format} contains one judgement, but {report.path}"
            f" would contain several; add {' and '.join(missing)} to its path, as in"
            f" {report.format}:reports/{{problem}}/{{student}}{Path(report.path).suffix}"
        )
    return found


def common_folder(report: Report) -> Path:
    """Return the folder that contains all documents of a report."""
    first, *_ = re.split("|".join(map(re.escape, PLACEHOLDERS)), report.path)
    return Path(os.path.dirname(first))


# The class report --------------------------------------------------------------------------------


def write_class_report(
    out: OutputFolder,
    gradebook: Gradebook,
    submissions: SubmissionSet,
    outcomes: Sequence[Outcome],
    keys: Mapping[str, AnswerKey],
    read: ReadSubmission,
) -> list[str]:
    """Write the class report, from the attempts that count; return what failed, and why.

    Raises:
        UsageError: if it cannot be written
    """
    try:
        _write_class_report(out, gradebook, submissions, outcomes, keys, read)
    except GraderError:
        raise
    except Exception as error:  # the gradebook and the pages are written, and remain
        return [f"class.html cannot be written: {describe_failure(error)}"]
    return []


def _write_class_report(
    out: OutputFolder,
    gradebook: Gradebook,
    submissions: SubmissionSet,
    outcomes: Sequence[Outcome],
    keys: Mapping[str, AnswerKey],
    read: ReadSubmission,
) -> None:
    from grader.reports.class_report import html as class_html  # with Jinja, for this report only

    statistics = _statistics(gradebook, outcomes, keys, read)
    attempts = {(each.student, each.problem): each for each in counted_attempts(gradebook)}
    similar = similar_ids(row.student.id for row in gradebook.rows)

    def link(student: str, problem: str) -> str:
        attempt = attempts.get((student, problem))
        page = page_path(attempt, similar) if attempt is not None else ""
        if not problem:
            page = grades_path(student, similar)
        return quote(page) if page and out.has_written(page) else ""

    title = gradebook.assignment.title
    out.write(
        "class.html",
        lambda file: class_html.write(
            title,
            submissions,
            statistics,
            file,
            describe_open_questions(submissions, gradebook),
            gradebook=gradebook,
            totals=compute_total_statistics(gradebook),
            titles={slug: key.problem.title for slug, key in keys.items()},
            link=link,
        ),
    )


def _statistics(
    gradebook: Gradebook,
    outcomes: Sequence[Outcome],
    keys: Mapping[str, AnswerKey],
    read: ReadSubmission,
) -> list[ProblemStatistics]:
    """Return the statistics of each part of the assignment, without those excused from it."""
    judged = {each.attempt.identity: each for each in outcomes}
    found = []
    for number, part in enumerate(gradebook.assignment.parts):
        every = (row.parts[number] for row in gradebook.rows)
        grades = [grade for grade in every if not grade.is_excused]
        attempts = [
            grade.attempt
            for grade in grades
            if grade.attempt is not None and grade.delivery is Delivery.READ
        ]
        starter = keys[part.problem].problem.starter
        late = {
            grade.attempt.student: grade.minutes_late
            for grade in grades
            if grade.attempt is not None and grade.minutes_late > 0
        }
        found.append(
            compute_statistics(
                part.problem,
                [
                    # The attempt of the gradebook has the team, which the store does not keep.
                    outcome_in_points(replace(judged[each.identity], attempt=each), part.points)
                    for each in attempts
                    if each.identity in judged
                ],
                starter=digest_of(Submission(starter, "")),
                near_copies=find_near_copies(_sources(attempts, read), starter),
                late=late,
            )
        )
    return found


def _sources(attempts: Iterable[Attempt], read: ReadSubmission) -> Iterator[tuple[str, bytes]]:
    """Yield students and their sources, without those that cannot be read any more."""
    for attempt in attempts:
        try:
            source = read(attempt).source
        except (OSError, ValueError, KeyError):
            continue
        yield attempt.student, source


def describe_unmatched(submissions: SubmissionSet, gradebook: Gradebook | None = None) -> list[str]:
    """Return what an instructor must know about the submissions, a sentence each.

    Args:
        gradebook: says who still has time to submit something, is excused, or has a score by hand
    """
    not_due = _not_due(gradebook) if gradebook is not None else {}
    not_missed = {student for student, _ in submissions.questions}
    not_missed |= {
        row.student.id
        for row in (gradebook.rows if gradebook is not None else ())
        if any(map(is_not_due, row.parts)) or _needs_no_submission(row)
    }
    missing = [
        f"no submission from {each.name or each.id}"
        for each in submissions.missing
        if each.id not in not_missed
    ]
    pending = [f"{listed(list(who), _MAX_LISTED)}: {reason}" for reason, who in not_due.items()]
    questions = describe_open_questions(submissions, gradebook)
    has_zeros = gradebook is not None and gradebook.assignment.missing is MissingWork.ZERO
    advice = [_ADVICE_ON_ZEROS if has_zeros else _ADVICE] if questions else []
    return [*submissions.unmatched, *questions, *advice, *missing, *pending]


def _needs_no_submission(row: StudentGrades) -> bool:
    """Return whether a student without any submission has no zero for it."""
    decided = (part.is_excused or part.adjustment is not None for part in row.parts)
    return row.is_excused or all(decided)


def _not_due(gradebook: Gradebook) -> dict[str, dict[str, None]]:
    """Return the students without a zero because they still have time, by what is said of them."""
    found: dict[str, dict[str, None]] = {}
    for row in gradebook.rows:
        for grade in row.parts:
            if is_not_due(grade):
                reason = f"nothing was submitted, and it is {grade.notes[0]}; no zero is given"
                found.setdefault(reason, {})[row.student.name or row.student.id] = None
    return found


def describe_open_questions(
    submissions: SubmissionSet, gradebook: Gradebook | None = None
) -> list[str]:
    """Return a sentence on each file that cannot be judged and each student whose work is unknown.

    Args:
        gradebook: says who has 0 points, and who is excused, about whom nothing is asked
    """
    grades = {
        (row.student.id, part.part.problem): part
        for row in (gradebook.rows if gradebook is not None else ())
        for part in row.parts
    }
    excused = {key for key, grade in grades.items() if grade.is_excused}
    zeros = {key for key, grade in grades.items() if grade.raw == 0 and grade.attempt is None}
    names = {student.id: describe_student(student) for student in submissions.students}
    students: dict[str, dict[str, None]] = {}  # by what is said about them
    for attempt in submissions.attempts:
        if attempt.flaw and (attempt.student, attempt.problem) not in excused:
            reason = unreadable_reason(attempt) or attempt.flaw
            students.setdefault(reason, {})[names.get(attempt.student, attempt.student)] = None
    for (student, problem), question in submissions.questions.items():
        if (student, problem) in excused:
            continue
        is_said = question.delivery is Delivery.UNREADABLE
        outcome = "0 points" if (student, problem) in zeros else "not graded"
        reason = question.reason if is_said else f"{outcome}: {question.reason}"
        students.setdefault(reason, {})[names.get(student, student)] = None
    return [f"{listed(list(who), _MAX_LISTED)}: {reason}" for reason, who in students.items()]

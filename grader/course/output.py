"""What a graded class leaves in its folder: gradebooks, a page for each student, a class report.

    grades.csv, cases.csv, grades.json   the gradebook, and the points of each case
    students/                            a page for each student and problem: what they may see
    class.html                           the report for the instructor
    canvas.csv, moodle.csv               the file that was downloaded there, filled in, if one was

Gradebooks hold nothing that differs from one run to the next, such as a time: they are the same
bytes for any number of workers, and after any interruption. Pages do show times.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from grader.course.batch import Batch, digest_of
from grader.course.lms.fill import Filled
from grader.course.similarity import near_copies
from grader.course.statistics import compute_statistics
from grader.course.store import Store
from grader.errors import UsageError
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judgement_of
from grader.judging.redact import for_student
from grader.model.course import Attempt, Gradebook, Outcome, Student, SubmissionSet
from grader.model.judgement import Judgement, Protection, Run, RunStatus
from grader.model.problem import Submission
from grader.reports.class_report import csv as gradebook_csv
from grader.reports.class_report import json as gradebook_json
from grader.reports.files import whole_file
from grader.reports.judgement import html
from grader.reports.judgement.formats import Report
from grader.submissions import read_attempt

PLACEHOLDERS = ("{student}", "{problem}")  # in the path of a report
_LONGEST_NAME = 120  # characters of a file's name, which may take three bytes each


def write_gradebooks(out: Path, gradebook: Gradebook) -> None:
    """Write the gradebook in its three files.

    Raises:
        UsageError: if they cannot be written
    """
    _write(out / "grades.csv", lambda file: gradebook_csv.write(gradebook, file))
    _write(out / "cases.csv", lambda file: gradebook_csv.write_cases(gradebook, file))
    _write(out / "grades.json", lambda file: gradebook_json.write(gradebook, file))


def fill_in(
    path: Path, downloaded: str, fill: Callable[[str, Gradebook], Filled], gradebook: Gradebook
) -> Filled:
    """Write the file that another system gave, filled in.

    Raises:
        UsageError: if it cannot be read, is no such file, or cannot be written
    """
    try:
        with open(downloaded, encoding="utf-8", newline="") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{downloaded} cannot be read: {error}") from None
    filled = fill(text, gradebook)
    _write(path, lambda file: file.write(filled.text))
    return filled


class JudgementLoader:
    """The judgements of a class, as students may see them, made of kept runs one at a time: so a
    class takes no more memory than one student.

    Args:
        keys: the answer key of each problem, by its name
        protection: what the runs were made under
    """

    def __init__(
        self,
        keys: Mapping[str, AnswerKey],
        batch: Batch,
        store: Store,
        protection: Protection,
    ) -> None:
        self._keys = keys
        self._batch = batch
        self._store = store
        self._protection = protection

    def judgement(self, attempt: Attempt, student: str) -> Judgement:
        """The judgement of an attempt; JUDGE_ERROR if we failed to judge it.

        Args:
            student: how to call who it is from
        """
        submission = read_attempt(attempt)
        kept = self._store.details(self._batch.row(attempt, submission))
        key = self._keys[attempt.problem]
        shown = replace(
            submission,
            student=student,
            origin=os.path.basename(attempt.locator),  # not where the instructor keeps it
        )
        if kept is None:
            runs = [_NOT_JUDGED] * len(key.problem.cases)
            return for_student(judgement_of(key, shown, runs, self._protection))
        judgement = judgement_of(key, shown, kept.runs, self._protection)
        return for_student(
            replace(judgement, misconceptions=kept.misconceptions, observations=kept.observations)
        )


_NOT_JUDGED = Run(RunStatus.NOT_RUN, error="it will be tried again when the class is graded again")


def counted_attempts(gradebook: Gradebook) -> Iterator[tuple[Student, Attempt]]:
    """The attempts that count, each with who it is from."""
    for row in gradebook.rows:
        for grade in row.parts:
            if grade.attempt is not None:
                yield row.student, grade.attempt


def write_pages(out: Path, gradebook: Gradebook, judged: JudgementLoader) -> None:
    """Write a page for each attempt that counts.

    Raises:
        UsageError: if they cannot be written
    """
    for student, attempt in counted_attempts(gradebook):
        page = judged.judgement(attempt, student.name or student.id)
        path = out / page_of(attempt)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, partial(html.write, [page]))


def write_class_report(
    out: Path,
    gradebook: Gradebook,
    submissions: SubmissionSet,
    outcomes: Sequence[Outcome],
    keys: Mapping[str, AnswerKey],
) -> None:
    """Write the report for the instructor: of each student and problem the attempt that counts.

    Raises:
        UsageError: if it cannot be written
    """
    from grader.reports.class_report import html as class_html  # and with it a plotting library

    known = {each.attempt.identity: each for each in outcomes}
    grades = [grade for row in gradebook.rows for grade in row.parts if grade.attempt is not None]
    attempts = {
        (grade.attempt.student, grade.part.problem): grade.attempt
        for grade in grades
        if grade.attempt is not None
    }
    figures = []
    for part in gradebook.assignment.parts:
        those = {
            student: each for (student, slug), each in attempts.items() if slug == part.problem
        }
        starter = keys[part.problem].problem.starter
        figures.append(
            compute_statistics(
                part.problem,
                [known[each.identity] for each in those.values() if each.identity in known],
                starter=digest_of(Submission(starter, "")),
                near_copies=near_copies(
                    {student: read_attempt(each).source for student, each in those.items()}, starter
                ),
                late={
                    grade.attempt.student: grade.minutes_late
                    for grade in grades
                    if grade.attempt is not None and grade.part is part and grade.minutes_late > 0
                },
            )
        )

    def link(student: str, problem: str) -> str:
        attempt = attempts.get((student, problem))
        page = page_of(attempt) if attempt is not None else ""
        return quote(page) if page and (out / page).exists() else ""

    title = gradebook.assignment.title
    _write(
        out / "class.html",
        lambda file: class_html.write(title, submissions, figures, file, link=link),
    )


def page_of(attempt: Attempt) -> str:
    """Where the page of an attempt is, from the folder of the class: a name any system can hold."""
    return f"students/{attempt.problem}/{_file_name(attempt.student)}.html"


def _file_name(student: str) -> str:
    name = quote(student, safe=" ", errors="surrogateescape")
    if name.startswith("."):  # "..": the folder above; ".ann": a file that is not shown
        name = f"%2E{name[1:]}"
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}-{sha256(name.encode()).hexdigest()[:12]}"
    return name


# Reports of a class, in any format ---------------------------------------------------------------


def places(report: Report, attempts: Iterable[Attempt]) -> dict[str, list[Attempt]]:
    """The documents of a report of a class: the attempts each is about, by its path.

    Raises:
        UsageError: if one had to hold several judgements, and the format cannot
    """
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(_place(report.path, attempt), []).append(attempt)
    if not report.holds_many and any(len(each) > 1 for each in found.values()):
        missing = [each for each in PLACEHOLDERS if each not in report.path]
        raise UsageError(
            f"a report in the format {report.format} is about one judgement, and here are several:"
            f" put {' and '.join(missing)} into its path, as in"
            f" {report.format}:reports/{{problem}}/{{student}}{Path(report.path).suffix}"
        )
    return found


def fixed_folder(report: Report) -> Path:
    """The folder that all documents of a report are in, whoever they are about."""
    first, *_ = re.split("|".join(map(re.escape, PLACEHOLDERS)), report.path)
    return Path(os.path.dirname(first))


def _place(path: str, attempt: Attempt) -> str:
    named = path.replace("{student}", _file_name(attempt.student))
    return named.replace("{problem}", attempt.problem)


def describe_unmatched(submissions: SubmissionSet) -> list[str]:
    """What an instructor should know of what was handed in, before looking at any grade."""
    told = [f"nothing was handed in by {each.name or each.id}" for each in submissions.missing]
    return [*submissions.unmatched, *told]


def _write(path: Path, write: Callable[[TextIO], object]) -> None:
    try:
        with whole_file(path) as part, open(part, "w", encoding="utf-8", newline="") as file:
            write(file)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None

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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from grader.answers import AnswerKey
from grader.batch import Batch, digest_of
from grader.class_figures import problem_figures
from grader.classroom import Attempt, Gradebook, HandedIn, Outcome
from grader.errors import UsageError
from grader.judging import for_student, judgement_of
from grader.model import Protection, Submission
from grader.reports import gradebook_csv, gradebook_json, html
from grader.reports.canvas_csv import Filled
from grader.similarity import near_copies
from grader.store import Store
from grader.submissions import read_attempt

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


def write_pages(
    out: Path,
    gradebook: Gradebook,
    keys: Mapping[str, AnswerKey],
    batch: Batch,
    store: Store,
    protection: Protection,
) -> None:
    """Write a page for each attempt that counts, from its kept runs.

    Raises:
        UsageError: if they cannot be written
    """
    for row in gradebook.rows:
        for grade in row.parts:
            if grade.attempt is None:
                continue
            submission = read_attempt(grade.attempt)
            kept = store.kept(batch.row(grade.attempt, submission))
            if kept is None:
                continue
            key = keys[grade.attempt.problem]
            shown = replace(
                submission,
                student=row.student.name or row.student.id,
                origin=os.path.basename(grade.attempt.place),  # not where the instructor keeps it
            )
            judgement = judgement_of(key, shown, kept.runs, protection)
            page = for_student(
                replace(judgement, suspects=kept.suspects, observations=kept.observations)
            )
            path = out / page_of(grade.attempt)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, partial(html.write, page))


def write_class_report(
    out: Path,
    gradebook: Gradebook,
    handed_in: HandedIn,
    outcomes: Sequence[Outcome],
    keys: Mapping[str, AnswerKey],
) -> None:
    """Write the report for the instructor: of each student and problem the attempt that counts.

    Raises:
        UsageError: if it cannot be written
    """
    from grader.reports import class_html  # and with it a plotting library

    known = {_identity(each.attempt): each for each in outcomes}
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
            problem_figures(
                part.problem,
                [known[place] for each in those.values() if (place := _identity(each)) in known],
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
        lambda file: class_html.write(title, handed_in, figures, file, link=link),
    )


def _identity(attempt: Attempt) -> tuple[str, str, int]:
    return attempt.student, attempt.problem, attempt.number


def page_of(attempt: Attempt) -> str:
    """Where the page of an attempt is, from the folder of the class: a name any system can hold."""
    name = quote(attempt.student, safe=" ", errors="surrogateescape")
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}-{sha256(name.encode()).hexdigest()[:12]}"
    return f"students/{attempt.problem}/{name}.html"


def unplaced_in_words(handed_in: HandedIn) -> list[str]:
    """What an instructor should know of what was handed in, before looking at any grade."""
    told = [f"nothing was handed in by {each.name or each.id}" for each in handed_in.missing]
    return [*handed_in.unplaced, *told]


def _write(path: Path, write: Callable[[TextIO], object]) -> None:
    """Write a file whole or not at all: who kills us must not leave half a gradebook."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "w", encoding="utf-8", newline="") as file:
            write(file)
        os.replace(beside, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None

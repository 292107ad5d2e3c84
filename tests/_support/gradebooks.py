"""Gradebooks of invented classes, and their files read back."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from grader.course.gradebook import build_gradebook
from grader.model.assignment import Assignment, LatePolicy, Part, Penalty
from grader.model.course import Attempt, Outcome, Student, SubmissionSet
from grader.model.gradebook import Gradebook, StudentGrades
from grader.model.judgement import Verdict
from grader.reports.class_report import csv as gradebook_csv
from grader.reports.class_report import json as gradebook_json

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 30, 23, 59, tzinfo=BERLIN)
POLICY = LatePolicy(15, Penalty(Fraction(1, 10)), Penalty(Fraction(1, 2)))

HALF, FULL = Fraction(1, 2), Fraction(1)


Try = tuple[datetime | None, Fraction | None]  # time of submission, and share of the points


def make(
    assignment: Assignment,
    tries: Sequence[tuple[str, str, Sequence[Try]]],
    students: Sequence[Student] = (),
    shuffle: int = 0,
) -> Gradebook:
    """Return a gradebook; each problem has two cases, the second with twice the points."""
    attempts: list[Attempt] = []
    outcomes: list[Outcome] = []
    for student, problem, some in tries:
        for number, (when, share) in enumerate(some, 1):
            attempt = Attempt(student, problem, f"{student}/{number}.py", number, when)
            attempts.append(attempt)
            if share is not None:
                cases = {"one": share, "two": 2 * share}
                outcomes.append(outcome(attempt, cases))
    random.Random(shuffle).shuffle(attempts)
    random.Random(shuffle).shuffle(outcomes)
    max_points = {
        part.problem: {"one": Fraction(1), "two": Fraction(2)} for part in assignment.parts
    }
    return build_gradebook(
        assignment, SubmissionSet(tuple(attempts), tuple(students)), outcomes, max_points
    )


def outcome(attempt: Attempt, cases: Mapping[str, Fraction]) -> Outcome:
    score = sum(cases.values(), Fraction(0))
    verdicts = {
        name: Verdict.ACCEPTED if points else Verdict.WRONG_ANSWER for name, points in cases.items()
    }
    verdict = Verdict.ACCEPTED if score == 3 else Verdict.WRONG_ANSWER
    return Outcome(attempt, verdict, score, Fraction(3), cases, verdicts)


def after(**time: float) -> datetime:
    """Return the time that is this much after the due date."""
    return DUE.astimezone(UTC) + timedelta(**time)


Write = Callable[[Gradebook, TextIO], None]


def text_of(write: Write, book: Gradebook) -> str:
    out = io.StringIO(newline="")
    write(book, out)
    return out.getvalue()


def lines_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def written(book: Gradebook) -> list[dict[str, str]]:
    return lines_of(text_of(gradebook_csv.write, book))


def written_cases(book: Gradebook) -> list[dict[str, str]]:
    return lines_of(text_of(gradebook_csv.write_cases, book))


def written_json(book: Gradebook) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text_of(gradebook_json.write, book), parse_constant=refuse)


SMALL = Assignment("H", (Part("p", Fraction(10)), Part("q", Fraction(1))), DUE, late=POLICY)
TRIES: list[tuple[str, str, list[Try]]] = [
    ("s1", "p", [(after(days=1), HALF)]),
    ("s1", "q", [(None, Fraction(1, 3))]),
]


CLASS = [
    Student("101", "Jane Doe", ("jdoe",)),
    Student("s2", "José O'Neil", ("joneil",)),
    Student("s3", "Kim Lee"),
]


def a_class(points: Mapping[str, Fraction | None] | None = None) -> Gradebook:
    """Return a class; its totals are shares of 10 points."""
    points = points if points is not None else {"101": Fraction(22, 3), "s2": Fraction(5)}
    tries = [
        (id, "p", [(None, share / 10 if share is not None else None)])
        for id, share in points.items()
    ]
    return make(Assignment("H", (Part("p", Fraction(10)), Part("q", Fraction(1)))), tries, CLASS)


def commented(book: Gradebook, problem: str = "", **comments: str) -> Gradebook:
    """Return a gradebook with comments on students, and the same on one of their problems."""

    def row(row: StudentGrades) -> StudentGrades:
        comment = comments.get(row.student.id, "")
        parts = (
            replace(part, comment=comment if part.part.problem == problem else "")
            for part in row.parts
        )
        return replace(row, comment=comment, parts=tuple(parts))

    return replace(book, rows=tuple(map(row, book.rows)))


def changed(before: str, after: str) -> list[str]:
    """Return the lines that differ, as they are now."""
    old, new = before.split("\r\n"), after.split("\r\n")
    assert len(old) == len(new)
    return [line for was, line in zip(old, new, strict=True) if was != line]

"""Pseudonyms of students for pages and the class report; the key is a file of its own.

They are drawn at random, so that a roster does not give them away, and kept in the key, so that
each student has the same one when the class is graded again.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from grader.errors import UsageError
from grader.model.course import Attempt, OpenQuestion, Outcome, Student, SubmissionSet
from grader.model.gradebook import Gradebook, PartGrade
from grader.reports.class_report.csv import text_cell
from grader.submissions.filenames import file_name

KEY = "pseudonyms.csv"
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowels, and none that look like others
_LENGTH = 5
_MIN_NAME = 3  # characters; shorter names are part of ordinary words


class Pseudonyms:
    """The pseudonyms of all students of a class.

    Args:
        students: the class
        key: the file with those that were given before; it need not exist

    Raises:
        UsageError: if the key cannot be read
    """

    def __init__(self, students: Iterable[Student], key: Path) -> None:
        self._students = {student.id: student for student in students}
        self._known = _read(key)
        used = set(self._known.values())
        self._names: dict[str, str] = {}
        for id in self._students:
            name = self._known.get(text_cell(id), "")
            while not name or (name in used and text_cell(id) not in self._known):
                name = "student-" + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
            used.add(name)
            self._names[id] = name

    def write_key(self, out: TextIO) -> None:
        """Write the key: a row for each student, also those of earlier gradings."""
        rows = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
        rows.writerow(["id", "pseudonym", "name"])
        names = {text_cell(id): text_cell(each.name) for id, each in self._students.items()}
        current = {text_cell(id): name for id, name in self._names.items()}
        all_known = {**self._known, **current}
        rows.writerows([id, name, names.get(id, "")] for id, name in sorted(all_known.items()))

    def student(self, student: Student) -> Student:
        """Return a student under the pseudonym."""
        return Student(self._names[student.id])

    def attempt(self, attempt: Attempt) -> Attempt:
        """Return an attempt without names, and without notes, which may contain some."""
        return replace(
            attempt,
            student=self._names[attempt.student],
            team=tuple(self._names[id] for id in attempt.team if id in self._names),
            notes=(),
            handed_in="a file" if attempt.flaw else "",
            flaw=self._without_names(attempt),
        )

    def _without_names(self, attempt: Attempt) -> str:
        student, flaw = self._students[attempt.student], attempt.flaw
        for name in (attempt.handed_in, file_name(attempt.locator), student.name, student.id):
            if len(name) >= _MIN_NAME:
                flaw = flaw.replace(name, "…")
        return flaw

    def gradebook(self, gradebook: Gradebook) -> Gradebook:
        """Return a gradebook without names, in the order of the pseudonyms."""
        assignment = gradebook.assignment
        extensions = {
            self._names[id]: due for id, due in assignment.extensions.items() if id in self._names
        }
        rows = [
            replace(
                row,
                student=self.student(row.student),
                comment="",
                parts=tuple(map(self._grade, row.parts)),
            )
            for row in gradebook.rows
        ]
        return Gradebook(
            replace(assignment, extensions=extensions),
            tuple(sorted(rows, key=lambda row: row.student.id)),
        )

    def _grade(self, grade: PartGrade) -> PartGrade:
        """Return a grade without what the instructor wrote about it, which may contain names."""
        attempt, adjustment = grade.attempt, grade.adjustment
        return replace(
            grade,
            attempt=self.attempt(attempt) if attempt is not None else None,
            notes=(),
            comment="",
            adjustment=replace(adjustment, reason="") if adjustment is not None else None,
        )

    def outcomes(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes of the class without names."""
        return [
            replace(each, attempt=self.attempt(each.attempt))
            for each in outcomes
            if each.attempt.student in self._names
        ]

    def submissions(self, submissions: SubmissionSet) -> SubmissionSet:
        """Return submissions without names: how many are unmatched, but not what they are."""
        count = len(submissions.unmatched)
        unmatched = f"{count}, which grader batch lists at the terminal"
        questions = {
            (self._names[student], problem): OpenQuestion(each.delivery, "see grades.csv")
            for (student, problem), each in submissions.questions.items()
            if student in self._names
        }
        return SubmissionSet(
            attempts=tuple(map(self.attempt, submissions.attempts)),
            students=tuple(map(self.student, submissions.students)),
            missing=tuple(map(self.student, submissions.missing)),
            unmatched=(unmatched,) if count else (),
            questions=questions,
        )


def _read(key: Path) -> Mapping[str, str]:
    """Return the pseudonyms in a key, by the cells of ids."""
    try:
        with open(key, encoding="utf-8", newline="") as file:
            return {row["id"]: row["pseudonym"] for row in csv.DictReader(file)}
    except FileNotFoundError:
        return {}
    except (OSError, KeyError, UnicodeDecodeError, csv.Error):
        raise UsageError(
            f"{key} cannot be read; restore it, or remove it to give all students new pseudonyms"
        ) from None

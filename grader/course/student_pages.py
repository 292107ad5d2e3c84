"""Writes the pages of students: one with all grades of a student, and one for each submission.

students/ann.html         the grades of ann: the total, and each problem with its dates
students/mean/ann.html    the submission of ann for the problem mean, case by case
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import sha256
from io import StringIO
from typing import TextIO
from urllib.parse import quote

from grader.course.lateness import due_date_for
from grader.course.output_folder import OutputFolder
from grader.course.stored_judgements import JudgementLoader
from grader.errors import GraderError, describe_failure
from grader.model.course import Attempt
from grader.model.gradebook import Gradebook, PartGrade, StudentGrades
from grader.reports.class_report import student_page
from grader.reports.grades import ShownGrade, ShownTotal, shown_grade, shown_total
from grader.reports.judgement import html

_MAX_ABSENT = 5  # problems without a submission that are listed one by one
_MAX_NAME = 120  # characters of a file name, each of which may take three bytes


class Pages:
    """The pages of a class.

    Args:
        judgements: load what was submitted
        titles: of problems, by their slugs
    """

    def __init__(
        self, gradebook: Gradebook, judgements: JudgementLoader, titles: Mapping[str, str]
    ) -> None:
        self._gradebook = gradebook
        self._judgements = judgements
        self._titles = titles
        self._max_points = gradebook.max_points()
        self._similar = similar_ids(row.student.id for row in gradebook.rows)

    def write(self, out: OutputFolder) -> list[str]:
        """Write all pages, and return those that failed, and why.

        Instead of a page that fails, one that only says so is written.

        Raises:
            UsageError: if they cannot be written
        """
        failed: list[str] = []
        for row in self._gradebook.rows:
            for grade in row.parts:
                if grade.attempt is not None:
                    failed += self._write_submission(out, row, grade, grade.attempt)
            failed += self.write_grades(out, row)
        return failed

    def write_grades(self, out: OutputFolder, row: StudentGrades) -> list[str]:
        """Write the page with all grades of a student; see `write`."""
        path = grades_path(row.student.id, self._similar)
        return _write(out, path, lambda file: self.grades(row, file))

    def grades(self, row: StudentGrades, file: TextIO, is_linked: bool = True) -> None:
        """Write the page with all grades of a student to a file.

        Args:
            is_linked: whether it leads to the pages of the submissions
        """
        absent = [grade for grade in row.parts if grade.is_absent]
        if len(absent) <= _MAX_ABSENT:
            absent = []
        titles = {grade.part.problem: self._title(grade) for grade in absent}
        grades = [
            self._shown(row, grade, is_linked)
            for grade in row.parts
            if grade.part.problem not in titles
        ]
        name = row.student.name or row.student.id
        student_page.write(name, self._total(row), grades, list(titles.values()), file)

    def _write_submission(
        self, out: OutputFolder, row: StudentGrades, grade: PartGrade, attempt: Attempt
    ) -> list[str]:
        path = page_path(attempt, self._similar)
        return _write(out, path, lambda file: self.submission(row, grade, attempt, file))

    def submission(
        self,
        row: StudentGrades,
        grade: PartGrade,
        attempt: Attempt,
        file: TextIO,
        is_linked: bool = True,
    ) -> None:
        """Write the page of a submission to a file.

        Args:
            is_linked: whether it leads to the page with all grades
        """
        judgement = self._judgements.load(attempt, row.student.name or row.student.id)
        name = path_part(row.student.id, self._similar)
        page = quote(f"../{name}.html") if is_linked else ""
        html.write([judgement], file, self._shown(row, grade), self._total(row, page))

    def _title(self, grade: PartGrade) -> str:
        return self._titles.get(grade.part.problem, grade.part.problem)

    def _total(self, row: StudentGrades, page: str = "") -> ShownTotal:
        return shown_total(self._gradebook.assignment.title, row, self._max_points, page)

    def _shown(self, row: StudentGrades, grade: PartGrade, is_linked: bool = True) -> ShownGrade:
        assignment, attempt = self._gradebook.assignment, grade.attempt
        page = page_path(attempt, self._similar) if attempt and is_linked else ""
        team = attempt.team if attempt is not None else ()
        return shown_grade(
            grade,
            self._title(grade),
            due_date_for(assignment, grade.part, row.student, team),
            assignment.zone,
            quote(page.removeprefix("students/")),
        )


def render_page(name: str, write: Callable[[TextIO], None]) -> tuple[str, list[str]]:
    """Return a page and what failed; instead of a page that fails, one that only says so.

    Args:
        name: of the page, for the message
    """
    page = StringIO()
    try:
        write(page)
    except GraderError:
        raise
    except Exception as error:
        return NOTICE, [f"{name} has only a notice: {describe_failure(error)}"]
    return page.getvalue(), []


def _write(out: OutputFolder, path: str, write: Callable[[TextIO], None]) -> list[str]:
    text, failed = render_page(path, write)
    out.write(path, lambda file: file.write(text))
    return failed


NOTICE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>No report</title>
<p>The grader failed to write this report. Your points do not depend on it: ask your instructor.</p>
"""


# Paths -------------------------------------------------------------------------------------------


def page_paths(students: Iterable[str], attempts: Iterable[Attempt]) -> list[str]:
    """Return the paths of the pages of students and of attempts, from the output folder.

    Args:
        students: ids of the whole class
    """
    ids = list(students)
    similar = similar_ids(ids)
    pages = {page_path(each, similar) for each in attempts}
    return sorted({*(grades_path(id, similar) for id in ids), *pages})


def grades_path(student: str, similar: Collection[str]) -> str:
    """Return the path of the page with a student's grades, which is valid on any system.

    Args:
        similar: see `similar_ids`
    """
    return f"students/{path_part(student, similar)}.html"


def page_path(attempt: Attempt, similar: Collection[str]) -> str:
    """Return the path of an attempt's page from the output folder, which is valid on any system.

    Args:
        similar: see `similar_ids`
    """
    return f"students/{attempt.problem}/{path_part(attempt.student, similar)}.html"


def similar_ids(students: Iterable[str]) -> frozenset[str]:
    """Return the ids of a class of which another one differs only in case.

    Files that are named after them would be one file on Windows and macOS.
    """
    keys = {id: path_part(id, ()).casefold() for id in students}
    counts = Counter(keys.values())
    return frozenset(id for id, key in keys.items() if counts[key] > 1)


def path_part(student: str, similar: Collection[str]) -> str:
    """Return a student's id as a part of a path, different from that of any other id.

    Args:
        similar: see `similar_ids`
    """
    name = quote(student, safe=" ", errors="surrogateescape")
    if name.startswith("."):  # ".." is the folder above, and ".ann" would be hidden
        name = f"%2E{name[1:]}"
    if len(name) > _MAX_NAME or student in similar:
        name = f"{name[:_MAX_NAME]}-{sha256(name.encode()).hexdigest()[:12]}"
    return name

"""The gradebook as CSV for spreadsheets: a file with a row per student, and one per case.

A column that only some assignments need, for slip days or comments, is written only where there are
any.

Every text is quoted, as in RFC 4180, and no number is, whatever separator a program expects. A text
that a spreadsheet would read as a formula gets an apostrophe in front, which the spreadsheet does
not show. Open the files to write with newline="", because the
rows have line ends of their own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple, TextIO

from grader.model.gradebook import Gradebook, PartGrade, StudentGrades
from grader.model.judgement import points_number
from grader.reports.grades import EXCUSED, NOT_DUE, NOT_GRADED, is_not_due, row_comment
from grader.values.show import printable

_MAX_ABSENT = 5  # parts that a note names if nothing was submitted for them
# The last four are those of East Asian keyboards, which some spreadsheets read as the first four.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_Cell = str | int | float


class Dialect(NamedTuple):
    """How a program expects CSV: delimiter, decimal separator, and what the file begins with."""

    delimiter: str = ","
    decimal: str = "."
    mark: str = ""

    def writer(self, out: TextIO) -> _Writer:
        """Return a writer of rows to a file, which it begins."""
        out.write(self.mark)
        return _Writer(
            csv.writer(out, delimiter=self.delimiter, quoting=csv.QUOTE_NONNUMERIC), self
        )


STANDARD = Dialect()
# Excel takes a file without the mark for one in an old code page, and, where numbers have a decimal
# comma, takes semicolons between cells.
DIALECTS = {
    "standard": STANDARD,
    "excel": Dialect(mark="\ufeff"),
    "excel-semicolon": Dialect(";", ",", mark="\ufeff"),
}


class _Number(float):
    """A number that is written with a decimal comma, and not quoted, as it is not a text."""

    def __str__(self) -> str:
        return super().__repr__().replace(".", ",")


class _Writer(NamedTuple):
    rows: Any
    dialect: Dialect

    def writerow(self, cells: Iterable[_Cell]) -> None:
        if self.dialect.decimal == ",":
            cells = [_Number(each) if isinstance(each, float) else each for each in cells]
        self.rows.writerow(cells)


def write(gradebook: Gradebook, out: TextIO, dialect: Dialect = STANDARD) -> None:
    """Write a row per student: points, attempt, lateness and deduction per part, and the total."""
    rows = dialect.writer(out)
    header = ["id", "name"]
    for part in gradebook.assignment.parts:
        name = text_cell(part.problem)
        header += [name, f"{name}: attempt", f"{name}: minutes late", f"{name}: deduction"]
    slip_days = ["slip days", "slip days left"] if gradebook.assignment.slip_days else []
    comments = ["comment"] if any(map(row_comment, gradebook.rows)) else []
    rows.writerow([*header, "total", *slip_days, *comments, "notes"])
    for row in gradebook.rows:
        cells: list[_Cell] = [text_cell(row.student.id), text_cell(row.student.name)]
        for grade in row.parts:
            cells += _grade(grade)
        cells.append(EXCUSED if row.is_excused else _points(row.total))
        if slip_days:
            cells += [row.slip_days, row.slip_days_left or 0]
        if comments:
            cells.append(text_cell(_visible(row_comment(row))))
        rows.writerow([*cells, text_cell(_visible("; ".join(_notes(row))))])


def write_cases(gradebook: Gradebook, out: TextIO, dialect: Dialect = STANDARD) -> None:
    """Write a row per case of each attempt that counts, in points of the assignment.

    The points of a part's cases add up to the points of the part plus its deduction, unless the
    score was given by hand.
    """
    rows = dialect.writer(out)
    rows.writerow(["student", "problem", "case", "verdict", "points", "max"])
    for row in gradebook.rows:
        for grade in row.parts:
            for case in grade.cases:
                max_points = "" if case.max_points is None else _points(case.max_points)
                names = (row.student.id, grade.part.problem, case.name, case.verdict.value)
                rows.writerow([*map(text_cell, names), _points(case.points), max_points])


def _visible(text: str) -> str:
    """Return a text without control characters; names have none, but an exception's text may."""
    return printable(text, len(text))


def text_cell(text: str) -> str:
    """Return the text as a cell that is not read as a formula and can be encoded."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _notes(row: StudentGrades) -> list[str]:
    """Return the notes on a student's grades, in one note for many parts without an attempt."""
    absent = sum(grade.is_absent for grade in row.parts)
    parts = [grade for grade in row.parts if absent <= _MAX_ABSENT or not grade.is_absent]
    notes = [f"{grade.part.problem}: {note}" for grade in parts for note in grade.notes]
    if absent > _MAX_ABSENT:
        notes.append(f"nothing was submitted for {absent} of {len(row.parts)} problems")
    return notes


def _grade(grade: PartGrade) -> list[_Cell]:
    points = EXCUSED if grade.is_excused else _points(grade.points)
    if grade.attempt is None:
        return [NOT_DUE if is_not_due(grade) else points, "", "", ""]
    return [points, grade.attempt.number, grade.minutes_late, _points(grade.deduction)]


def _points(points: Fraction | None) -> int | float | str:
    return NOT_GRADED if points is None else points_number(points)

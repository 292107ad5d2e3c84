"""The total of a course as a gradebook with 100 points, for files of other systems."""

from __future__ import annotations

from fractions import Fraction

from grader.model.assignment import Assignment, Part
from grader.model.course import Delivery
from grader.model.gradebook import Gradebook, PartGrade, StudentGrades
from grader.model.term import TermBook, TermRow
from grader.reports.class_report.course import titles_of

MAX_POINTS = 100


def gradebook_of_totals(book: TermBook) -> Gradebook:
    """Return the totals of a course as those of one assignment with 100 points."""
    part = Part("course", Fraction(MAX_POINTS))
    titles = titles_of(book)
    rows = tuple(
        StudentGrades(row.student, (_total(part, row, book, titles),)) for row in book.rows
    )
    return Gradebook(Assignment(book.term.title, (part,)), rows)


def _total(part: Part, row: TermRow, book: TermBook, titles: list[str]) -> PartGrade:
    if row.share is not None:
        return PartGrade(part, raw=MAX_POINTS * row.share)
    unknown = [
        f"{title} is {grade.standing.value}"
        for title, grade in zip(titles, row.grades, strict=True)
        if grade.standing.is_unknown
    ]
    if not unknown and any(column.weight for column in book.columns):
        return PartGrade(part, is_excused=True)
    unknown = unknown or ["no assignment that counts is graded yet"]
    notes = (f"not graded: {', '.join(unknown)}",)
    return PartGrade(part, notes=notes, delivery=Delivery.UNCERTAIN)

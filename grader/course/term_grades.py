"""The grades of a course: the totals of its graded assignments, without those that are dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from grader.course.graded_assignment import (
    GradedRow,
    grades_path,
    grading_command,
    read_graded,
)
from grader.course.term_students import TermStudents
from grader.errors import UsageError
from grader.model.course import Student
from grader.model.term import (
    Standing,
    Term,
    TermAssignment,
    TermBook,
    TermColumn,
    TermGrade,
    TermRow,
)


def build_term_book(term: Term) -> TermBook:
    """Return the grades of a course, of the assignments that are graded so far.

    Raises:
        UsageError: if a later assignment is graded and an earlier one is not, if grades are out of
            date, or it is not clear who is who
    """
    found = [read_graded(each) for each in term.assignments]
    graded = [each for each in found if each is not None]
    pairs = zip(term.assignments, found, strict=True)
    missing = [assignment for assignment, grades in pairs if grades is None]
    if not graded:
        raise UsageError(f"no assignment of {term.path} is graded yet: {_where(missing[0])}")
    if None in found[: len(graded)]:
        gap = missing[0]
        raise UsageError(
            f"{gap.path} is not graded, but a later assignment is: {_where(gap)}. Grade it with"
            f" `{grading_command(gap)}`, or remove it from {term.path}"
        )
    people = TermStudents(term.slip_days)
    for each in graded:
        people.add(each)
    columns = tuple(
        TermColumn(
            each.title,
            each.max_points,
            each.max_points if each.of.weight is None else each.of.weight,
        )
        for each in graded
    )
    rows = [
        _term_row(
            student,
            [_grade(people.rows[number].get(at)) for at in range(len(graded))],
            columns,
            term,
            people.used[number],
        )
        for number, student in enumerate(people.students)
    ]
    notes = [
        f"{each.path} is not graded yet and does not count: {_where(each)}" for each in missing
    ]
    return TermBook(
        term,
        columns,
        tuple(sorted(rows, key=lambda row: row.student.id)),
        (*people.notes, *notes),
    )


def _where(missing: TermAssignment) -> str:
    return f"{grades_path(missing)} does not exist"


def _grade(row: GradedRow | None) -> TermGrade:
    if row is None:
        return TermGrade(Standing.ABSENT)
    if row.is_excused:
        return TermGrade(Standing.EXCUSED, slip_days=row.used)
    standing = Standing.NOT_GRADED if row.total is None else Standing.COUNTS
    return TermGrade(standing, row.total, row.used)


def _term_row(
    student: Student,
    grades: list[TermGrade],
    columns: Sequence[TermColumn],
    term: Term,
    used: int,
) -> TermRow:
    left = max(term.slip_days.total - used, 0) if term.slip_days is not None else None
    if any(grade.standing.is_unknown for grade in grades):
        return TermRow(student, tuple(grades), None, left)
    for number in find_lowest(grades, columns, term.drop_lowest):
        grades[number] = replace(grades[number], standing=Standing.DROPPED)
    return TermRow(student, tuple(grades), _share(grades, columns), left)


def find_lowest(
    grades: Sequence[TermGrade], columns: Sequence[TermColumn], count: int
) -> list[int]:
    """Return the numbers of the assignments that are dropped: those with the lowest shares.

    Of equal shares, that with the larger weight is dropped, in favour of the student, and then the
    earlier one. One that counts always remains. Those without weight, for practice, are no choice.
    """
    counted = [
        number
        for number, (grade, column) in enumerate(zip(grades, columns, strict=True))
        if grade.standing is Standing.COUNTS and column.weight
    ]
    shares = {number: _share_of(grades[number], columns[number]) for number in counted}
    counted.sort(key=lambda number: (shares[number], -columns[number].weight, number))
    return counted[: min(count, max(len(counted) - 1, 0))]


def _share_of(grade: TermGrade, column: TermColumn) -> Fraction:
    points = grade.points or Fraction(0)
    return points / column.max_points if column.max_points else Fraction(1)


def _share(grades: Sequence[TermGrade], columns: Sequence[TermColumn]) -> Fraction | None:
    """Return the mean of the shares that count, by weight; None if nothing counts."""
    pairs = [
        (column.weight, _share_of(grade, column))
        for grade, column in zip(grades, columns, strict=True)
        if grade.standing is Standing.COUNTS
    ]
    whole = sum((weight for weight, _ in pairs), Fraction(0))
    return sum((weight * share for weight, share in pairs), Fraction(0)) / whole if whole else None

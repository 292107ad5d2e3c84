"""What the assignments of a course have in common: slip days, and which of them count.

All that is read of an assignment is grades.json in the folder into which it was graded. It says
how many slip days each student had before and used, so that grades are recognised that were
computed before an earlier assignment changed: they are an error, and never used.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.course.output_folder import recorded_sources
from grader.errors import UsageError, shown_path
from grader.model.course import Assignment, SlipDays, Student
from grader.model.term import (
    Standing,
    Term,
    TermAssignment,
    TermBook,
    TermColumn,
    TermGrade,
    TermRow,
)
from grader.reports.class_report.json import FORMAT
from grader.submissions.people import People, PersonRef, describe_student
from grader.values.show import plural

GRADES = "grades.json"


@dataclass(frozen=True)
class _Row:
    """A student in a graded assignment.

    Attributes:
        total: None if not graded, or excused
        left: slip days after this assignment
    """

    student: Student
    total: Fraction | None
    is_excused: bool
    used: int = 0
    left: int = 0


@dataclass(frozen=True)
class _Graded:
    """A graded assignment.

    Attributes:
        slip_days: of the course, when it was graded; without those that students used
    """

    of: TermAssignment
    title: str
    max_points: Fraction
    rows: tuple[_Row, ...]
    slip_days: SlipDays | None = None


# Slip days ---------------------------------------------------------------------------------------


def slip_days_for(
    assignment: Assignment, path: str, term: Term, students: Sequence[Student]
) -> SlipDays | None:
    """Return the slip days of a course with those that students used in earlier assignments.

    Args:
        path: of the assignment's file

    Raises:
        UsageError: if an earlier assignment is not graded, or its grades are out of date, or it is
            not clear who used how many
    """
    number = _number_of(path, assignment, term)
    if term.slip_days is None:
        return None
    people = _Class()
    for each in term.assignments[:number]:
        graded = _read(each)
        if graded is None:
            raise UsageError(
                f"{each.path} is not graded yet: {Path(each.graded) / GRADES} does not exist. Slip"
                " days are used in the order of the assignments; grade it first, with"
                f" `{_command(each)}`"
            )
        _add(people, graded, term)
    numbers = people.find(students, path)
    used = {
        student.id: people.used[at]
        for student, at in zip(students, numbers, strict=True)
        if at is not None and people.used[at]
    }
    return replace(term.slip_days, used=used)


def _number_of(path: str, assignment: Assignment, term: Term) -> int:
    here = os.path.realpath(path)
    for number, each in enumerate(term.assignments):
        if os.path.realpath(each.path) == here:
            return number
    at = assignment.places.get(("course", ""), path)
    raise UsageError(f"{at}: {term.path} does not list {path}; add it there, in its order")


def describe_other_folder(path: str, term: Term, out: str) -> list[str]:
    """Return a note if an assignment is graded into another folder than the course says."""
    for each in term.assignments:
        is_it = os.path.realpath(each.path) == os.path.realpath(path)
        if is_it and os.path.realpath(each.graded) != os.path.realpath(out):
            return [
                f"{term.path} has {each.graded} as the folder of this assignment: the course does"
                f" not see the grades in {out}"
            ]
    return []


def describe_stale(path: str, term: Term) -> list[str]:
    """Return a note for each later assignment whose grades are out of date, in their order.

    Args:
        path: of the file of an assignment that was graded just now
    """
    people = _Class()
    found: list[str] = []
    is_later = False
    for each in term.assignments:
        try:
            graded = _read(each)
            stale = people.add(graded, term.slip_days) if graded is not None else ""
        except UsageError:
            break  # who is who is not clear, which the next command for this assignment says
        if is_later and stale:
            found.append(stale)
        is_later = is_later or os.path.realpath(each.path) == os.path.realpath(path)
    return found


# The total ---------------------------------------------------------------------------------------


def build_term_book(term: Term) -> TermBook:
    """Return the grades of a course, of the assignments that are graded so far.

    Raises:
        UsageError: if a later assignment is graded and an earlier one is not, if grades are out of
            date, or it is not clear who is who
    """
    found = [_read(each) for each in term.assignments]
    graded = [each for each in found if each is not None]
    missing = [each for each, it in zip(term.assignments, found, strict=True) if it is None]
    if not graded:
        raise UsageError(f"no assignment of {term.path} is graded yet: {_where(missing[0])}")
    if None in found[: len(graded)]:
        gap = missing[0]
        raise UsageError(
            f"{gap.path} is not graded, but a later assignment is: {_where(gap)}. Grade it with"
            f" `{_command(gap)}`, or remove it from {term.path}"
        )
    people = _Class()
    for each in graded:
        _add(people, each, term)
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
        term, columns, tuple(sorted(rows, key=lambda row: row.student.id)), tuple(notes)
    )


def _where(missing: TermAssignment) -> str:
    return f"{Path(missing.graded) / GRADES} does not exist"


def _grade(row: _Row | None) -> TermGrade:
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
    unknown = {Standing.NOT_GRADED, Standing.ABSENT}
    if any(grade.standing in unknown for grade in grades):
        return TermRow(student, tuple(grades), None, left)
    for number in lowest(grades, columns, term.drop_lowest):
        grades[number] = replace(grades[number], standing=Standing.DROPPED)
    return TermRow(student, tuple(grades), _share(grades, columns), left)


def lowest(grades: Sequence[TermGrade], columns: Sequence[TermColumn], count: int) -> list[int]:
    """Return the numbers of the assignments that are dropped: those with the lowest shares.

    Of equal shares, that with the larger weight is dropped, in favour of the student, and then the
    earlier one. One that counts always remains.
    """
    counted = [number for number, each in enumerate(grades) if each.standing is Standing.COUNTS]
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


# Students ----------------------------------------------------------------------------------------


class _Class:
    """The students of several gradebooks, each once, and their slip days.

    Attributes:
        used: slip days of each student so far
        rows: of each student, by the number of the assignment
    """

    def __init__(self) -> None:
        self.students: list[Student] = []
        self.used: list[int] = []
        self.rows: list[dict[int, _Row]] = []
        self._added = 0

    def add(self, graded: _Graded, slip_days: SlipDays | None) -> str:
        """Add the next assignment; return why its grades are out of date, empty if they are not.

        Raises:
            UsageError: if it is not clear who is who
        """
        where = str(Path(graded.of.graded) / GRADES)
        stale = ""
        if graded.slip_days != slip_days:
            advice = "" if graded.slip_days else f"add the key `course` to {graded.of.path} and "
            stale = (
                f"{where} was graded with {_described(graded.slip_days)}, and the course has"
                f" {_described(slip_days)}; {advice}{_again(graded.of)}"
            )
        numbers = self.find([row.student for row in graded.rows], where)
        for row, found in zip(graded.rows, numbers, strict=True):
            if found is None:
                found = len(self.students)
                self.students.append(row.student)
                self.used.append(0)
                self.rows.append({})
            else:
                self.students[found] = _merged(self.students[found], row.student)
            if slip_days is not None:
                stale = stale or _why_stale(row, self.used[found], slip_days, graded)
            self.used[found] += row.used
            self.rows[found][self._added] = row
        self._added += 1
        return stale

    def find(self, students: Sequence[Student], where: str) -> list[int | None]:
        """Return the number of each student, None if this is somebody new.

        Raises:
            UsageError: if it is not certain who it is
        """
        refs = [PersonRef(each.id, (each.id, *each.ids), each.name) for each in students]
        index = {student.id: number for number, student in enumerate(self.students)}
        found: list[int | None] = []
        for student, match in zip(students, People(self.students).pair(refs), strict=True):
            if match.candidates and match.student is None:
                raise UsageError(
                    f"{where}: {describe_student(student)} may be {match} of an earlier assignment;"
                    " make ids and names agree in the rosters, and grade again"
                )
            found.append(index[match.student.id] if match.student is not None else None)
        return found


def _add(people: _Class, graded: _Graded, term: Term) -> None:
    """Add the next assignment.

    Raises:
        UsageError: if it is not clear who is who, or the grades are out of date
    """
    if stale := people.add(graded, term.slip_days):
        raise UsageError(stale)


def _why_stale(row: _Row, used: int, slip_days: SlipDays, graded: _Graded) -> str:
    before = slip_days.total - row.used - row.left
    if before == min(used, slip_days.total):
        return ""
    return (
        f"{Path(graded.of.graded) / GRADES} is out of date: it counts"
        f" {plural(before, 'slip day')} of {describe_student(row.student)} in earlier"
        f" assignments, which is now {used}; {_again(graded.of)}: nothing is judged again"
    )


def _again(of: TermAssignment) -> str:
    return f"run `{_command(of)}` again, with its other options"


def _command(of: TermAssignment) -> str:
    """Return the command that grades an assignment, with its submissions if they are known."""
    try:
        sources = recorded_sources(Path(of.graded))
    except UsageError:
        sources = ()
    submissions = shlex.quote(shown_path(sources[0].path)) if len(sources) == 1 else "…"
    paths = (shlex.quote(shown_path(each)) for each in (of.path, of.graded))
    return "grader batch {} {submissions} --out {}".format(*paths, submissions=submissions)


def _described(slip_days: SlipDays | None) -> str:
    if slip_days is None:
        return "no slip days"
    most = f", at most {slip_days.most} at a time" if slip_days.most is not None else ""
    return plural(slip_days.total, "slip day") + most


def _merged(first: Student, second: Student) -> Student:
    ids = dict.fromkeys([*first.ids, second.id, *second.ids])
    ids.pop(first.id, None)
    return Student(first.id, first.name or second.name, tuple(ids))


# Reading -----------------------------------------------------------------------------------------


def _read(of: TermAssignment) -> _Graded | None:
    """Return a graded assignment; None if it is not graded.

    Raises:
        UsageError: if its grades cannot be read
    """
    path = Path(of.graded) / GRADES
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    again = _again(of)
    try:
        if content["format"] != FORMAT:
            raise UsageError(f"{path} was written by another version of the grader; {again}")
        return _Graded(
            of,
            str(content["title"]),
            Fraction(content["max_points_exact"]),
            tuple(map(_row, content["students"])),
            SlipDays(**content["slip_days"]) if "slip_days" in content else None,
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        raise UsageError(f"{path} is not a gradebook of the grader; {again}") from None


def _row(student: Mapping[str, Any]) -> _Row:
    total = student["total_exact"]
    slip_days = student.get("slip_days", {})
    return _Row(
        Student(str(student["id"]), str(student["name"]), tuple(map(str, student["ids"]))),
        None if total is None else Fraction(total),
        bool(student["excused"]),
        int(slip_days.get("used", 0)),
        int(slip_days.get("left", 0)),
    )

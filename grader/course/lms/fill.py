"""Fills in a downloaded gradebook, one column and comments: what the systems have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from grader.course.lms.csv_table import Table
from grader.errors import UsageError, did_you_mean
from grader.model.assignment import MissingWork
from grader.model.course import Delivery, Student
from grader.model.gradebook import Gradebook, StudentGrades
from grader.model.judgement import points_number
from grader.reports.class_report.csv import FORMULA_STARTS
from grader.reports.grades import row_comment
from grader.submissions.people import Found, People, PersonRef, describe_student
from grader.values.dataclasses import dataclass
from grader.values.show import plural, printable

_MAX_COMMENT = 80  # characters of a comment that is replaced


@dataclass(frozen=True)
class Filled:
    """A file that was filled in, and what an instructor must know about it.

    Attributes:
        filled: number of cells that were filled in
        unmatched: students who are not in the file, and rows that are not in the gradebook
        ambiguous: rows that may be several students, or students who may be several rows
        skipped: rows of known students whose cell was left as it was
        changed: rows whose cell had another number
        notes: other remarks
    """

    text: str
    filled: int = 0
    unmatched: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """All that an instructor must know."""
        return (*self.unmatched, *self.ambiguous, *self.skipped, *self.changed, *self.notes)


@dataclass(frozen=True)
class Target:
    """What to write into a file, and where.

    Attributes:
        column: of the points
        problem: whose points are meant; empty for the total
        separator: the decimal separator
        excused: what is written for students who are excused; empty to leave their cells
        comments: the column for comments; None if the file has none
        markup: returns a comment as the system stores it
    """

    column: int
    problem: str = ""
    separator: str = "."
    excused: str = ""
    comments: int | None = None
    markup: Callable[[str], str] = str


def fill_column(
    table: Table,
    target: Target,
    people: Mapping[int, PersonRef],
    gradebook: Gradebook,
    reason_to_keep: Callable[[int], str],
    notes: Sequence[str] = (),
    submission: Callable[[int], str] = lambda row: "",
) -> Filled:
    """Fill in the points of a problem or the total, and the instructor's comments.

    Args:
        people: who is in each row
        reason_to_keep: why the cells of a row must stay as they are; empty if they need not
        submission: what a row says about something that was submitted; empty if nothing

    Raises:
        UsageError: if the assignment has no such problem, or the file is not valid CSV
    """
    table.check_quotes()
    problem, column = target.problem, target.column
    known = [part.problem for part in gradebook.assignment.parts]
    if problem and problem not in known:
        raise UsageError(f"the assignment has no problem {problem!r}{did_you_mean(problem, known)}")
    grades = {row.student: row for row in gradebook.rows}
    students = People(grades)
    pairs = dict(zip(people, students.pair(list(people.values())), strict=True))
    filled = above = 0
    skipped: list[str] = []
    changed: list[str] = []
    left_out = 0
    for row, found in pairs.items():
        if found.student is None:
            continue
        name = describe_student(found.student)
        grade = grades[found.student]
        points = grade.points(problem)
        kept = reason_to_keep(row)
        if comment := _comment(grade, problem) if not kept else "":
            if target.comments is None:
                left_out += 1
            else:
                changed += _put_comment(table, row, target, comment, name)
        reason = (
            kept
            or _why_not_graded(grade, problem, points)
            or _contradiction(grade, gradebook.assignment.missing, submission(row))
        )
        before = table.cell(row, column).strip()
        # Another section may take another exam, whose grades are in the same column.
        is_elsewhere = found.student.id in gradebook.assignment.in_other_sections
        if target.excused and not (kept or is_elsewhere) and _is_excused(grade, problem):
            if before not in ("", "-", target.excused):
                changed.append(f"{table.label(row)}: {name} had {before}, now {target.excused}")
            table.put(row, column, target.excused)
            filled += 1
        elif points is None or reason:
            skipped.append(f"{table.label(row)}: {name} is {reason}")
        else:
            number = f"{points_number(points):.2f}".replace(".", target.separator)
            if before not in ("", "-") and not _is_equal(before, number):
                changed.append(f"{table.label(row)}: {name} had {before}, now {number}")
            table.put(row, column, number)
            filled += 1
            above += points > gradebook.max_points(problem)
    if above:
        maximum = points_number(gradebook.max_points(problem))
        verb = "has" if above == 1 else "have"
        text = f"{plural(above, 'student')} {verb} more than the maximum of {maximum} points"
        notes = [*notes, f"{text}; check that the system keeps them"]
    if left_out:
        count = plural(left_out, "comment")
        verb = "is" if left_out == 1 else "are"
        notes = [*notes, f"the file has no column for comments: {count} {verb} only in pages"]
    return Filled(
        table.text,
        filled,
        unmatched=(*_unknown_rows(table, pairs), *_absent(students.students, pairs.values())),
        ambiguous=tuple(
            f"{table.label(row)} may be {found}, or somebody else{found.why and f': {found.why}'}"
            for row, found in pairs.items()
            if found.candidates and found.student is None
        ),
        skipped=tuple(skipped),
        changed=tuple(changed),
        notes=tuple(notes),
    )


def _comment(grades: StudentGrades, problem: str) -> str:
    """Return what the instructor wrote for a student, on a problem or on everything."""
    if not problem:
        return row_comment(grades)
    return next(part.comment for part in grades.parts if part.part.problem == problem)


def _put_comment(table: Table, row: int, target: Target, comment: str, name: str) -> Iterator[str]:
    """Write a comment, and yield a sentence if it takes the place of another one."""
    assert target.comments is not None
    text = target.markup(comment)
    before = table.cell(row, target.comments).strip()
    if before and before != text:
        shown = printable(before, _MAX_COMMENT)
        yield f"{table.label(row)}: {name} had the comment {shown!r}, which is replaced"
    table.put(row, target.comments, text)


def _is_equal(before: str, number: str) -> bool:
    """Return whether a cell has the number already, perhaps with fewer digits."""
    try:
        return float(before.replace(",", ".")) == float(number.replace(",", "."))
    except ValueError:  # 1,234.5, a letter, a percentage
        return False


def _is_excused(grades: StudentGrades, problem: str) -> bool:
    if not problem:
        return grades.is_excused
    return all(part.is_excused for part in grades.parts if part.part.problem == problem)


def _why_not_graded(grades: StudentGrades, problem: str, points: Fraction | None) -> str:
    if points is not None:
        return ""
    if _is_excused(grades, problem):
        return "excused"
    notes = [
        note
        for part in grades.parts
        if part.points is None and problem in ("", part.part.problem)
        for note in part.notes[:1]
        if part.delivery is not Delivery.READ
    ]
    return next(iter(notes), "not graded")


def _contradiction(grades: StudentGrades, missing: MissingWork, submission: str) -> str:
    """Return why a zero for nothing is not certain: the file says that something was submitted."""
    is_zero_for_nothing = all(part.is_absent for part in grades.parts)
    if not (submission and is_zero_for_nothing) or missing is MissingWork.ZERO:
        return ""
    shown = printable(submission, _MAX_COMMENT)
    return f"not filled in: nothing was found, but the file says {shown!r}"


def _unknown_rows(table: Table, pairs: Mapping[int, Found]) -> list[str]:
    return [
        f"{table.label(row)} is not in the gradebook"
        for row, found in pairs.items()
        if not found.candidates
    ]


def _absent(students: Iterable[Student], found: Iterable[Found]) -> list[str]:
    """Return a sentence for each student who may not be in any row."""
    present = {student for each in found for student in each.candidates}
    return [
        f"{describe_student(student)} is not in the file"
        for student in students
        if student not in present
    ]


def person(ids: Iterable[str], name: str) -> PersonRef:
    """Return the person in a row, some of whose cells may be empty.

    Args:
        ids: from the same columns in each row
    """
    if name[:1] == "'" and name[1:].startswith(FORMULA_STARTS):
        name = name[1:]  # the apostrophe keeps a spreadsheet from reading a formula
    known = {str(column): id.strip() for column, id in enumerate(ids) if id.strip()}
    found = tuple(known.values())
    return PersonRef(next(iter(found), name), found, name.strip(), kinds=tuple(known))


def compare_maximum(cell: str, max_points: Fraction) -> list[str]:
    """Return a note if the file has another maximum than the gradebook."""
    try:
        same = float(cell.strip().replace(",", ".")) == points_number(max_points)
    except ValueError:
        return []
    if same:
        return []
    return [
        f"the maximum is {cell.strip()} in the file and {points_number(max_points)} in the"
        " gradebook; points are not scaled"
    ]

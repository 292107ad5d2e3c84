"""A gradebook of Moodle, as downloaded, with one column filled in.

It may be the grading worksheet of an assignment ("Download grading worksheet") or an export of the
gradebook. Moodle rejects a file with a student it does not know, so no row is added. As for Canvas,
all other bytes stay as they are, except for comments of the instructor in the column for comments.

An id of a student with the digits of a participant's number may be from another system. It counts
if the roster or a file name in Moodle's download has it as that number, if `id_column` is the
column with these numbers, or if there are names too, which would show a contradiction.

Headers are in the language of the site. Those of a worksheet are recognised by
`submissions.worksheet`; those of another export are given by `column` and `id_column`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from grader.course.lms.csv_table import Table, first_row
from grader.course.lms.fill import Filled, Target, compare_maximum, fill_column, person
from grader.errors import UsageError
from grader.model.course import Student
from grader.model.gradebook import Gradebook
from grader.submissions.people import People, PersonRef, describe_student
from grader.submissions.worksheet import extension_in, find_columns, participant_number
from grader.values.show import listed

DEFAULT_COLUMN = "Grade"
_MAX_LISTED = 10
_IDS = ("ID number", "Username", "Email address")
_NAMES = ("Full name", "First name", "Last name", "Surname")
_NO = ("no", "nein", "non", "não", "nee", "nie", "いいえ", "否")
# An export of the gradebook has "Assignment: H (Real)" and "Assignment: H (Feedback)".
_COMMENTS = ("Feedback", "Retroalimentación", "フィードバック", "反馈", "Informacja zwrotna")
_WITH_COMMA = re.compile(r"-?\d{1,9},\d{1,9}(?: ?%)?")
_WITH_POINT = re.compile(r"-?\d{1,9}\.\d{1,9}(?: ?%)?")


def fill(
    downloaded: str,
    gradebook: Gradebook,
    column: str = DEFAULT_COLUMN,
    problem: str = "",
    id_column: str = "",
) -> Filled:
    """Return the downloaded file with the points of a problem, or the total, in a column.

    Args:
        column: title of the column; "Grade" is also that column of a worksheet in another language
        id_column: title of the column with the students' ids, if not of those in English

    Raises:
        UsageError: if the file is not such a worksheet, or a column does not exist
    """
    students = [row.student for row in gradebook.rows]
    read = _read(downloaded, students, gradebook.participants, id_column)
    table, header, worksheet = read.table, read.header, read.worksheet
    if column == DEFAULT_COLUMN and column not in header and "grade" in worksheet:
        column = header[worksheet["grade"]]
    at = table.column(column)

    def reason_to_keep(row: int) -> str:
        return "locked in Moodle" if read.cell(row, "can change").casefold() in _NO else ""

    maxima = {read.cell(row, "maximum") for row in read.people}
    _check_points(read, at, maxima)
    notes = [
        note
        for each in sorted(maxima)
        for note in compare_maximum(each, gradebook.max_points(problem))
    ]
    notes += _describe_extensions(read, gradebook)
    notes += _describe_uncounted(read, students)
    separator = _decimal_separator(read, at, maxima)
    target = Target(at, problem, separator, comments=_comments(header, at, worksheet), markup=_html)

    def submission(row: int) -> str:
        return read.cell(row, "submitted").strip("-")

    return fill_column(
        table, target, read.people, gradebook, reason_to_keep, notes, submission=submission
    )


def _describe_extensions(read: _Read, gradebook: Gradebook) -> list[str]:
    """Return a note on the extensions in a worksheet that the gradebook does not have."""
    assignment = gradebook.assignment
    extended = {row for row in read.people if extension_in(read.cell(row, "status"))}
    if not (extended and assignment.dues):
        return []
    found = People(each.student for each in gradebook.rows).pair(list(read.people.values()))
    names = [
        describe_student(each.student)
        for row, each in zip(read.people, found, strict=True)
        if row in extended
        and each.student is not None
        and each.student.id not in assignment.extensions
    ]
    if not names:
        return []
    return [
        f"extensions in the file that do not count: {listed(names, _MAX_LISTED)}; add them to"
        " `extensions` of the assignment, or pass the file with --roster too"
    ]


def _check_points(read: _Read, column: int, maxima: Iterable[str]) -> None:
    """Check that a column has points.

    Raises:
        UsageError: if it has percentages, or a scale
    """
    percentages = [row for row in read.people if read.table.cell(row, column).strip().endswith("%")]
    if percentages:
        raise UsageError(
            f"the column {read.header[column]!r} has percentages, such as"
            f" {read.table.cell(percentages[0], column).strip()!r} in row {percentages[0] + 1};"
            " export real grades"
        )
    scales = [each for each in sorted(maxima) if each and not re.search(r"\d|^-$", each)]
    if scales:
        raise UsageError(
            f"the maximum is {scales[0]!r} in the file: expected a number; let Moodle grade the"
            " assignment by points, not by a scale, and download the worksheet again"
        )


def _decimal_separator(read: _Read, column: int, maxima: Iterable[str]) -> str:
    """Return the decimal separator of the site's language, the only one that Moodle accepts.

    The maximum and the grades in the column show it. Before the first grade, an export of the
    gradebook shows it in other columns; if none does, it is a point.
    """

    def cells_of(at: int) -> set[str]:
        return {read.table.cell(row, at).strip() for row in read.people} - {"", "-"}

    own = {*maxima, *cells_of(column)}
    if any(map(_WITH_COMMA.fullmatch, own)):
        return ","
    others = [cells_of(at) for at in range(len(read.header))]
    if any(_WITH_POINT.fullmatch(cell) for cells in (own, *others) for cell in cells):
        return "."
    # Not any cell with a comma: in "1,2", the numbers of two groups, it separates no decimals.
    is_shown = any(cells and all(map(_WITH_COMMA.fullmatch, cells)) for cells in others)
    return "," if is_shown else "."


class Participant(NamedTuple):
    """A student as a worksheet names them; the number is that of the assignment alone."""

    number: str
    name: str


def participants(
    downloaded: str,
    students: Iterable[Student],
    known: Collection[str] = (),
    id_column: str = "",
) -> dict[str, Participant]:
    """Return the participants who certainly are students, by the students' ids.

    Args:
        known: ids of students that are known to be numbers of participants

    Raises:
        UsageError: if the file is not a grading worksheet
    """
    students = list(students)
    read = _read(downloaded, students, known, id_column)
    if not read.worksheet:
        raise UsageError(
            "not a grading worksheet, which alone has the numbers of participants; download it with"
            " Download grading worksheet in the assignment"
        )
    found = People(students).pair(list(read.people.values()))
    return {
        each.student.id: Participant(read.number(row), read.people[row].name)
        for row, each in zip(read.people, found, strict=True)
        if each.student is not None
    }


class _Read(NamedTuple):
    """A file of Moodle.

    Attributes:
        worksheet: where the columns of a worksheet are, by their kinds; empty in another file
        people: who is in each row
        uncounted: the numbers of participants that do not count as ids, by their rows
    """

    table: Table
    header: list[str]
    worksheet: Mapping[str, int]
    people: dict[int, PersonRef]
    uncounted: dict[int, str]

    def cell(self, row: int, kind: str) -> str:
        """Return a cell of a worksheet."""
        at = self.worksheet.get(kind)
        return "" if at is None else self.table.cell(row, at).strip()

    def number(self, row: int) -> str:
        """Return the number of a participant."""
        return participant_number(self.cell(row, "identifier"))[1]


def _read(
    text: str, students: Iterable[Student], numbers: Collection[str], id_column: str
) -> _Read:
    """Read a file.

    Args:
        numbers: ids of students that are known to be numbers of participants
    """
    known = (id_column,) if id_column else (*_IDS, *_NAMES)
    for delimiter in ",;\t":
        table = Table(text, delimiter)
        header = table.header
        worksheet = find_columns(header, [table.cells(row) for row in range(1, len(table.rows))])
        if len(header) > 1 and (worksheet or any(name in header for name in known)):
            break
    else:
        raise UsageError(
            f"not a grading worksheet of Moodle: expected one of the columns {', '.join(known)},"
            f" {first_row(text)}"
        )
    ids = [table.column(id_column)] if id_column else [header.index(i) for i in _IDS if i in header]
    is_number = bool(id_column) and ids[0] == worksheet.get("identifier")
    ids += [worksheet[kind] for kind in ("identifier", "email") if kind in worksheet]
    names = [header.index(name) for name in _NAMES if name in header]
    names = names or [worksheet[kind] for kind in ("name",) if kind in worksheet]
    nameless = {
        id
        for student in students
        if student.name in ("", student.id)
        for id in (student.id, *student.ids)
    }
    read = _Read(table, header, worksheet, {}, {})
    for row in range(1, len(table.rows)):
        if "".join(table.cells(row)).strip():
            # Of "Participant 17", the number is what names of folders contain.
            number = read.number(row)
            name = " ".join(filter(None, (table.cell(row, each).strip() for each in names)))
            has_names = bool(name) and number not in nameless
            counts = is_number or number in numbers or has_names
            known_ids = [*(table.cell(row, each) for each in ids), number if counts else ""]
            read.people[row] = person(known_ids, name)
            if number and not counts:
                read.uncounted[row] = number
    return read


def _describe_uncounted(read: _Read, students: Iterable[Student]) -> list[str]:
    """Return a note if students have ids like the numbers of participants that do not count."""
    ids = {id for student in students for id in (student.id, *student.ids)}
    numbers = [number for number in read.uncounted.values() if number in ids]
    if not numbers:
        return []
    return [
        f"students have ids such as {numbers[0]!r}, but it is not known that these are the numbers"
        f" of participants; if they are, add --id-column {read.header[0]!r}"
    ]


def _comments(header: Sequence[str], at: int, worksheet: Mapping[str, int]) -> int | None:
    """Return the column for comments on the grades in a column."""
    if "comments" in worksheet:
        return worksheet["comments"]
    title = header[at].rpartition(" (")[0] or header[at]
    found = [header.index(each) for word in _COMMENTS if (each := f"{title} ({word})") in header]
    return found[0] if len(found) == 1 else None


def _html(text: str) -> str:
    """Return a comment as Moodle stores it."""
    return "<br>".join(escape(text, quote=False).splitlines())

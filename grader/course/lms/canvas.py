"""The gradebook of Canvas, as downloaded, with one column filled in.

All other bytes stay as they are: other cells, quotes, delimiter, line ends, byte order mark. The
file is its own roster. A student is found in it by `ID`, `SIS User ID` and `SIS Login ID`, or else
by name; see `submissions.people`. A cell whose student is uncertain, or whose grade is missing,
stays as it is too and is reported.

Read and write the text with newline="", which keeps line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.course.lms.csv_table import Table, first_row
from grader.course.lms.fill import Filled, Target, compare_maximum, fill_column, person
from grader.errors import UsageError, did_you_mean
from grader.model.course import Student
from grader.model.gradebook import Gradebook
from grader.submissions.people import People, PersonRef

_IDS = ("ID", "SIS User ID", "SIS Login ID")
# Canvas computes such columns, and leaves out all whose titles contain these words.
_SUMS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_EXCUSED = "EX"
_NOT_A_STUDENT = r"|Muted|Manual Posting.*"  # every cell of such a row
_TITLE = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)


def fill(
    downloaded: str, gradebook: Gradebook, column: str, problem: str = "", id_column: str = ""
) -> Filled:
    """Return the downloaded file with the points of a problem, or the total, in a column.

    Args:
        column: title of the column, with or without the number in parentheses
        id_column: title of the column with the students' ids; by default all that Canvas has

    Raises:
        UsageError: if the file is not such a gradebook, or the column cannot be filled in
    """
    table = _table(downloaded)
    header = table.header
    at = _column(header, column)
    notes: list[str] = []
    for row in range(1, len(table.rows)):
        if _has_maxima(table, row):
            if "(read only)" in table.cell(row, at):
                raise UsageError(f"the column {header[at]!r} is read-only in Canvas")
            notes += compare_maximum(table.cell(row, at), gradebook.max_points(problem))
    people = _people(table, id_column)

    def reason_to_keep(row: int) -> str:
        return "excused" if table.cell(row, at).strip().upper() == _EXCUSED else ""

    target = Target(at, problem, excused=_EXCUSED)
    return fill_column(table, target, people, gradebook, reason_to_keep, notes)


def user_numbers(
    downloaded: str, students: Iterable[Student], id_column: str = ""
) -> dict[str, str]:
    """Return the numbers in Canvas of those who certainly are students, by the students' ids.

    Raises:
        UsageError: if the file is not such a gradebook
    """
    table = _table(downloaded)
    people = _people(table, id_column)
    found = People(students).pair(list(people.values()))
    at = table.header.index("ID")
    return {
        each.student.id: table.cell(row, at).strip()
        for row, each in zip(people, found, strict=True)
        if each.student is not None
    }


def _people(table: Table, id_column: str) -> dict[int, PersonRef]:
    """Return who is in each row."""
    header = table.header
    known = [header.index(name) for name in _IDS if name in header]
    ids = [table.column(id_column)] if id_column else known
    return {
        row: person([table.cell(row, each) for each in ids], _name(table, row, header))
        for row in range(1, len(table.rows))
        if not _has_maxima(table, row)
        and not all(re.fullmatch(_NOT_A_STUDENT, cell.strip()) for cell in table.cells(row))
    }


def _has_maxima(table: Table, row: int) -> bool:
    return "Points Possible" in table.cell(row, 0)


def _table(text: str) -> Table:
    for delimiter in ",;\t":
        table = Table(text, delimiter)
        header = table.header
        if "ID" in header and ("Student" in header[0] or header[:2] == ["LastName", "FirstName"]):
            return table
    raise UsageError(
        f"not a gradebook of Canvas: expected a first row that begins with Student and ID,"
        f" {first_row(text)}; download it with Export in the Gradebook of the course"
    )


def _column(header: Sequence[str], column: str) -> int:
    titles = [match[1] if (match := _TITLE.fullmatch(name)) else name for name in header]
    section = header.index("Section") if "Section" in header else header.index("ID")
    columns = range(section + 1, len(header))
    found = [i for i in columns if header[i] == column] or [
        i for i in columns if titles[i] == column
    ]
    if len(found) > 1:
        names = ", ".join(repr(header[i]) for i in found)
        raise UsageError(f"several columns are named {column!r} ({names}); use a full title")
    if not found:
        known = did_you_mean(column, [header[i] for i in columns if not _SUMS.search(header[i])])
        raise UsageError(f"the file has no column {column!r}{known}")
    if (words := _SUMS.search(header[found[0]])) is None:
        return found[0]
    if _TITLE.fullmatch(header[found[0]]):  # it has a number, and so it is an assignment's
        raise UsageError(
            f"Canvas leaves out columns whose titles contain {words[0]!r}, such as"
            f" {header[found[0]]!r}; rename the assignment there, and export again"
        )
    raise UsageError(f"Canvas computes the column {column!r}; name an assignment's column")


def _name(table: Table, row: int, header: Sequence[str]) -> str:
    if header[0] == "LastName":
        return f"{table.cell(row, 0)}, {table.cell(row, 1)}"
    return table.cell(row, 0)

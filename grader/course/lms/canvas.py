"""The gradebook of Canvas, as downloaded, with one column filled in.

All other bytes stay as they are: other cells, quotes, delimiter, line ends, byte order mark. The
file is its own roster. A student is found in it by `ID`, `SIS User ID` and `SIS Login ID`, or else
by name; see `submissions.people`. A cell whose student is uncertain, or whose grade is missing,
stays as it is too and is reported.

Read and write the text with newline="", which keeps line ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course.lms.csv_table import Table
from grader.course.lms.fill import Filled, compare_maximum, fill_column, person
from grader.errors import UsageError, did_you_mean
from grader.model.course import Gradebook
from grader.submissions.people import PersonRef

_IDS = ("ID", "SIS User ID", "SIS Login ID")
_SUMS = re.compile(r"(Current|Final|Override) (Score|Points|Grade)")  # computed by Canvas
_EXCUSED = "EX"
_NOT_A_STUDENT = r"|Muted|Manual Posting.*"  # every cell of such a row
_TITLE = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)


def fill(downloaded: str, gradebook: Gradebook, column: str, problem: str = "") -> Filled:
    """Return the downloaded file with the points of a problem, or the total, in a column.

    Args:
        column: title of the column, with or without the number in parentheses

    Raises:
        UsageError: if the file is not such a gradebook, or the column cannot be filled in
    """
    table = _table(downloaded)
    header = [cell.strip() for cell in table.cells(0)]
    at = _column(header, column)
    notes: list[str] = []
    people: dict[int, PersonRef] = {}
    for row in range(1, len(table.rows)):
        if "Points Possible" in table.cell(row, 0):
            if "(read only)" in table.cell(row, at):
                raise UsageError(f"the column {header[at]!r} is read-only in Canvas")
            notes += compare_maximum(table.cell(row, at), gradebook.max_points(problem))
        elif not all(re.fullmatch(_NOT_A_STUDENT, cell.strip()) for cell in table.cells(row)):
            ids = [table.cell(row, header.index(name)) for name in _IDS if name in header]
            people[row] = person(ids, _name(table, row, header))

    def reason_to_keep(row: int) -> str:
        return "excused" if table.cell(row, at).strip().upper() == _EXCUSED else ""

    return fill_column(
        table, at, people, gradebook, problem, reason_to_keep, excused=_EXCUSED, notes=notes
    )


def _table(text: str) -> Table:
    for delimiter in ",;\t":
        table = Table(text, delimiter)
        header = [cell.strip() for cell in table.cells(0)]
        if "ID" in header and ("Student" in header[0] or header[:2] == ["LastName", "FirstName"]):
            return table
    raise UsageError(
        "not a gradebook of Canvas: its first row should begin with Student and ID; download it"
        " with Export in the Gradebook of the course"
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
    if _SUMS.search(header[found[0]]):
        raise UsageError(f"Canvas computes the column {column!r}; name an assignment's column")
    return found[0]


def _name(table: Table, row: int, header: Sequence[str]) -> str:
    if header[0] == "LastName":
        return f"{table.cell(row, 0)}, {table.cell(row, 1)}"
    return table.cell(row, 0)

"""The gradebook file of Canvas: the one the instructor downloaded, with one column filled in.

Whatever is not filled in stays as it is, to the byte: other cells, quotes, delimiter, line ends,
byte order mark. The file is its own roster: a student is found in it by `ID`, `SIS User ID` and
`SIS Login ID`, all of which must agree, or else by the exact name, if nobody shares it. Where that
leaves a doubt, or a grade is missing, the cell stays as it is too, and the report says so.

Texts are to be read and written with newline="", which leaves line ends alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course.lms.csv_table import Table
from grader.course.lms.fill import Filled, Person, fill_in, other_worth, person
from grader.errors import UsageError, did_you_mean
from grader.model.course import Gradebook

_IDS = ("ID", "SIS User ID", "SIS Login ID")
# Canvas ignores columns that are named like its own sums.
_SUMS = re.compile(r"(Current|Final|Override) (Score|Points|Grade)")
_NOBODY = r"|Muted|Manual Posting.*"  # what the cells of a row say that is no student
_TITLE = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)


def fill(downloaded: str, gradebook: Gradebook, column: str, problem: str = "") -> Filled:
    """The file that Canvas gave, with the points of a problem, or the total, in a column.

    Args:
        column: the header of the column, with or without the number in parentheses

    Raises:
        UsageError: if it is no such file, or the column is not there or cannot be filled in
    """
    table = _table(downloaded)
    header = [cell.strip() for cell in table.cells(0)]
    at = _column(header, column)
    notes: list[str] = []
    people: list[Person] = []
    for row in range(1, len(table.rows)):
        if "Points Possible" in table.cell(row, 0):
            if "(read only)" in table.cell(row, at):
                raise UsageError(f"Canvas says that the column {header[at]!r} is read only")
            notes += other_worth(table.cell(row, at), gradebook.max_points(problem))
        elif not all(re.fullmatch(_NOBODY, cell.strip()) for cell in table.cells(row)):
            ids = [table.cell(row, header.index(name)) for name in _IDS if name in header]
            people.append(person(row, ids, _name(table, row, header)))

    def keep(row: int) -> str:
        return "excused" if table.cell(row, at).strip().upper() == "EX" else ""

    return fill_in(table, at, people, gradebook, problem, keep, notes=notes)


def _table(text: str) -> Table:
    for delimiter in ",;\t":
        table = Table(text, delimiter)
        header = [cell.strip() for cell in table.cells(0)]
        if "ID" in header and ("Student" in header[0] or header[:2] == ["LastName", "FirstName"]):
            return table
    raise UsageError(
        "this is no gradebook of Canvas: its first row should begin with Student and ID;"
        " use Export in the Gradebook of the course"
    )


def _column(header: Sequence[str], column: str) -> int:
    titles = [match[1] if (match := _TITLE.fullmatch(name)) else name for name in header]
    section = header.index("Section") if "Section" in header else header.index("ID")
    ours = range(section + 1, len(header))
    found = [i for i in ours if header[i] == column] or [i for i in ours if titles[i] == column]
    if len(found) > 1:
        names = ", ".join(repr(header[i]) for i in found)
        raise UsageError(f"several columns are named {column!r}: {names}; name one in full")
    if not found:
        known = did_you_mean(column, [header[i] for i in ours if not _SUMS.search(header[i])])
        raise UsageError(f"the file has no column {column!r}{known}")
    if _SUMS.search(header[found[0]]):
        raise UsageError(f"Canvas computes the column {column!r} itself; name an assignment's")
    return found[0]


def _name(table: Table, row: int, header: Sequence[str]) -> str:
    if header[0] == "LastName":
        return f"{table.cell(row, 0)}, {table.cell(row, 1)}"
    return table.cell(row, 0)

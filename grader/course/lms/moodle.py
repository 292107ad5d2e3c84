"""A gradebook of Moodle, as downloaded, with one column filled in.

It may be the grading worksheet of an assignment ("Download grading worksheet") or an export of the
gradebook. Moodle rejects a file with a student it does not know, so no row is added. As for Canvas,
all other bytes stay as they are.

Headers are in the language of the site. Those of a worksheet are recognised by
`submissions.worksheet`; for others, the argument `names` translates them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from grader.course.lms.csv_table import Table
from grader.course.lms.fill import Filled, compare_maximum, fill_column, person
from grader.errors import UsageError, did_you_mean
from grader.model.course import Gradebook
from grader.submissions.worksheet import find_columns, participant_number

DEFAULT_COLUMN = "Grade"
_IDS = ("Identifier", "ID number", "Username", "Email address")
_NAMES = ("Full name", "First name", "Last name", "Surname")
# Headers in English, by the kinds of columns of a worksheet.
_ENGLISH = {
    "identifier": "Identifier",
    "name": "Full name",
    "email": "Email address",
    "maximum": "Maximum Grade",
    "can change": "Grade can be changed",
}
_NO = ("no", "nein", "non", "não", "nee", "nie", "いいえ", "否")


def fill(
    downloaded: str,
    gradebook: Gradebook,
    column: str = DEFAULT_COLUMN,
    problem: str = "",
    names: Mapping[str, str] = MappingProxyType({}),
) -> Filled:
    """Return the downloaded file with the points of a problem, or the total, in a column.

    Args:
        column: title of the column; "Grade" is also that column of a worksheet in another language
        names: headers that are not in English, such as {"Full name": "Vollständiger Name"}

    Raises:
        UsageError: if the file is not such a worksheet, or the column does not exist
    """
    known = [names.get(name, name) for name in (*_IDS, *_NAMES)]
    table = _table(downloaded, known)
    header = [cell.strip() for cell in table.cells(0)]
    worksheet = _worksheet(table)
    names = {**{_ENGLISH[k]: header[at] for k, at in worksheet.items() if k in _ENGLISH}, **names}
    if column == DEFAULT_COLUMN and column not in header and "grade" in worksheet:
        column = header[worksheet["grade"]]
    if header.count(column) != 1:
        found = "several columns" if column in header else "no column"
        raise UsageError(f"the file has {found} {column!r}{did_you_mean(column, header)}")
    at = header.index(column)

    def cell(row: int, name: str) -> str:
        name = names.get(name, name)
        return table.cell(row, header.index(name)).strip() if name in header else ""

    def reason_to_keep(row: int) -> str:
        written = cell(row, "Grade can be changed")
        is_locked = written.casefold() in _NO or written == names.get("No", "No")
        return "locked in Moodle" if is_locked else ""

    rows = [row for row in range(1, len(table.rows)) if "".join(table.cells(row)).strip()]
    people = {
        row: person(
            # Of "Participant 17", the number is what names of folders contain.
            [*(cell(row, each) for each in _IDS), _number_of(cell(row, "Identifier"))],
            " ".join(filter(None, (cell(row, each) for each in _NAMES))),
        )
        for row in rows
    }
    maxima = {cell(row, "Maximum Grade") for row in rows}
    notes = [
        note
        for each in sorted(maxima)
        for note in compare_maximum(each, gradebook.max_points(problem))
    ]
    numbers = [*maxima, *(table.cell(row, at) for row in rows)]
    # Moodle accepts only the separator of the site's language.
    separator = "," if any(re.fullmatch(r"\d+,\d+", each.strip()) for each in numbers) else "."
    return fill_column(
        table, at, people, gradebook, problem, reason_to_keep, separator, notes=notes
    )


def _worksheet(table: Table) -> dict[str, int]:
    rows = [table.cells(row) for row in range(1, len(table.rows))]
    return find_columns(table.cells(0), rows)


def _number_of(identifier: str) -> str:
    """Return the number of a participant."""
    return participant_number(identifier)[1]


def _table(text: str, known: list[str]) -> Table:
    for delimiter in ",;\t":
        table = Table(text, delimiter)
        header = [cell.strip() for cell in table.cells(0)]
        if len(header) > 1 and (any(name in header for name in known) or _worksheet(table)):
            return table
    raise UsageError(
        "not a grading worksheet of Moodle: its first row should have one of the columns "
        + ", ".join(known)
    )

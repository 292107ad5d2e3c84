"""The files of Moodle: the one the instructor downloaded, with one column filled in.

It may be the grading worksheet of an assignment ("Download grading worksheet"), or what the
gradebook exports. Moodle takes neither back if it holds a student it does not know, and so nobody
is added. As with Canvas (see `canvas`), what is not filled in stays as it is, to the byte.

The headers are in the language of the site: `names` gives those that are not English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from grader.course.lms.csv_table import Table
from grader.course.lms.fill import Filled, fill_in, other_worth, person
from grader.errors import UsageError, did_you_mean
from grader.model.course import Gradebook

_IDS = ("Identifier", "ID number", "Username", "Email address")
_NAMES = ("Full name", "First name", "Last name", "Surname")


def fill(
    downloaded: str,
    gradebook: Gradebook,
    column: str = "Grade",
    problem: str = "",
    names: Mapping[str, str] = MappingProxyType({}),
) -> Filled:
    """The file that Moodle gave, with the points of a problem, or the total, in a column.

    Args:
        names: what is called otherwise than in English: {"Full name": "Vollständiger Name"}

    Raises:
        UsageError: if it is no such file, or the column is not there
    """
    known = [names.get(name, name) for name in (*_IDS, *_NAMES)]
    table = _table(downloaded, known)
    header = [cell.strip() for cell in table.cells(0)]
    if header.count(column) != 1:
        found = "several columns" if column in header else "no column"
        raise UsageError(f"the file has {found} {column!r}{did_you_mean(column, header)}")
    at = header.index(column)

    def cell(row: int, name: str) -> str:
        name = names.get(name, name)
        return table.cell(row, header.index(name)).strip() if name in header else ""

    def keep(row: int) -> str:
        is_locked = cell(row, "Grade can be changed") == names.get("No", "No")
        return "locked in Moodle" if is_locked else ""

    rows = [row for row in range(1, len(table.rows)) if "".join(table.cells(row)).strip()]
    people = [
        person(
            row,
            # Of "Participant 17" the number is what names of folders have.
            [*(cell(row, each) for each in _IDS), *re.findall(r"\d+$", cell(row, "Identifier"))],
            " ".join(cell(row, each) for each in _NAMES),
        )
        for row in rows
    ]
    most = {cell(row, "Maximum Grade") for row in rows}
    notes = [
        note for each in sorted(most) for note in other_worth(each, gradebook.max_points(problem))
    ]
    numbers = [*most, *(table.cell(row, at) for row in rows)]
    # The site's language decides, and Moodle takes no other.
    separator = "," if any(re.fullmatch(r"\d+,\d+", each.strip()) for each in numbers) else "."
    return fill_in(table, at, people, gradebook, problem, keep, separator, notes)


def _table(text: str, known: list[str]) -> Table:
    for delimiter in ",;\t":
        table = Table(text, delimiter)
        header = [cell.strip() for cell in table.cells(0)]
        if len(header) > 1 and any(name in header for name in known):
            return table
    raise UsageError(
        "this is no grading worksheet of Moodle: its first row should have one of the columns "
        + ", ".join(known)
    )

"""Exports that a spreadsheet, an editor or a hurried person changed, from every system.

Each grade ends up in the right cell, or a message asks for what is not certain.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from grader.course.lms.download import read_downloads
from grader.course.lms.fill import Filled
from grader.errors import UsageError
from grader.submissions.roster import read_roster
from tests._support.gradebooks import a_class

Rows = list[list[str]]
GRADES = {"Jane": "7.33", "José": "5.00", "Kim": "0.00"}


@dataclass(frozen=True)
class Export:
    """A file of three students, and the number of the column of points."""

    rows: Rows
    column: int

    def text(
        self,
        delimiter: str = ",",
        end: str = "\r\n",
        quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
    ) -> str:
        out = io.StringIO(newline="")
        rows = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
        rows.writerows(self.rows)
        return out.getvalue()


def table(text: str) -> Rows:
    return [line.split("|") for line in text.strip().splitlines()]


EXPORTS = {
    "canvas": Export(
        table(
            "Student|ID|SIS User ID|SIS Login ID|Section|H (77)|Final Score\n"
            "    Points Possible|||||11.00|(read only)\n"
            "Doe, Jane|101||jdoe|A||\nO'Neil, José|7|s2|joneil|A||\nLee, Kim|8|s3|klee|B||"
        ),
        5,
    ),
    "moodle": Export(
        table(
            "Identifier|Full name|Email address|Status|Grade|Maximum Grade|Grade can be changed\n"
            "Participant 1|Jane Doe|jane@x|||11.00|Yes\n"
            "Participant 2|José O'Neil|jo@x|||11.00|Yes\n"
            "Participant 3|Kim Lee|kim@x|||11.00|Yes"
        ),
        4,
    ),
    "brightspace": Export(
        table(
            "OrgDefinedId|Username|Last Name|First Name|H Points Grade <Numeric MaxPoints:11>|End\n"
            "#101|#jdoe|Doe|Jane||#\n#7|#joneil|O'Neil|José||#\n#s3|#klee|Lee|Kim||#"
        ),
        4,
    ),
    "blackboard": Export(
        table(
            "Last Name|First Name|Username|Student ID|Availability|H [Total Pts: 11 Score] \\1\n"
            "Doe|Jane|jdoe|101|Yes|\nO'Neil|José|joneil|s2|Yes|\nLee|Kim|klee||Yes|"
        ),
        5,
    ),
}
EXPORTS["blackboard"].rows[0][5] = "H [Total Pts: 11 Score] |123"


def with_row(cells: Callable[[Export], list[str]], at: int) -> Callable[[Export], str]:
    def changed(export: Export) -> str:
        rows = [*export.rows[:at], cells(export), *export.rows[at:]]
        return Export(rows, export.column).text()

    return changed


def with_cell(export: Export, row: int, column: int, text: str) -> Export:
    rows = [list(cells) for cells in export.rows]
    rows[row][column] = text
    return Export(rows, export.column)


# How a file was changed: those that are filled in, and those that are asked about.
FILLED: dict[str, Callable[[Export], str]] = {
    "as exported": Export.text,
    "semicolons": lambda export: export.text(";"),
    "tabs": lambda export: export.text("\t"),
    "line ends of old Macs": lambda export: export.text(end="\r"),
    "no last line end": lambda export: export.text(end="\n").rstrip("\n"),
    "a byte order mark": lambda export: "\ufeff" + export.text(),
    "two byte order marks": lambda export: "\ufeff\ufeff" + export.text(),
    "an empty row": with_row(lambda export: [], 2),
    "a row of empty cells": with_row(lambda export: [""] * len(export.rows[0]), 2),
    "empty rows at the end": lambda export: export.text() + "\r\n,,\r\n",
    "the header again": with_row(lambda export: export.rows[0], 3),
    "a line end in another cell": lambda export: export.text().replace("End", '"E\nnd"'),
    "more cells than headers": lambda export: export.text().replace("\r\n", ",,x\r\n"),
    "blanks around headers": lambda export: export.text().replace("ID,", "ID ,", 1),
    "a grade with a decimal comma": lambda export: with_cell(
        export, -2, export.column, "4,5"
    ).text(),
}
ASKED: dict[str, tuple[Callable[[Export], str | bytes], str]] = {
    "a Windows code page": (lambda export: export.text().encode("cp1252"), "is not UTF-8 (line "),
    "a workbook": (lambda export: b"PK\3\4", "is an Excel workbook"),
    "nothing": (lambda export: "", "the file is empty"),
    "a page to log in": (lambda export: "<html><body>", "found '<html><body>'"),
    "Excel's line for the delimiter": (
        lambda export: "sep=,\r\n" + export.text(),
        "found 'sep=,'",
    ),
    "an empty row first": (lambda export: "\r\n" + export.text(), "found an empty row"),
    "other headers": (
        lambda export: Export([["A", "B", "C"], *export.rows[1:]], 2).text(),
        "found 'A,B,C'",
    ),
    "a quotation mark that is not closed": (
        lambda export: export.text().replace("José", '"José'),
        "a quotation mark is not closed",
    ),
    "text behind a quotation mark": (
        lambda export: export.text().replace("Kim", '"Kim" Y.').replace('"Lee, "', '"'),
        "a quotation mark is not closed",
    ),
    "the column twice": (
        lambda export: Export(
            [[*cells, cells[export.column]] for cells in export.rows], export.column
        ).text(),
        "several columns",
    ),
}


def fill(system: str, content: str | bytes, tmp_path: Path) -> Filled:
    path = tmp_path / "exported.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (download,) = read_downloads({system: str(path)}, None, "H", tmp_path / "out")
    return download.fill(a_class())


@pytest.mark.parametrize("change", FILLED.values(), ids=FILLED)
@pytest.mark.parametrize("system", EXPORTS)
def test_every_grade_is_in_its_cell(
    system: str, change: Callable[[Export], str], tmp_path: Path
) -> None:
    export = EXPORTS[system]
    text = change(export)
    found = fill(system, text, tmp_path)
    delimiter = max(",;\t", key=text.count)
    rows = list(csv.reader(io.StringIO(found.text, newline=""), delimiter=delimiter))
    cells = {
        name: row[export.column]
        for row in rows
        for name in GRADES
        if any(name in cell for cell in row)
    }
    assert {name: cell.replace(",", ".") for name, cell in cells.items()} == GRADES


@pytest.mark.parametrize("change, message", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("system", EXPORTS)
def test_what_is_not_certain_is_asked_for(
    system: str, change: Callable[[Export], str | bytes], message: str, tmp_path: Path
) -> None:
    content = change(EXPORTS[system])
    with pytest.raises(UsageError) as caught:
        fill(system, content, tmp_path)
    assert message in str(caught.value)


def test_file_that_says_something_was_submitted_gets_no_zero(tmp_path: Path) -> None:
    submitted = "Last modified (submission)"
    moodle = EXPORTS["moodle"]
    times = (submitted, "-", "-", "Monday, 30 November 2026, 11:10 PM")
    rows = [[*cells, time] for cells, time in zip(moodle.rows, times, strict=True)]
    blackboard = EXPORTS["blackboard"]
    files = {
        "moodle": (Export(rows, moodle.column), "says 'Monday, 30 November 2026, 11:10 PM'"),
        "blackboard": (with_cell(blackboard, -1, 5, "Needs Grading"), "says 'Needs Grading'"),
    }
    for system, (export, says) in files.items():
        found = fill(system, export.text(), tmp_path)
        (line,) = found.skipped
        assert "Kim Lee (s3) is not filled in: nothing was found, but the file " + says in line
        assert found.filled == 2


UNFIT = {
    "percentages": ("50.00 %", "11.00", "has percentages, such as '50.00 %' in row 2"),
    "a scale": ("Good", "Excellent", "the maximum is 'Excellent' in the file: expected a number"),
}


@pytest.mark.parametrize("grade, maximum, message", UNFIT.values(), ids=UNFIT)
def test_column_of_moodle_without_points_is_refused(
    grade: str, maximum: str, message: str, tmp_path: Path
) -> None:
    export = EXPORTS["moodle"]
    for row in (1, 2, 3):
        export = with_cell(with_cell(export, row, 4, grade), row, 5, maximum)
    with pytest.raises(UsageError) as caught:
        fill("moodle", export.text(), tmp_path)
    assert message in str(caught.value)


# The same files as rosters --------------------------------------------------------------------

IDS = {
    "canvas": ["101", "7", "8"],
    "moodle": ["Participant 1", "Participant 2", "Participant 3"],
    "brightspace": ["101", "7", "s3"],
    "blackboard": ["101", "s2", "klee"],
}
ROSTERS: dict[str, Callable[[Export], str | bytes]] = {
    **FILLED,
    "Excel's line for the delimiter": lambda export: "sep=;\r\n" + export.text(";"),
    "an empty row first": lambda export: "\r\n" + export.text(),
    "UTF-16, as Blackboard writes": lambda export: export.text("\t").encode("utf-16"),
    "another delimiter in a title": lambda export: with_cell(
        export, 0, export.column, "H" + 9 * ", x"
    ).text(";", quoting=csv.QUOTE_ALL),
}


@pytest.mark.parametrize("change", ROSTERS.values(), ids=ROSTERS)
@pytest.mark.parametrize("system", EXPORTS)
def test_export_is_a_roster(
    system: str, change: Callable[[Export], str | bytes], tmp_path: Path
) -> None:
    content = change(EXPORTS[system])
    path = tmp_path / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    students = read_roster(str(path)).students
    assert [each.id for each in students] == IDS[system]
    assert [name for each in students for name in GRADES if name in each.name] == list(GRADES)

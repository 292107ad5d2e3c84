"""A downloaded file with any mistake is refused by its name, whichever system it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.lms import SYSTEMS
from grader.course.lms.download import read_downloads
from grader.errors import UsageError
from tests._support.gradebooks import a_class

FILES = {
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section,Homework\nMüller,101,,jdoe,A,\n",
    "moodle": "Identifier,Full name,Email address,Status,Homework\n101,Jane Doe,müller@x,,\n",
    "brightspace": (
        "OrgDefinedId,Username,Homework Points Grade <Numeric MaxPoints:11>,"
        "End-of-Line Indicator\n#101,#müller,,#\n"
    ),
    "blackboard": (
        '"Last Name","First Name","Username","Homework [Total Pts: 11 Score] |1"\n'
        '"Müller","Jane","jdoe",""\n'
    ),
}
MISTAKES: dict[str, tuple[Callable[[Path, str], object], str, str]] = {
    "no file": (lambda path, text: None, "Homework", "cannot be read: No such file"),
    "a folder": (lambda path, text: path.mkdir(), "Homework", "cannot be read: Is a directory"),
    "a Windows code page": (
        lambda path, text: path.write_bytes(text.encode("cp1252")),
        "Homework",
        "is not UTF-8 (line 2); download it again",
    ),
    "a workbook": (
        lambda path, text: path.write_bytes(b"PK\3\4"),
        "Homework",
        "is an Excel workbook or an archive, not CSV",
    ),
    "an empty file": (lambda path, text: path.write_bytes(b""), "Homework", "the file is empty"),
    "a slip in the title": (
        lambda path, text: path.write_text(text, "utf-8"),
        "Homwork",
        "did you mean 'Homework",
    ),
}


def read_and_fill(system: str, path: Path, column: str) -> str:
    (download,) = read_downloads({system: str(path)}, column, "", path.parent)
    return download.fill(a_class()).text


@pytest.mark.parametrize("system", SYSTEMS)
def test_file_of_each_system_is_filled_in(system: str, tmp_path: Path) -> None:
    path = tmp_path / "downloaded.csv"
    path.write_text(FILES[system], "utf-8")
    assert read_and_fill(system, path, "Homework") != FILES[system]


@pytest.mark.parametrize("make, column, message", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("system", SYSTEMS)
def test_mistake_in_a_file_is_named(
    system: str, make: Callable[[Path, str], object], column: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "downloaded.csv"
    make(path, FILES[system])
    with pytest.raises(UsageError) as caught:
        read_and_fill(system, path, column)
    assert str(path) in str(caught.value) and message in str(caught.value)

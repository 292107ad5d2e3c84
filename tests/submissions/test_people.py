"""Rosters are read, and students are found by ids and names without guessing."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.model.course import Student
from grader.submissions.people import People, PersonRef, read_roster
from tests._support.submissions import SOLVED, collect, folder

CANVAS_ROSTER = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,HW (1)\r\n"
    "    Points Possible,,,,,10\r\n"
    '"Doe, Jane",101,s1,jane,A,\r\n'
    '"O\'Neil-Smith, Ann Marie",102,s2,ann,A,\r\n'
    '"Lee, Kim",103,s3,KIM,A,\r\n'
    '"Lee, Kim",104,s4,kim2,A,\r\n'
)
ROSTERS = {
    "canvas": (CANVAS_ROSTER, Student("101", "Doe, Jane", ("s1", "jane"))),
    "moodle worksheet": (
        "Identifier,Full name,Email address,Status\nParticipant 12,Jane Doe,j@x.edu,\n",
        Student("Participant 12", "Jane Doe", ("j@x.edu", "12")),
    ),
    "moodle gradebook": (
        "First name,Last name (Surname),ID number,Email address\nJane,Doe,77,j@x.edu\n",
        Student("77", "Jane Doe", ("j@x.edu",)),
    ),
    "classroom": (
        '"identifier","github_username","github_id","name"\n"j@x","octocat","9","Jane"\n',
        Student("j@x", "Jane", ("octocat",)),
    ),
    "own, with semicolons": ("E-Mail;Name\nj@x.edu;Jane\n", Student("j@x.edu", "Jane")),
    "names only": ("name\nJane Doe\n", Student("Jane Doe", "Jane Doe")),
    "short and empty rows": ("id,name\n\n,\n5\n", Student("5")),
}


@pytest.mark.parametrize("text, first", ROSTERS.values(), ids=ROSTERS)
def test_roster_is_read(text: str, first: Student, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(text.encode())
    assert read_roster(str(tmp_path / "r.csv"))[0] == first


BAD_ROSTERS = {
    "duplicate id": (b"id\n5\n6\n5\n", "row 4: duplicate id '5'"),
    "no column": (b"colour\nred\n", "has no known column"),
    "empty": (b"", "has no known column"),
    "latin-1": (b"id,name\n1,M\xfcller\n", "is not UTF-8"),
    "a long field": (b"id,name\n1," + b"x" * 200_000, "cannot be read"),
}


@pytest.mark.parametrize("content, message", BAD_ROSTERS.values(), ids=BAD_ROSTERS)
def test_bad_roster_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    with pytest.raises(UsageError, match=re.escape(message)):
        read_roster(str(tmp_path / "r.csv"))


# One person at a time ----------------------------------------------------------------------------

JANE = Student("101", "Doe, Jane", ("s1", "jane", "jane@x.edu"))
ANN = Student("102", "O'Neil-Smith, Ann Marie", ("s2", "ann"))
KIM, NAMESAKE = (
    Student("103", "Lee, Kim", ("s3", "KIM")),
    Student("104", "Lee, Kim", ("s4", "kim2")),
)
JOSE = Student("105", unicodedata.normalize("NFC", "José Núñez"), ("josé",))
UPPER, LOWER = Student("AB"), Student("ab")
CLASS = (JANE, ANN, KIM, NAMESAKE, JOSE, UPPER, LOWER)


def by_ids(*ids: str, name: str = "") -> PersonRef:
    return PersonRef("?", ids, name)


FOUND = {
    "id": (by_ids("101"), JANE),
    "login": (by_ids("ann"), ANN),
    "SIS id": (by_ids("s2"), ANN),
    "e-mail in another case": (by_ids("Jane@X.edu"), JANE),
    "login in another case": (by_ids("kim"), KIM),
    "exact id before one in another case": (by_ids("ab"), LOWER),
    "id with blanks": (by_ids(" 101 "), JANE),
    "id with another encoding of its accent": (by_ids(unicodedata.normalize("NFD", "JOSÉ")), JOSE),
    "all ids of one student": (by_ids("s1", "jane"), JANE),
    "an unknown id and a known one": (by_ids("unknown", "jane"), JANE),
    "id and name": (by_ids("102", name="Ann Marie O'Neil-Smith"), ANN),
    "id of one of two namesakes": (by_ids("104", name="Kim Lee"), NAMESAKE),
    "id and an unknown name": (by_ids("101", name="J. Doe"), JANE),
    "exact name": (by_ids(name="Doe, Jane"), JANE),
    "name in the other order": (by_ids(name="Jane Doe"), JANE),
    "name of several words": (by_ids(name="Ann Marie O'Neil-Smith"), ANN),
    "name in another case": (by_ids(name="JANE DOE"), JANE),
    "name as Canvas writes it": (by_ids(name="oneilsmithannmarie"), ANN),
    "name with underscores": (by_ids(name="jane_doe"), JANE),
    "name with another encoding of its accents": (
        by_ids(name=unicodedata.normalize("NFD", "Núñez, José")),
        JOSE,
    ),
    "unknown id, known name": (by_ids("9", name="Jane Doe"), JANE),
    "first fitting guess": (PersonRef("?", guesses=("x-jane", "jane", "ann")), JANE),
}


@pytest.mark.parametrize("person, student", FOUND.values(), ids=FOUND)
def test_student_is_found(person: PersonRef, student: Student) -> None:
    assert People(CLASS).find(person).student is student


UNCERTAIN: dict[str, tuple[PersonRef, tuple[Student, ...]]] = {
    "unknown id": (by_ids("9"), ()),
    "unknown name": (by_ids(name="Eve"), ()),
    "nothing": (by_ids(), ()),
    "part of a name": (by_ids(name="Jane"), ()),
    "similar name": (by_ids(name="Jane M. Doe"), ()),
    "namesakes": (by_ids(name="Kim Lee"), (KIM, NAMESAKE)),
    "ids of two students": (by_ids("101", "ann"), (JANE, ANN)),
    "id of one, name of another": (by_ids("102", name="Jane Doe"), (JANE, ANN)),
    "id of one, name of two others": (by_ids("101", name="Kim Lee"), (JANE, KIM, NAMESAKE)),
    "id in two other cases": (by_ids("aB"), (UPPER, LOWER)),
}


@pytest.mark.parametrize("person, candidates", UNCERTAIN.values(), ids=UNCERTAIN)
def test_nobody_is_guessed(person: PersonRef, candidates: tuple[Student, ...]) -> None:
    found = People(CLASS).find(person)
    assert (found.student, found.candidates) == (None, candidates)


# The rows of a table -----------------------------------------------------------------------------

PAIRS = {
    "each by its id": ([by_ids("101"), by_ids("102")], [JANE, ANN]),
    "two rows with one id": ([by_ids("101"), by_ids("s1")], [None, None]),
    "two rows with one name": ([by_ids(name="Jane Doe"), by_ids(name="Doe, Jane")], [None, None]),
    "a namesake of a student with a known id": (
        [by_ids("101", name="Jane Doe"), by_ids("9", name="Jane Doe")],
        [JANE, None],
    ),
    "namesakes, one with a known id": (
        [by_ids("103", name="Kim Lee"), by_ids("9", name="Kim Lee")],
        [KIM, None],
    ),
    "name in one row, id of another student": (
        [by_ids("102", name="Jane Doe"), by_ids("101")],
        [None, None],
    ),
    "unknown": ([by_ids("9", name="Eve"), by_ids("101")], [None, JANE]),
}


@pytest.mark.parametrize("rows, students", PAIRS.values(), ids=PAIRS)
def test_rows_are_paired_with_students(
    rows: list[PersonRef], students: list[Student | None]
) -> None:
    assert [found.student for found in People(CLASS).pair(rows)] == students


# In a class --------------------------------------------------------------------------------------


def test_missing_unmatched_and_uncertain_students_are_reported(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(CANVAS_ROSTER)
    files = {
        "doejane_101_1_a.py": SOLVED,
        "eve_666_2_a.py": SOLVED,
        "doejane_102_3_a.py": SOLVED,
        "leekim_103_4_a.pdf": b"",
    }
    found = collect(folder(tmp_path / "in", files), roster=str(tmp_path / "r.csv"))
    assert [student.id for student in found.students] == ["101", "102", "103", "104"]
    assert [student.id for student in found.missing] == ["102", "103", "104"]
    assert [attempt.student for attempt in found.attempts] == ["101", "666", "doejane (102)?"]
    assert found.unmatched == (
        "103: a.pdf: not a .py, .ipynb or .zip file",
        "doejane (102): may be Doe, Jane (101) or O'Neil-Smith, Ann Marie (102)",
        "eve (666): not in the roster",
    )

"""The roster: who is in the class, and who of them is meant by what a layout says.

A CSV file as Canvas, Moodle, Gradescope and GitHub Classroom write it, or one's own; its columns
are known by the names in `COLUMNS`, whatever their case, and others are not looked at.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from grader.errors import UsageError
from grader.model.course import Student
from grader.submissions.filenames import shown
from grader.submissions.layouts import PersonRef

# The first of the ids that a file has is the id; it and all others are ids of the student.
COLUMNS = {
    "id": (
        *("id", "identifier", "student id", "sid", "user id", "id number", "student number"),
        *("sis user id", "sis login id", "integration id", "login", "login id", "username"),
        *("user name", "github username", "github"),
        *("email", "e mail", "email address", "mail"),
    ),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "last name (surname)", "surname", "family name"),
}
# Which rows of a Canvas gradebook are of no student.
_NOBODY = re.compile(r"\s*(Points Possible|Muted|Manual Posting).*", re.S)


def read_roster(path: str) -> tuple[Student, ...]:
    """The students on a roster, in its order.

    Raises:
        UsageError: if it cannot be read as one
    """
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"the roster {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the roster {path} is not UTF-8; save it as CSV UTF-8") from None
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UsageError(f"the roster {path} cannot be read: {error}") from None
    header = [_plain(cell) for cell in rows[0]] if rows else []
    columns = {
        kind: [header.index(name) for name in names if name in header]
        for kind, names in COLUMNS.items()
    }
    if not any(columns.values()):
        raise UsageError(
            f"the roster {path} has no column that is known; name one of them id, name or email"
        )
    found: dict[str, Student] = {}
    for number, row in enumerate(rows[1:], 2):
        student = _student([cell.strip() for cell in row], columns)
        if student is None:
            continue
        if student.id in found:
            raise UsageError(f"{path}: row {number}: {student.id!r} stands above already")
        found[student.id] = student
    return tuple(found.values())


def _student(row: Sequence[str], columns: dict[str, list[int]]) -> Student | None:
    cells = {
        kind: [row[column] for column in of_kind if column < len(row) and row[column]]
        for kind, of_kind in columns.items()
    }
    if not any(cells.values()) or _NOBODY.fullmatch(row[0]):
        return None
    whole = " ".join(cells["first"][:1] + cells["last"][:1])
    name = next(iter(cells["name"]), whole)
    ids = cells["id"] or [name]
    # Moodle says "Participant 12", in the teacher's language, and files have the number alone.
    numbers = [match[1] for match in [re.fullmatch(r"[^\W\d]+ ([0-9]+)", ids[0])] if match]
    others = dict.fromkeys([*ids[1:], *numbers])
    return Student(ids[0], name, tuple(id for id in others if id != ids[0]))


def _plain(cell: str) -> str:
    return re.sub(r"[\s_-]+", " ", cell).strip().casefold()


# Who is meant ------------------------------------------------------------------------------------

Keys = Callable[[Student], Iterable[str]]
Asked = Callable[[str], str]

# By what an id of a file finds a student, and by what a name does: the first that finds any counts.
BY_ID: tuple[tuple[Keys, Asked], ...] = (
    (lambda student: [student.id], str),
    (lambda student: student.ids, str),
    (lambda student: map(str.casefold, (student.id, *student.ids)), str.casefold),
)
BY_NAME: tuple[tuple[Keys, Asked], ...] = (
    (lambda student: [student.name], str),
    (lambda student: _spellings(student.name), lambda name: _letters(name)),
)


class Roster:
    """Finds the student whom a layout means."""

    def __init__(self, students: Sequence[Student]) -> None:
        self.students = tuple(students)
        self.ids = frozenset(student.id for student in students)
        self._by_id = [(_index(students, keys), asked) for keys, asked in BY_ID]
        self._by_name = [(_index(students, keys), asked) for keys, asked in BY_NAME]

    def find(self, who: PersonRef) -> Student | str:
        """The student; if there is none or there are several, that in words."""
        named = _found(self._by_name, who.name)
        for id in who.ids:
            if found := _found(self._by_id, id):
                break
        else:
            found = named
        # An id may be one of another system, and then be somebody else's in this one.
        if len(found) == len(named) == 1 and found != named:
            found = [*found, *named]
        if len(found) == 1:
            return found[0]
        if not found:
            return f"{who}: is nobody on the roster"
        may_be = " or ".join(shown(f"{each.name} ({each.id})") for each in found[:5])
        return f"{who}: may be {may_be}"


def _index(students: Sequence[Student], keys: Keys) -> dict[str, list[Student]]:
    index: dict[str, list[Student]] = {}
    for student in students:
        for key in dict.fromkeys(keys(student)):
            index.setdefault(key, []).append(student)
    return index


def _found(
    strategies: Sequence[tuple[dict[str, list[Student]], Asked]], said: str
) -> list[Student]:
    for index, asked in strategies:
        key = asked(said)
        if key and key in index:
            return index[key]
    return []


def _letters(name: str) -> str:
    """A name as Canvas writes it in the names of files: its letters alone, in small."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name).casefold())


def _spellings(name: str) -> list[str]:
    """How the letters of a name may follow each other: the last name may be any of its words."""
    words = name.replace(",", " ").split()
    return [_letters("".join(words[cut:] + words[:cut])) for cut in range(len(words))]

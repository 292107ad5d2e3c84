"""The roster, and which student is meant by the ids and the name that another system uses.

This is the one place where people are matched. Layouts, gradebooks of Canvas and Moodle, metadata
of Gradescope and extensions all describe a person by a `PersonRef`. Ids are compared exactly, then
without regard to case; names exactly, then by their letters alone, in either order ("Jane Doe",
"Doe, Jane", "doejane"). Unicode is normalised, because an accent can be encoded in two ways. Nobody
is guessed: if several students may be meant, or if ids and name disagree, the answer is uncertain.

A roster is a CSV file from Canvas, Moodle, Gradescope or GitHub Classroom, or the instructor's own.
Its columns are recognised by the names in `COLUMNS`, in any case; other columns are ignored.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.errors import UsageError
from grader.model.course import Student
from grader.submissions.filenames import escape

# The first id column with a value gives the student's id; all of them give ids of the student.
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
# First cells of the rows of a Canvas gradebook that are not students.
_NOT_A_STUDENT = re.compile(r"\s*(Points Possible|Muted|Manual Posting).*", re.S)
_MAX_LISTED = 5
_MAX_ROSTER_BYTES = 64 << 20
_MAX_WORDS = 20  # of a name, at each of which the last name may begin


# The roster --------------------------------------------------------------------------------------


def read_roster(path: str) -> tuple[Student, ...]:
    """Return the students of a roster, in its order.

    Raises:
        UsageError: if the file cannot be read as a roster
    """
    try:
        with open(path, "rb") as file:
            content = file.read(_MAX_ROSTER_BYTES + 1)
        if len(content) > _MAX_ROSTER_BYTES:
            size = f"larger than {_MAX_ROSTER_BYTES >> 20} MiB"
            raise UsageError(f"the roster {path} is {size}; is it a list of students?")
        text = content.decode("utf-8-sig")
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
    header = [_column_name(cell) for cell in rows[0]] if rows else []
    columns = {
        kind: [header.index(name) for name in names if name in header]
        for kind, names in COLUMNS.items()
    }
    if not any(columns.values()):
        raise UsageError(
            f"the roster {path} has no known column; name one of its columns id, name or email"
        )
    found: dict[str, Student] = {}
    for number, row in enumerate(rows[1:], 2):
        student = _student_of([cell.strip() for cell in row], columns)
        if student is None:
            continue
        if student.id in found:
            raise UsageError(f"{path}: row {number}: duplicate id {student.id!r}")
        found[student.id] = student
    return tuple(found.values())


def _student_of(row: Sequence[str], columns: dict[str, list[int]]) -> Student | None:
    cells = {
        kind: [row[column] for column in of_kind if column < len(row) and row[column]]
        for kind, of_kind in columns.items()
    }
    if not any(cells.values()) or _NOT_A_STUDENT.fullmatch(row[0]):
        return None
    whole = " ".join(cells["first"][:1] + cells["last"][:1])
    name = next(iter(cells["name"]), whole)
    ids = cells["id"] or [name]
    # Moodle writes "Participant 12", in the teacher's language, and names files by the number.
    numbers = [match[1] for match in [re.fullmatch(r"[^\W\d]+ ([0-9]+)", ids[0])] if match]
    others = dict.fromkeys([*ids[1:], *numbers])
    return Student(ids[0], name, tuple(id for id in others if id != ids[0]))


def _column_name(cell: str) -> str:
    return re.sub(r"[\s_-]+", " ", cell).strip().casefold()


# Who is meant ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as a file or another system describes them.

    Attributes:
        id: what to call them without a roster
        ids: ids of theirs, all of them
        name: in either order
        guesses: ids of which one may be theirs, the most likely first
    """

    id: str
    ids: tuple[str, ...] = ()
    name: str = ""
    guesses: tuple[str, ...] = ()

    def __str__(self) -> str:
        return escape(f"{self.name} ({self.id})" if self.name not in ("", self.id) else self.id)


@dataclass(frozen=True)
class Found:
    """The students who may be meant; `student` is the one who certainly is, if anybody."""

    candidates: tuple[Student, ...]
    student: Student | None

    def __str__(self) -> str:
        return " or ".join(describe_student(each) for each in self.candidates[:_MAX_LISTED])


class People:
    """Finds students by what a `PersonRef` says about them."""

    def __init__(self, students: Iterable[Student]) -> None:
        self.students = tuple(students)
        self.ids = frozenset(student.id for student in self.students)
        self._by_id = [_index(self.students, keys_of) for keys_of, _ in _BY_ID]
        self._by_name = [_index(self.students, keys_of) for keys_of, _ in _BY_NAME]

    def find(self, ref: PersonRef) -> Found:
        """Return the student with the ids or, if nobody has any of them, with the name.

        Not certain if there are several, or if the ids are one student's and the name another's.
        """
        by_id, by_name = self._with_ids(ref), self._with_name(ref.name)
        return self._found(_reconcile(by_id, by_name) if by_id else by_name)

    def pair(self, refs: Sequence[PersonRef]) -> list[Found]:
        """Find the students of a table in which each row is another person.

        Beyond what `find` checks, a row is not certain if another one may be the same student. A
        name counts only for students whose ids are in no row, and not if several rows have it.
        """
        claims = [self._with_ids(ref) for ref in refs]
        known = set[int]().union(*claims)
        name_counts = Counter(_in_any_order(ref.name) for ref in refs)
        shared_name = set[int]()
        for row, ref in enumerate(refs):
            by_name = self._with_name(ref.name)
            if claims[row]:
                claims[row] = _reconcile(claims[row], by_name)
            else:
                claims[row] = by_name - known
                if name_counts[_in_any_order(ref.name)] > 1:
                    shared_name.add(row)
        claimants = Counter(number for claim in claims for number in claim)
        return [
            self._found(claim, row not in shared_name and all(claimants[n] == 1 for n in claim))
            for row, claim in enumerate(claims)
        ]

    def _with_ids(self, ref: PersonRef) -> set[int]:
        """Return the students with any of the ids, or else with the first guess that fits."""
        found = set[int]().union(*(_look_up(self._by_id, _BY_ID, id) for id in ref.ids))
        guesses = iter(ref.guesses)
        while not found and (guess := next(guesses, None)) is not None:
            found = _look_up(self._by_id, _BY_ID, guess)
        return found

    def _with_name(self, name: str) -> set[int]:
        return _look_up(self._by_name, _BY_NAME, name)

    def _found(self, numbers: set[int], is_certain: bool = True) -> Found:
        candidates = tuple(self.students[number] for number in sorted(numbers))
        return Found(candidates, candidates[0] if is_certain and len(candidates) == 1 else None)


def describe_student(student: Student) -> str:
    """Return a student's name and id for a message."""
    return str(PersonRef(student.id, name=student.name))


def _reconcile(by_id: set[int], by_name: set[int]) -> set[int]:
    """Return all whom ids or name may mean, if they mean different students."""
    # An id may be from another system, and somebody else's in this one.
    return by_id | by_name if by_name and not by_id & by_name else by_id


# How ids and names are compared ------------------------------------------------------------------


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _folded(text: str) -> str:
    return _normal(_normal(text).casefold())


def _letters(name: str) -> str:
    """Return the letters and digits of a name, in lower case, as Canvas names files."""
    return re.sub(r"[\W_]", "", _folded(name))


def _orders(name: str) -> list[str]:
    """Return the letters of a name for each word that may begin its last name."""
    words = name.replace(",", " ").split()
    cuts = range(min(len(words), _MAX_WORDS))
    return [_letters("".join(words[cut:] + words[:cut])) for cut in cuts]


def _in_any_order(name: str) -> str:
    return min(_orders(name), default="")


def _ids_of(student: Student) -> Iterable[str]:
    return student.id, *student.ids


_KeysOf = Callable[[Student], Iterable[str]]
_KeyOf = Callable[[str], str]

# Keys of a student, and the key of an id or name that is looked up. The first pair with a match
# decides: an exact id is certain, even if it is another student's in a different case.
_BY_ID: tuple[tuple[_KeysOf, _KeyOf], ...] = (
    (lambda student: [_normal(student.id)], _normal),
    (lambda student: map(_normal, student.ids), _normal),
    (lambda student: map(_folded, _ids_of(student)), _folded),
)
_BY_NAME: tuple[tuple[_KeysOf, _KeyOf], ...] = (
    (lambda student: [_normal(student.name)], _normal),
    (lambda student: _orders(student.name), _letters),
)


def _index(students: Sequence[Student], keys_of: _KeysOf) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for number, student in enumerate(students):
        for key in set(keys_of(student)):
            index.setdefault(key, []).append(number)
    return index


def _look_up(
    indexes: Sequence[dict[str, list[int]]],
    rules: Sequence[tuple[_KeysOf, _KeyOf]],
    text: str,
) -> set[int]:
    for index, (_, key_of) in zip(indexes, rules, strict=True):
        key = key_of(text)
        if key and key in index:
            return set(index[key])
    return set()

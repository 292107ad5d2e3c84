"""The people of a course: the roster and the staff, with what each of them may do."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from enum import Enum

from grader.site.records.book import Book
from grader.values.dataclasses import dataclass


class Role(Enum):
    """What a person may do."""

    STUDENT = "student"
    ASSISTANT = "assistant"  # sees the students of some sections, and helps them
    INSTRUCTOR = "instructor"  # everything

    @property
    def is_staff(self) -> bool:
        """Whether the person teaches."""
        return self is not Role.STUDENT


@dataclass(frozen=True)
class Person:
    """Somebody who takes part in a course, or practises alone.

    Attributes:
        id: as the roster has it
        name: as others see it; the id if the roster has no name
        sections: those that a student is in; those that an assistant sees, all if empty
    """

    id: str
    name: str
    sections: tuple[str, ...] = ()
    role: Role = Role.STUDENT

    def may_see(self, other: Person) -> bool:
        """Return whether this person may see what another one does."""
        match self.role:
            case Role.STUDENT:
                return self.id == other.id
            case Role.INSTRUCTOR:
                return True
            case Role.ASSISTANT:
                is_own = self.id == other.id or not other.role.is_staff
                shared = not self.sections or set(self.sections) & set(other.sections)
                return is_own and (self.id == other.id or bool(shared))


class Registry:
    """The people in a book."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def update(self, people: Sequence[Person]) -> Future[None]:
        """Note who takes part now; others stay with what they did, and are gone."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE person SET is_gone = 1")
            connection.executemany(
                "INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, 0)",
                [
                    (each.id, each.name, "\n".join(each.sections), each.role.value)
                    for each in people
                ],
            )

        return self._book.write(work)

    def find(self, id: str) -> Person | None:
        """Return a person who takes part, or None."""
        rows = self._book.read(f"{_PEOPLE} AND id = ?", id)
        return next(iter(_people(rows)), None)

    def all(self) -> list[Person]:
        """Return all who take part, by name."""
        rows = self._book.read(_PEOPLE)
        return sorted(_people(rows), key=lambda each: (_plain(each.name), each.name, each.id))


# Letters with a stroke or joined, which Unicode does not take apart.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


def _plain(name: str) -> str:
    """Return a name to sort by, without accents: Åsa is before Zoë."""
    letters = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    return "".join(each for each in letters if not unicodedata.combining(each))


_PEOPLE = "SELECT id, name, sections, role FROM person WHERE NOT is_gone"


def _people(rows: Iterable[sqlite3.Row]) -> list[Person]:
    return [
        Person(row["id"], row["name"], tuple(row["sections"].split("\n")), Role(row["role"]))
        if row["sections"]
        else Person(row["id"], row["name"], (), Role(row["role"]))
        for row in rows
    ]

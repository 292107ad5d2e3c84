"""What was decided on pages of the course: more time, released results, drafts at the due date.

The rows are in the book. Extensions are there for `grader batch` as well; see
`submissions.books`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import TypeAlias

from grader.site.records.book import Book
from grader.site.records.notes import now, time_of
from grader.site.records.writer import Work
from grader.values.dataclasses import dataclass

# Writes what people are told of a decision, in its transaction: they know of it, or it is not made.
Tell: TypeAlias = Callable[[sqlite3.Connection], None]


def _nothing(connection: sqlite3.Connection) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Extension:
    """More time that was given to a person on a page.

    Attributes:
        until: the due date; None if the extension was taken back
        reason: for those who teach
    """

    person: str
    until: datetime | None
    reason: str
    given_by: str
    given_at: str


class Decisions:
    """The decisions in a book."""

    def __init__(self, book: Book) -> None:
        self._book = book

    # More time -----------------------------------------------------------------------------------

    def extend(
        self,
        assignment: str,
        person: str,
        until: datetime | None,
        reason: str,
        by: str,
        tell: Tell = _nothing,
    ) -> Future[None]:
        """Give a person more time for an assignment, or take it back."""
        row = (assignment, person, time_of(until) if until else "", reason, by, now())

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO extension (assignment, person, until, reason, given_by, given_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            tell(connection)

        return self._book.write(work)

    def version(self) -> int:
        """Return a number that changes with each extension."""
        (row,) = self._book.read("SELECT coalesce(max(seq), 0) AS last FROM extension")
        found: int = row["last"]
        return found

    def extensions(self, assignment: str) -> Mapping[str, Extension]:
        """Return the extensions of an assignment that hold, by the person."""
        rows = self._book.read(
            "SELECT person, until, reason, given_by, given_at FROM extension WHERE assignment = ?"
            " ORDER BY seq",
            assignment,
        )
        found = {
            row["person"]: Extension(
                row["person"],
                datetime.fromisoformat(row["until"]) if row["until"] else None,
                *(row["reason"], row["given_by"], row["given_at"]),
            )
            for row in rows
        }
        return {person: each for person, each in found.items() if each.until is not None}

    # Results -------------------------------------------------------------------------------------

    def release(self, assignment: str, by: str, tell: Tell = _nothing) -> Future[None]:
        """Release the results of an exam; again, it changes nothing, and nobody is told."""
        row = (assignment, by, now())

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute("INSERT OR IGNORE INTO released VALUES (?, ?, ?)", row).rowcount:
                tell(connection)

        return self._book.write(work)

    def released_at(self, assignment: str) -> str:
        """Return when the results were released; empty if they were not."""
        rows = self._book.read("SELECT released_at FROM released WHERE assignment = ?", assignment)
        return rows[0]["released_at"] if rows else ""

    # Drafts at the due date ----------------------------------------------------------------------

    def settle(
        self, person: str, problem: str, due: datetime, attempt: str, by: str
    ) -> Future[None]:
        """Note the decision about a draft at a due date; the first one stays.

        Args:
            attempt: id of the attempt as which it was handed in; empty if it was not
            by: id of who decided; empty if the server did
        """
        return self._book.write(self.settling(person, problem, due, attempt, by))

    def settling(
        self, person: str, problem: str, due: datetime, attempt: str, by: str
    ) -> Work[None]:
        """Return what notes a decision about a draft, for the writer; see `settle`."""
        row = (person, problem, time_of(due), attempt, by, now())

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR IGNORE INTO at_due VALUES (?, ?, ?, ?, ?, ?)", row)

        return work

    def is_settled(self, person: str, problem: str, due: datetime) -> bool:
        """Return whether something was decided about a draft at a due date."""
        sql = "SELECT 1 FROM at_due WHERE (person, problem, due) = (?, ?, ?)"
        return bool(self._book.read(sql, person, problem, time_of(due)))

    def settled(self, problem: str) -> frozenset[tuple[str, str]]:
        """Return the persons and due dates of a problem for which it was decided."""
        rows = self._book.read("SELECT person, due FROM at_due WHERE problem = ?", problem)
        return frozenset((row["person"], row["due"]) for row in rows)

    def handed_in(self, person: str) -> frozenset[str]:
        """Return the ids of the attempts that are a person's drafts at due dates."""
        rows = self._book.read(
            "SELECT attempt FROM at_due WHERE person = ? AND attempt <> ''", person
        )
        return frozenset(row["attempt"] for row in rows)

    def drafts_of(self, problem: str) -> list[str]:
        """Return the persons who have a draft for a problem."""
        rows = self._book.read("SELECT person FROM draft WHERE problem = ?", problem)
        return [row["person"] for row in rows]

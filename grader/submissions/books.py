"""Reads what was submitted on the practice page, from its book, as if it were an archive.

The book is the SQLite file that `grader serve` keeps; its table `attempt` has the submits of each
person, and `source` the texts. As files they are named `PERSON/PROBLEM/TIME_ID.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from grader.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

ENDING = ".sqlite"


class Submit(NamedTuple):
    """A submit, by the parts of its name."""

    person: str
    problem: str
    time: str
    id: str

    @property
    def name(self) -> str:
        """The name of its file."""
        time = self.time.replace(":", "-")
        return f"{quote(self.person, safe=' @')}/{self.problem}/{time}_{self.id}.py"


def time_and_id(name: str) -> tuple[str, str]:
    """Return time and id of a submit, as the name of its file has them.

    A time contains no "_", but an id may, and students can choose it: nothing may be cut out of it.
    """
    time, _, id = name.rpartition("/")[2].removesuffix(".py").partition("_")
    return time, id


def is_book(path: str) -> bool:
    """Return whether a file should be a book, judging by its name."""
    return path.lower().endswith(ENDING)


def submits_in(path: str) -> Iterator[Submit]:
    """Yield the submits in a book, oldest first.

    Raises:
        UsageError: if the file is something else
    """
    import sqlite3  # few classes need it

    try:
        with closing(_open(path)) as book:
            rows = book.execute(
                "SELECT person, problem, received_at, id FROM attempt WHERE kind = 'submit'"
                " ORDER BY received_at, id"
            )
            yield from (Submit(*map(str, row)) for row in rows)
    except sqlite3.Error as error:
        raise UsageError(
            f"{path} is not a book of `grader serve`, or is damaged ({error}); expected a folder, a"
            f" .zip archive of submissions, or such a book"
        ) from None


def read_submit(path: str, name: str) -> tuple[bytes, str]:
    """Return the text of a submit by the name of its file, and why it could not be read."""
    import sqlite3

    _, id = time_and_id(name)
    try:
        with closing(_open(path)) as book:
            rows = book.execute(
                "SELECT content FROM source JOIN attempt USING (digest) WHERE id = ?", (id,)
            ).fetchall()
    except sqlite3.Error:
        return b"", "the book cannot be read"
    return (bytes(rows[0][0]), "") if rows else (b"", "the book does not have this attempt")


def extensions_in(path: str, assignment: str) -> dict[str, datetime]:
    """Return the extensions that were given on the page for an assignment, by the person's id.

    Args:
        assignment: its name in the book

    Raises:
        UsageError: if the file is something else
    """
    import sqlite3

    try:
        with closing(_open(path)) as book:
            tables = book.execute("SELECT name FROM sqlite_master WHERE name = 'extension'")
            if tables.fetchone() is None:  # an older book
                return {}
            rows = book.execute(
                "SELECT person, until FROM extension WHERE assignment = ? ORDER BY seq",
                (assignment,),
            )
            found = {str(person): str(until) for person, until in rows}
    except sqlite3.Error as error:
        raise UsageError(
            f"{path} cannot be read ({error}); expected a book of `grader serve`"
        ) from None
    return {id: datetime.fromisoformat(until) for id, until in found.items() if until}


def _open(path: str) -> sqlite3.Connection:
    import sqlite3

    return sqlite3.connect(f"file:{quote(os.path.abspath(path))}?mode=ro", 5.0, uri=True)

"""The book: drafts, attempts and their outcomes, in one SQLite file.

Nothing is acknowledged before it is on the disk: `synchronous = FULL`, and all writing is done by
one thread (`writer`). Reading needs no lock. A thread that reads takes the idle connection that was
used last. If each of forty threads had its own connection, the same pages would be in memory forty
times after an hour. `book.sql` describes the tables. Judgements, which can be computed again, are
in another file.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from pathlib import Path

from grader.errors import UsageError
from grader.site.records.attempts import ATTEMPTS, attempt_of, begin_attempt, with_submit
from grader.site.records.drafts import save_draft
from grader.site.records.notes import Attempt, Draft, Kind, Outcome, Standing
from grader.site.records.outcomes import replace_outcome
from grader.site.records.private import make_private
from grader.site.records.writer import BookError, T, Work, Writer, explained, why_unusable

SCHEMA = 2
NAME = "book.sqlite"
_TABLES = Path(__file__).with_name("book.sql")
_CACHE_KIB = 512  # of each connection for reading: the pages are in the system's memory anyway


class Book:
    """An open book.

    Args:
        folder: the folder of the file; both are created if they do not exist
        patience_s: how long to wait for another program that has locked the file

    Attributes:
        dues_of: returns the due dates of a problem, as the book writes times; the draft that a
            person has at such a date is kept

    Raises:
        UsageError: if the file cannot be used, or was written by a newer version
    """

    def __init__(self, folder: Path, patience_s: float = 5.0) -> None:
        self.path = folder / NAME
        self.dues_of: Callable[[str], Collection[str]] = lambda problem: ()
        self._patience_s = patience_s
        self._idle: list[sqlite3.Connection] = []  # for reading; the one used last is taken first
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_private(self.path)
            connection = self._connect()
            try:
                self._prepare(connection)
            finally:
                connection.close()
        except OSError as error:
            raise UsageError(f"{folder} cannot be used: {error.strerror}") from None
        except sqlite3.Error as error:
            raise UsageError(f"{self.path}: {why_unusable(error)}") from None
        self._writer = Writer(self._connect)

    def close(self) -> None:
        """Finish what is being written, and close the file."""
        self._writer.close()
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, self._patience_s, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master")}
        if tables and not tables >= {"about", "draft"}:
            raise UsageError(f"{self.path} is another program's database; choose another folder")
        found = SCHEMA
        if tables:
            for row in connection.execute("SELECT value FROM about WHERE name = 'schema'"):
                found = int(row["value"])
        if found > SCHEMA:
            raise UsageError(
                f"{self.path} was written by a newer version of the grader: expected tables of"
                f" version {SCHEMA}, found {found}; update the grader"
            )
        if found == 1:
            connection.execute("ALTER TABLE outcome ADD COLUMN key TEXT NOT NULL DEFAULT ''")
        for statement in _TABLES.read_text("utf-8").split(";\n"):
            connection.execute(statement)
        connection.execute("INSERT OR REPLACE INTO about VALUES ('schema', ?)", (str(SCHEMA),))
        secret = secrets.token_urlsafe(24)
        connection.execute("INSERT OR IGNORE INTO about VALUES ('secret', ?)", (secret,))
        connection.execute("COMMIT")
        self._facts: dict[str, str] = {
            row["name"]: row["value"] for row in connection.execute("SELECT name, value FROM about")
        }

    @property
    def secret(self) -> str:
        """The key of the sessions, which stays the same as long as the book does."""
        return self._facts["secret"]

    def note(self, name: str, value: str) -> Future[None]:
        """Store a fact about this file."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

        return self._writer.submit(work)

    # For the modules that have the SQL of their own tables --------------------------------------

    def write(self, work: Work[T]) -> Future[T]:
        """Do something within a transaction of the writer; see `Writer.submit`."""
        return self._writer.submit(work)

    def read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return the rows of a query.

        Raises:
            BookError: if the book cannot be read
        """
        try:
            try:
                connection = self._idle.pop()
            except IndexError:  # all are in use by other threads
                connection = self._connect()
                connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            try:
                return list(connection.execute(sql, values))
            finally:
                self._idle.append(connection)
        except sqlite3.Error as error:
            raise BookError(explained(error)) from None

    # Drafts --------------------------------------------------------------------------------------

    def draft(self, person: str, problem: str) -> Draft | None:
        """Return the current draft; None if nothing was saved."""
        rows = self.read(
            "SELECT revision, digest, saved_at FROM draft WHERE (person, problem) = (?, ?)",
            *(person, problem),
        )
        return Draft(**rows[0]) if rows else None

    def source(self, digest: str) -> bytes:
        """Return a text by its digest.

        Raises:
            KeyError: if the book does not have it
        """
        for row in self.read("SELECT content FROM source WHERE digest = ?", digest):
            content: bytes = row["content"]
            return content
        raise KeyError(digest)

    def sizes(self, person: str, problem: str) -> Mapping[str, int]:
        """Return the sizes of all texts of a person for a problem in bytes, by their digests.

        SQLite does not read a text to know its length.
        """
        where = "WHERE (person, problem) = (?1, ?2)"
        union = " UNION ".join(
            f"SELECT digest FROM {table} {where}" for table in ("draft", "draft_log", "attempt")
        )
        sql = f"SELECT digest, length(content) AS size FROM source JOIN ({union}) USING (digest)"
        return {row["digest"]: row["size"] for row in self.read(sql, person, problem)}

    def save_draft(
        self, person: str, problem: str, content: bytes, base: int | None
    ) -> Future[Draft]:
        """Save a draft.

        Args:
            base: the revision that the text was made from; None to save it over any other

        Raises:
            Conflict: (in the future) if another revision with another text was saved in between
            BookError: (in the future) if it cannot be saved
        """
        dues = self.dues_of(problem)

        def work(connection: sqlite3.Connection) -> Draft:
            return save_draft(connection, person, problem, content, base, dues)

        return self._writer.submit(work)

    def log(self, person: str, problem: str) -> list[Draft]:
        """Return the earlier drafts that were kept, oldest first."""
        rows = self.read(
            "SELECT revision, digest, saved_at FROM draft_log WHERE (person, problem) = (?, ?)"
            " ORDER BY revision",
            *(person, problem),
        )
        return [Draft(**row) for row in rows]

    # Attempts ------------------------------------------------------------------------------------

    def begin(
        self, attempt: Attempt, content: bytes, is_draft: bool, is_latest: bool = False
    ) -> Future[tuple[Attempt, bool]]:
        """Store an attempt; return it, and whether it is a new one.

        Args:
            content: the text
            is_draft: whether the text is also the person's draft from now on
            is_latest: whether it was received now; if the clock was set back, its time is then
                moved after that of the previous attempt, because this order decides which attempt
                counts

        Raises:
            IdTaken: (in the future) if there is another attempt with its id
            BookError: (in the future) if it cannot be stored
        """
        dues = self.dues_of(attempt.problem) if is_draft else ()

        def work(connection: sqlite3.Connection) -> tuple[Attempt, bool]:
            return begin_attempt(connection, attempt, content, is_draft, is_latest, dues)

        return self._writer.submit(work)

    def finish(self, attempt_id: str, outcome: Outcome, why: str = "") -> Future[None]:
        """Store an attempt's outcome; see `replace_outcome`.

        If it differs from the one before, that one is kept as well, as history.
        """
        return self.write(lambda connection: replace_outcome(connection, attempt_id, outcome, why))

    def attempt(self, attempt_id: str) -> Attempt | None:
        """Return an attempt, or None if there is none with this id."""
        rows = self.read(f"{ATTEMPTS} WHERE id = ?", attempt_id)
        return attempt_of(rows[0]) if rows else None

    def attempts(self, person: str, problem: str | None = None) -> list[Attempt]:
        """Return a person's attempts, oldest first.

        Args:
            problem: of which problem; None for all
        """
        rows = self.read(
            f"{ATTEMPTS} WHERE person = ? AND problem = coalesce(?, problem)"
            " ORDER BY received_at, id",
            *(person, problem),
        )
        return [attempt_of(row) for row in rows]

    def submits(self, problem: str) -> list[Attempt]:
        """Return everybody's submissions to a problem (without mere runs), oldest first."""
        rows = self.read(
            f"{ATTEMPTS} WHERE problem = ? AND kind = ? ORDER BY received_at, id",
            *(problem, Kind.SUBMIT.value),
        )
        return [attempt_of(row) for row in rows]

    def pending(self) -> list[Attempt]:
        """Return the attempts without an outcome, or with an internal error, oldest first."""
        rows = self.read(
            f"{ATTEMPTS} WHERE verdict IS NULL OR verdict = 'judge_error' ORDER BY received_at, id"
        )
        return [attempt_of(row) for row in rows]

    def standings(self, person: str) -> Mapping[str, Standing]:
        """Return what a person has done, by the slugs of the problems that were begun."""
        found: dict[str, Standing] = {}
        drafts = self.read("SELECT problem, saved_at FROM draft WHERE person = ?", person)
        for row in drafts:
            found[row["problem"]] = Standing(saved_at=row["saved_at"])
        for each in self.attempts(person):
            if each.kind is Kind.SUBMIT:
                found[each.problem] = with_submit(found.get(each.problem, Standing()), each)
        return found

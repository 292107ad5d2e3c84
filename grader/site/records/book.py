"""The book: drafts, attempts and their outcomes, in one SQLite file.

Nothing is acknowledged before it is on the disk: `synchronous = FULL`, and all writing is done by
one thread (`writer`). Reading needs no lock and has a connection for each thread. `book.sql`
describes the tables. Judgements, which can be computed again, are in another file.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path

from grader.errors import UsageError
from grader.model.judgement import Verdict
from grader.site.live import events
from grader.site.live.events import EventKind
from grader.site.records.notes import Attempt, Draft, Kind, Outcome, Standing, digest_of, now
from grader.site.records.outcomes import outcome_of, replace_outcome
from grader.site.records.private import make_private
from grader.site.records.writer import BookError, T, Work, Writer, explained

SCHEMA = 2
NAME = "book.sqlite"
_TABLES = Path(__file__).with_name("book.sql")
_MINUTE = len("2026-11-30T23:59")  # of a time in the book, that is as far as the minute
_ATTEMPTS = (
    "SELECT id, person, problem, kind, digest, received_at, client_at,"
    " judged_at, verdict, score, max_score, key FROM attempt LEFT JOIN outcome ON attempt = id"
)


class Conflict(Exception):
    """Another page has saved the draft in the meantime.

    Attributes:
        draft: the current one
        content: its text
    """

    def __init__(self, draft: Draft, content: bytes) -> None:
        super().__init__("the draft has another revision")
        self.draft, self.content = draft, content


class IdTaken(Exception):
    """Another attempt has the same id."""


class Book:
    """An open book.

    Args:
        folder: of the file, both of which are created if they do not exist
        patience_s: how long to wait for another program that has locked the file

    Raises:
        UsageError: if the file cannot be used, or was written by a newer version
    """

    def __init__(self, folder: Path, patience_s: float = 5.0) -> None:
        self.path = folder / NAME
        self._patience_s = patience_s
        self._reading = threading.local()
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
            raise UsageError(f"{self.path} cannot be used: {explained(error)}") from None
        self._writer = Writer(self._connect)

    def close(self) -> None:
        """Finish what is being written, and close the file."""
        self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, self._patience_s, isolation_level=None)
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
            if not hasattr(self._reading, "connection"):
                self._reading.connection = self._connect()
            return list(self._reading.connection.execute(sql, values))
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

        def work(connection: sqlite3.Connection) -> Draft:
            return _save_draft(connection, person, problem, content, base)

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
        self, attempt: Attempt, content: bytes, is_draft: bool
    ) -> Future[tuple[Attempt, bool]]:
        """Store an attempt; return it, and whether it is a new one.

        Args:
            content: the text
            is_draft: whether the text is also the person's draft from now on

        Raises:
            IdTaken: (in the future) if there is another attempt with its id
            BookError: (in the future) if it cannot be stored
        """

        def work(connection: sqlite3.Connection) -> tuple[Attempt, bool]:
            rows = list(connection.execute(f"{_ATTEMPTS} WHERE id = ?", (attempt.id,)))
            if rows:
                found = _attempt(rows[0])
                if _identity(found) != _identity(attempt):
                    raise IdTaken(attempt.id)
                return found, False
            _keep_source(connection, content)
            row = (
                *(attempt.id, attempt.person, attempt.problem, attempt.kind.value),
                *(attempt.digest, attempt.received_at, attempt.client_at),
            )
            connection.execute("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            kind = EventKind(attempt.kind.value)
            events.note(connection, attempt.person, kind, attempt.problem)
            if is_draft:
                _save_draft(connection, attempt.person, attempt.problem, content, None)
            return attempt, True

        return self._writer.submit(work)

    def finish(self, attempt_id: str, outcome: Outcome, why: str = "") -> Future[None]:
        """Store the outcome of an attempt, and the one that it replaces; see `replace_outcome`."""
        return self.write(lambda connection: replace_outcome(connection, attempt_id, outcome, why))

    def attempt(self, attempt_id: str) -> Attempt | None:
        """Return an attempt, or None if there is none with this id."""
        rows = self.read(f"{_ATTEMPTS} WHERE id = ?", attempt_id)
        return _attempt(rows[0]) if rows else None

    def attempts(self, person: str, problem: str | None = None) -> list[Attempt]:
        """Return a person's attempts, oldest first.

        Args:
            problem: of which problem; None for all
        """
        rows = self.read(
            f"{_ATTEMPTS} WHERE person = ? AND problem = coalesce(?, problem)"
            " ORDER BY received_at, id",
            *(person, problem),
        )
        return [_attempt(row) for row in rows]

    def submits(self, problem: str) -> list[Attempt]:
        """Return everybody's submits of a problem, oldest first."""
        rows = self.read(
            f"{_ATTEMPTS} WHERE problem = ? AND kind = ? ORDER BY received_at, id",
            *(problem, Kind.SUBMIT.value),
        )
        return [_attempt(row) for row in rows]

    def pending(self) -> list[Attempt]:
        """Return the attempts that have no outcome, oldest first."""
        rows = self.read(
            f"{_ATTEMPTS} WHERE verdict IS NULL OR verdict = 'judge_error' ORDER BY received_at, id"
        )
        return [_attempt(row) for row in rows]

    def standings(self, person: str) -> Mapping[str, Standing]:
        """Return what a person has done, by the slugs of the problems that were begun."""
        found: dict[str, Standing] = {}
        drafts = self.read("SELECT problem, saved_at FROM draft WHERE person = ?", person)
        for row in drafts:
            found[row["problem"]] = Standing(saved_at=row["saved_at"])
        for each in self.attempts(person):
            if each.kind is Kind.SUBMIT:
                found[each.problem] = _after(found.get(each.problem, Standing()), each)
        return found


def _after(before: Standing, attempt: Attempt) -> Standing:
    """Return what a person has done after another submit."""
    outcome, best, solved_at = attempt.outcome, before.best, before.solved_at
    if outcome is not None:
        best = max(best, float(outcome.score / outcome.max_score) if outcome.max_score else 0.0)
        if outcome.verdict is Verdict.ACCEPTED:
            solved_at = solved_at or attempt.received_at
    return Standing(before.saved_at, before.submits + 1, best, solved_at)


def _identity(attempt: Attempt) -> tuple[str, str, Kind, str]:
    return attempt.person, attempt.problem, attempt.kind, attempt.digest


def _attempt(row: sqlite3.Row) -> Attempt:
    outcome = outcome_of(row) if row["verdict"] is not None else None
    return Attempt(
        row["id"],
        row["person"],
        row["problem"],
        Kind(row["kind"]),
        row["digest"],
        row["received_at"],
        row["client_at"],
        outcome,
    )


def _keep_source(connection: sqlite3.Connection, content: bytes) -> str:
    digest = digest_of(content)
    connection.execute("INSERT OR IGNORE INTO source VALUES (?, ?)", (digest, content))
    return digest


def _save_draft(
    connection: sqlite3.Connection, person: str, problem: str, content: bytes, base: int | None
) -> Draft:
    key = {"person": person, "problem": problem}
    row = connection.execute(
        "SELECT revision, digest, saved_at, content FROM draft JOIN source USING (digest)"
        " WHERE (person, problem) = (:person, :problem)",
        key,
    ).fetchone()
    old = Draft(row["revision"], row["digest"], row["saved_at"]) if row else Draft(0, "", "")
    digest = digest_of(content)
    if digest == old.digest:
        return old
    if base is not None and base != old.revision:
        raise Conflict(old, row["content"] if row else b"")
    new = Draft(old.revision + 1, digest, now())
    _keep_source(connection, content)
    connection.execute(
        "INSERT OR REPLACE INTO draft VALUES (:person, :problem, :revision, :digest, :saved_at)",
        {**key, **vars(new)},
    )
    if not row:
        events.note(connection, person, EventKind.DRAFT, problem)
    if row and (_is_large_loss(row["content"], content) or _is_log_due(connection, key, old, new)):
        connection.execute(
            "INSERT OR REPLACE INTO draft_log"
            " VALUES (:person, :problem, :revision, :digest, :saved_at)",
            {**key, **vars(old)},
        )
    connection.execute(
        "DELETE FROM source WHERE digest = :digest"
        " AND NOT EXISTS (SELECT 1 FROM draft WHERE digest = :digest)"
        " AND NOT EXISTS (SELECT 1 FROM draft_log WHERE digest = :digest)"
        " AND NOT EXISTS (SELECT 1 FROM attempt WHERE digest = :digest)",
        {"digest": old.digest},
    )
    return new


def _is_large_loss(before: bytes, after: bytes) -> bool:
    """Return whether more than half of a text is removed at once, perhaps by mistake."""
    return len(after) * 2 < len(before)


def _is_log_due(
    connection: sqlite3.Connection, key: Mapping[str, str], old: Draft, new: Draft
) -> bool:
    """Return whether the old text is the first, or the last of its minute.

    So the text at the end of each minute is kept, as is needed for the draft at a due date.
    """
    if old.saved_at[:_MINUTE] != new.saved_at[:_MINUTE]:
        return True
    sql = "SELECT 1 FROM draft_log WHERE (person, problem) = (:person, :problem) LIMIT 1"
    return connection.execute(sql, key).fetchone() is None

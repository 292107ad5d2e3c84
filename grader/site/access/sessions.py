"""Sessions: the browsers that are signed in.

A session has a secret, which the cookie of a browser has, and of which the book has the SHA-256
alone: nobody can sign in with what a backup has. A session ends some time after it was last used,
and at the latest after half a year.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

from grader.site.records.book import Book
from grader.site.records.notes import time_of
from grader.values.dataclasses import dataclass

MAX_SESSION = timedelta(days=180)
_UNUSED_FOR = timedelta(days=30)  # then a session ends
_SEEN_EVERY = timedelta(minutes=5)
_ID_LENGTH = 16
_SESSIONS = (
    "SELECT hash, person, device, begun_at, seen_at FROM session"
    " JOIN person ON person = id AND NOT is_gone WHERE expires_at > ?"
)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Session:
    """A browser that is signed in.

    Attributes:
        id: names it on pages of its person; it is not secret
        device: the browser in words, such as "Firefox on Android"
    """

    id: str
    person: str
    device: str
    begun_at: str
    seen_at: str


@dataclass(frozen=True)
class Use:
    """How much a person uses the page.

    Attributes:
        devices: number of browsers that are signed in
        seen_at: when one of them was last used
    """

    devices: int
    seen_at: str


class Sessions:
    """The sessions in a book.

    Args:
        clock: returns the time
    """

    def __init__(self, book: Book, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._book = book
        self._clock = clock

    def begin(self, person: str, device: str) -> Future[str]:
        """Begin a session; return its secret.

        Raises:
            BookError: (in the future) if it cannot be kept
        """
        secret = secrets.token_hex(32)

        def work(connection: sqlite3.Connection) -> str:
            self.insert(connection, secret, person, device)
            return secret

        return self._book.write(work)

    def insert(self, connection: sqlite3.Connection, secret: str, person: str, device: str) -> None:
        """Begin a session within a transaction."""
        now, until = self._time(), self._time(_UNUSED_FOR)
        row = hash_of(secret), person, device, now, now, until
        connection.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", row)

    def is_open(self, connection: sqlite3.Connection, secret: str) -> bool:
        """Return whether a secret has a session, within a transaction."""
        values = self._time(), hash_of(secret)
        return connection.execute(f"{_SESSIONS} AND hash = ?", values).fetchone() is not None

    def find(self, secret: str) -> Session | None:
        """Return the session of a secret; None if there is none, or its person is gone."""
        rows = self._book.read(f"{_SESSIONS} AND hash = ?", self._time(), hash_of(secret))
        return _session(rows[0]) if rows else None

    def note_use(self, session: Session) -> None:
        """Note that a session is used, so that it lasts longer; not more often than needed."""
        now = self._clock()
        if now - datetime.fromisoformat(session.seen_at) < _SEEN_EVERY:
            return
        latest = datetime.fromisoformat(session.begun_at) + MAX_SESSION
        times = time_of(now), time_of(min(now + _UNUSED_FOR, latest))

        def work(connection: sqlite3.Connection) -> None:
            sql = f"UPDATE session SET seen_at = ?, expires_at = ? WHERE {_IS_SESSION}"
            connection.execute(sql, (*times, session.person, session.id))

        self._book.write(work)  # nobody waits for it, and at worst a session ends earlier

    def of(self, person: str) -> list[Session]:
        """Return the sessions of a person, the one used last first."""
        sql = f"{_SESSIONS} AND person = ? ORDER BY seen_at DESC, begun_at DESC, hash"
        return [_session(row) for row in self._book.read(sql, self._time(), person)]

    def use(self) -> Mapping[str, Use]:
        """Return how much people use the page, by their ids; who is not signed in is left out."""
        sql = (
            "SELECT person, count(*) AS devices, max(seen_at) AS seen_at FROM session"
            " WHERE expires_at > ? GROUP BY person"
        )
        rows = self._book.read(sql, self._time())
        return {row["person"]: Use(row["devices"], row["seen_at"]) for row in rows}

    def end(self, session: Session) -> Future[None]:
        """End a session."""
        return self._delete(_IS_SESSION, session.person, session.id)

    def end_all(self, person: str) -> Future[None]:
        """End all sessions of a person."""
        return self._delete("person = ?", person)

    def prune(self) -> Future[None]:
        """Remove the sessions that have ended."""
        return self._delete("expires_at <= ?", self._time())

    def _delete(self, condition: str, *values: str) -> Future[None]:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(f"DELETE FROM session WHERE {condition}", values)

        return self._book.write(work)

    def _time(self, ahead: timedelta = timedelta()) -> str:
        return time_of(self._clock() + ahead)


_IS_SESSION = f"person = ? AND substr(hash, 1, {_ID_LENGTH}) = ?"


def hash_of(secret: str) -> str:
    """Return what the book keeps of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _session(row: sqlite3.Row) -> Session:
    facts = row["person"], row["device"], row["begun_at"], row["seen_at"]
    return Session(str(row["hash"])[:_ID_LENGTH], *facts)

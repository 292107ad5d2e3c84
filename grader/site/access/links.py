"""Links and codes: what signs a browser in, once.

- A link has a random token of 192 bits, which cannot be guessed, and of which the book has the
  SHA-256 alone.
- A code has six digits, so it signs in nobody but the person who is named with it, within minutes,
  and nobody at all after a few wrong ones. A link that is as short-lived is made with it, for a
  picture that a phone can read. Its hash has a key that only this process has.

What is unknown, used, expired, or of a person who is gone gets the same reply after the same steps.
"""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from enum import Enum

from grader.site.access.sessions import MAX_SESSION, Clock, Sessions, hash_of
from grader.site.records.book import Book
from grader.site.records.notes import time_of
from grader.values.dataclasses import dataclass

CODE_DIGITS = 6
MAX_WRONG_CODES = 5  # for a code: one in 200,000 codes could be guessed
_LINKS = (
    "SELECT hash, person, kind, expires_at, used_at FROM link"
    " JOIN person ON person = id AND NOT is_gone"
)
_REMOVE_UNUSED = "DELETE FROM link WHERE person = ? AND kind = ? AND used_at = ''"


class LinkKind(Enum):
    """What a link is for. A new one replaces the unused one of its kind."""

    LINK = "link"  # for a person of the course
    START = "start"  # for the instructor, printed when the server starts
    BROWSER = "browser"  # the same for the browser that is opened, in the arguments of a program
    CODE = "code"  # for another device: a code, or the link beside it

    @property
    def valid_for(self) -> timedelta:
        """How long it is valid."""
        match self:
            case LinkKind.LINK:
                return timedelta(days=14)
            case LinkKind.START:
                return timedelta(hours=1)
            case LinkKind.BROWSER:
                return timedelta(minutes=2)
            case LinkKind.CODE:
                return timedelta(minutes=10)


@dataclass(frozen=True)
class NewLink:
    """A link that was just made; nobody can read its token later."""

    person: str
    token: str
    expires_at: str


@dataclass(frozen=True)
class NewCode:
    """A code that was just made, with the token of a link that does the same."""

    digits: str
    token: str
    expires_at: str


class Links:
    """The links and codes in a book.

    Args:
        clock: returns the time
    """

    def __init__(
        self, book: Book, sessions: Sessions, clock: Clock = lambda: datetime.now(UTC)
    ) -> None:
        self._book = book
        self._sessions = sessions
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._wrong_codes: dict[str, int] = {}  # by person, since their newest code was made

    def make(self, people: Sequence[str], kind: LinkKind) -> Future[list[NewLink]]:
        """Make a link for each of these people; their unused ones of this kind are void.

        Raises:
            BookError: (in the future) if they cannot be kept
        """
        until = self._time(kind.valid_for)
        made = [NewLink(person, secrets.token_urlsafe(24), until) for person in people]

        def work(connection: sqlite3.Connection) -> list[NewLink]:
            _replace(connection, kind, [(hash_of(each.token), each.person) for each in made], until)
            return made

        return self._book.write(work)

    def make_code(self, person: str) -> Future[NewCode]:
        """Make a code for another device of a person; an earlier one is void.

        Raises:
            BookError: (in the future) if it cannot be kept
        """
        digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        until = self._time(LinkKind.CODE.valid_for)
        made = NewCode(digits, secrets.token_urlsafe(24), until)

        def work(connection: sqlite3.Connection) -> NewCode:
            hashes = hash_of(made.token), self._hash_of_code(person, digits)
            _replace(connection, LinkKind.CODE, [(each, person) for each in hashes], until)
            self._wrong_codes.pop(person, None)
            return made

        return self._book.write(work)

    def find(self, token: str, nonce: str) -> str | None:
        """Return whom a link would sign in; see `use`."""
        rows = self._book.read(f"{_LINKS} WHERE hash = ?", hash_of(token))
        session = self._sessions.find(self._secret_for(hash_of(token), nonce))
        if rows and _is_open(rows[0], self._time()):
            return str(rows[0]["person"])
        return session.person if session is not None else None

    def was_of(self, token: str) -> str | None:
        """Return whose a link is, also if it is used or expired; None if it is unknown."""
        rows = self._book.read(f"{_LINKS} WHERE hash = ?", hash_of(token))
        return str(rows[0]["person"]) if rows else None

    def is_for_browser(self, token: str) -> bool:
        """Return whether a link was in the arguments of the program that opened a browser."""
        rows = self._book.read(f"{_LINKS} WHERE hash = ?", hash_of(token))
        return bool(rows) and rows[0]["kind"] == LinkKind.BROWSER.value

    def until(self) -> Mapping[str, str]:
        """Return until when people have an unused link, by their ids."""
        sql = (
            "SELECT person, max(expires_at) AS until FROM link"
            " WHERE kind = ? AND used_at = '' AND expires_at > ? GROUP BY person"
        )
        rows = self._book.read(sql, LinkKind.LINK.value, self._time())
        return {row["person"]: row["until"] for row in rows}

    def use(self, token: str, nonce: str, device: str) -> Future[str | None]:
        """Sign in by a link, which is used up; return the secret of the session.

        The same browser may repeat this: a second click, or a request whose reply was lost, gets
        the session that the first one began.

        Args:
            nonce: a random text that only this browser has, and had before

        Returns:
            None if the link is unknown, used or expired

        Raises:
            BookError: (in the future) if the session cannot be kept
        """
        return self._book.write(lambda book: self._use(book, hash_of(token), nonce, device))

    def use_code(self, person: str, digits: str, nonce: str, device: str) -> Future[str | None]:
        """Sign in by a code, like `use`; after a few wrong ones not even by the right one."""

        def work(connection: sqlite3.Connection) -> str | None:
            # Counted here, where one request follows another: many at once are many guesses.
            wrong = self._wrong_codes.get(person, 0)
            tried = digits if wrong < MAX_WRONG_CODES else ""
            secret = self._use(connection, self._hash_of_code(person, tried), nonce, device)
            sql = f"{_LINKS} WHERE person = ? AND kind = ? AND used_at = '' AND expires_at > ?"
            values = person, LinkKind.CODE.value, self._time()
            has_code = connection.execute(sql, values).fetchone() is not None
            if secret is None and has_code:
                # In memory: a write to the disk takes longer, and so would say that there is one.
                self._wrong_codes[person] = wrong + 1
            return secret

        return self._book.write(work)

    def _use(
        self, connection: sqlite3.Connection, hash: str, nonce: str, device: str
    ) -> str | None:
        secret, now = self._secret_for(hash, nonce), self._time()
        row = connection.execute(f"{_LINKS} WHERE hash = ?", (hash,)).fetchone()
        if row is not None and _is_open(row, now):
            _use_up(connection, row, now)
            self._sessions.insert(connection, secret, row["person"], device)
            return secret
        return secret if self._sessions.is_open(connection, secret) else None

    def _hash_of_code(self, person: str, digits: str) -> str:
        # With the person, as two may have the same digits; with a key, as all digits can be tried.
        return self._keyed("code", person, digits)

    def _secret_for(self, hash: str, nonce: str) -> str:
        """Return the secret of the session that a browser begins with a link or code.

        It is the same when the browser repeats the request, and unknown to everybody else: also to
        those who have the link alone, or have given the browser its nonce.
        """
        return self._keyed("session", hash, nonce)

    def _keyed(self, *words: str) -> str:
        return hmac.new(
            self._key, "\0".join(words).encode("utf-8", "replace"), "sha256"
        ).hexdigest()

    def prune(self) -> Future[None]:
        """Remove the links that nobody opens any more, not even by a bookmark."""
        old = self._time(-MAX_SESSION)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM link WHERE max(expires_at, used_at) <= ?", (old,))

        return self._book.write(work)

    def _time(self, ahead: timedelta = timedelta()) -> str:
        return time_of(self._clock() + ahead)


def _is_open(link: sqlite3.Row, now: str) -> bool:
    return not link["used_at"] and bool(link["expires_at"] > now)


def _replace(
    connection: sqlite3.Connection, kind: LinkKind, rows: Sequence[tuple[str, str]], until: str
) -> None:
    """Keep links, each a hash and a person, in place of the unused ones of these people."""
    people = {person for _, person in rows}
    connection.executemany(_REMOVE_UNUSED, [(each, kind.value) for each in people])
    connection.executemany(
        "INSERT INTO link VALUES (?, ?, ?, ?, '')",
        [(hash, person, kind.value, until) for hash, person in rows],
    )


def _use_up(connection: sqlite3.Connection, link: sqlite3.Row, now: str) -> None:
    connection.execute("UPDATE link SET used_at = ? WHERE hash = ?", (now, link["hash"]))
    if link["kind"] == LinkKind.CODE.value:  # the code and the link beside it are one
        connection.execute(_REMOVE_UNUSED, (link["person"], link["kind"]))

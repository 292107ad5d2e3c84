"""Who asks: one person alone, who knows the secret of the address that was printed, or one of many,
whose browser has been signed in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from grader.site.addresses import Cookie
from grader.site.book import Book
from grader.site.notes import now, time_of

_YEAR_S = 365 * 24 * 3600
_SESSION_S = 30 * 24 * 3600
_TICKET_S = 120.0  # a browser may take long to start


class Door(Protocol):
    """Decides who asks."""

    def person(self, request: Request) -> str | None:
        """Return the id of the person who asks, or None if nobody is known."""
        ...


class Alone:
    """One person, whose browser opened the address with the secret once.

    The address alone does not protect: everybody on a shared machine reaches it.

    Args:
        secret: of the book, so that a browser stays signed in when the server is started again
        cookie: that a browser is signed in by
        clock: returns seconds
    """

    ME = "me"

    def __init__(
        self, secret: str, cookie: Cookie, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._secret = secret
        self._clock = clock
        self._tickets: dict[str, float] = {}
        self._cookie = cookie
        self._proof = hmac.new(secret.encode(), b"session", hashlib.sha256).hexdigest()

    def person(self, request: Request) -> str | None:
        """Return the person, if the cookie is right."""
        proof = self._cookie.of(request)
        return self.ME if hmac.compare_digest(proof.encode(), self._proof.encode()) else None

    def ticket(self) -> str:
        """Return a word that signs in once and soon.

        It may be an argument of a program, which everybody on the machine can list for as long as
        the program runs.
        """
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = self._clock() + _TICKET_S
        return ticket

    def is_right(self, secret: str) -> bool:
        """Return whether this is the secret, or a ticket, which is used up by this."""
        until = self._tickets.pop(secret, None)
        if until is not None:
            return self._clock() < until
        return hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret.encode())

    def let_in(self, response: Response) -> None:
        """Give the browser that gets this response the cookie."""
        self._cookie.give(response, self._proof, _YEAR_S)


class Owner:
    """One person alone, at a Unix socket that nobody else may open."""

    def person(self, request: Request) -> str | None:
        """Return the person; others cannot connect."""
        return Alone.ME


class Members:
    """The people of a course, each of whose browsers has been signed in.

    Args:
        cookie: that a browser is signed in by
    """

    def __init__(self, book: Book, cookie: Cookie) -> None:
        self._book = book
        self._cookie = cookie

    def person(self, request: Request) -> str | None:
        """Return the person whose session the browser has."""
        secret = self._cookie.of(request)
        rows = self._book.read(
            "SELECT person FROM session JOIN person ON person = id"
            " WHERE hash = ? AND expires_at > ? AND NOT is_gone",
            *(hash_of(secret), now()),
        )
        return str(rows[0]["person"]) if rows else None

    def let_in(self, person: str, device: str, response: Response) -> None:
        """Sign in the browser that gets this response.

        Raises:
            BookError: if the session cannot be kept
        """
        secret = secrets.token_urlsafe(24)
        at = datetime.now(UTC)
        times = (time_of(at), time_of(at), time_of(at + timedelta(seconds=_SESSION_S)))

        def work(connection: sqlite3.Connection) -> None:
            row = (hash_of(secret), person, device, *times)
            connection.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", row)

        self._book.write(work).result()
        self._cookie.give(response, secret, _SESSION_S)


def hash_of(secret: str) -> str:
    """Return what the book keeps of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()

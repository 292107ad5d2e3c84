"""Who asks: one person alone, who knows the secret of the address that was printed, or one of many,
whose browser has been signed in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from grader.site.access.links import Links
from grader.site.access.sessions import MAX_SESSION, Session, Sessions
from grader.site.pages import ROOT
from grader.site.records.book import Book
from grader.site.server.addresses import Cookie

_YEAR_S = 365 * 24 * 3600
_NONCE_S = 3600
_TICKET_S = 120.0  # a browser may take long to start


class Authenticator(Protocol):
    """Decides who asks."""

    def person(self, request: Request) -> str | None:
        """Return the id of the person who asks, or None if nobody is known."""
        ...


class SingleUser:
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

    def is_ticket(self, secret: str) -> bool:
        """Return whether this is a ticket that was not used."""
        return secret in self._tickets

    def is_right(self, secret: str) -> bool:
        """Return whether this is the secret, or a ticket, which is used up by this."""
        until = self._tickets.pop(secret, None)
        if until is not None:
            return self._clock() < until
        return hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret.encode())

    def let_in(self, response: Response) -> None:
        """Give the browser that gets this response the cookie."""
        self._cookie.give(response, self._proof, _YEAR_S)

    def take(self, response: Response) -> None:
        """Take the cookie from the browser that gets this response."""
        self._cookie.take(response)


class Owner:
    """One person alone, at a Unix socket that nobody else may open."""

    def person(self, request: Request) -> str | None:
        """Return the person; others cannot connect."""
        return SingleUser.ME


class Members:
    """The people of a course, each of whose browsers has been signed in.

    Args:
        cookie: that a browser is signed in by
    """

    def __init__(self, book: Book, cookie: Cookie) -> None:
        self.sessions = Sessions(book)
        self.links = Links(book, self.sessions)
        self._cookie = cookie
        self._nonce = replace(cookie, name=f"{cookie.name}-nonce")

    def person(self, request: Request) -> str | None:
        """Return the person whose session the browser has."""
        session = self.session(request)
        if session is None:
            return None
        self.sessions.note_use(session)
        return session.person

    def session(self, request: Request) -> Session | None:
        """Return the session that the browser has."""
        secret = self._cookie.of(request)
        return self.sessions.find(secret) if secret else None

    def let_in(self, person: str, device: str, response: Response) -> None:
        """Sign in the browser that gets this response.

        Raises:
            BookError: if the session cannot be kept
        """
        self.give(self.sessions.begin(person, device).result(), response)

    def give(self, secret: str, response: Response) -> None:
        """Give the browser that gets this response the secret of its session."""
        self._cookie.give(response, secret, round(MAX_SESSION.total_seconds()))

    def take(self, response: Response) -> None:
        """Take the secret of its session from the browser that gets this response."""
        self._cookie.take(response)

    def nonce(self, request: Request) -> str:
        """Return the nonce that the browser has for `Links.use`; empty if it has none."""
        return self._nonce.of(request)

    def give_nonce(self, response: Response) -> None:
        """Give the browser that gets this response a nonce."""
        self._nonce.give(response, secrets.token_urlsafe(24), _NONCE_S)

    def link(self, request: Request, path: str) -> str:
        """Return the whole address of a page, as this browser reaches it."""
        scheme = "https" if self._cookie.is_secure else "http"
        return f"{scheme}://{request.headers['host']}{ROOT.get()}{path}"

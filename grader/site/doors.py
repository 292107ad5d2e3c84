"""Who asks: one person alone, who knows the secret of the address that was printed."""

from __future__ import annotations

import hashlib
import hmac
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

_YEAR_S = 365 * 24 * 3600


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
        port: cookies do not distinguish ports, so it is part of their name
    """

    ME = "me"

    def __init__(self, secret: str, port: int) -> None:
        self._secret = secret
        self._cookie = f"grader-{port}"
        self._proof = hmac.new(secret.encode(), b"session", hashlib.sha256).hexdigest()

    def person(self, request: Request) -> str | None:
        """Return the person, if the cookie is right."""
        proof = request.cookies.get(self._cookie, "")
        return self.ME if hmac.compare_digest(proof.encode(), self._proof.encode()) else None

    def is_right(self, secret: str) -> bool:
        """Return whether this is the secret."""
        return hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret.encode())

    def let_in(self, response: Response) -> None:
        """Give the browser that gets this response the cookie."""
        response.set_cookie(
            self._cookie, self._proof, max_age=_YEAR_S, httponly=True, samesite="lax"
        )

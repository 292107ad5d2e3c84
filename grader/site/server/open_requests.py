"""How many requests of one person may be open at once, so that nobody can take all connections.

A browser opens six at once. Somebody who sends bodies slowly, or does not read replies, keeps each
request open for half a minute; the connections module ends them, and this keeps them few.
"""

from __future__ import annotations

import threading
from collections import Counter

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from grader.site.refusals import Refused

MAX_OPEN = 32
_KEY = "grader.open_request"
_RETRY_S = 5.0


class OpenRequests:
    """Wraps an application; `count_for` says whose request it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it until its reply is complete."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = scope[_KEY] = _OpenRequest(self)
        try:
            await self._app(scope, receive, send)
        finally:
            found.end()

    def begin(self, person: str) -> bool:
        """Count a request; return whether it is one too many, which is not counted."""
        with self._lock:
            if self._counts[person] >= MAX_OPEN:
                return False
            self._counts[person] += 1
            return True

    def end(self, person: str) -> None:
        """Count a request no more."""
        with self._lock:
            self._counts[person] -= 1
            if not self._counts[person]:
                del self._counts[person]


class _OpenRequest:
    """A request, as long as it is open."""

    def __init__(self, all_requests: OpenRequests) -> None:
        self._all = all_requests
        self._person: str | None = None

    def is_too_many(self, person: str) -> bool:
        if self._person is None and self._all.begin(person):
            self._person = person
        return self._person is None

    def end(self) -> None:
        if self._person is not None:
            self._all.end(self._person)


def count_for(person: str, request: Request) -> None:
    """Count a request for the person who asks.

    Raises:
        Refused: if too many of theirs are open
    """
    found = request.scope.get(_KEY)
    if isinstance(found, _OpenRequest) and found.is_too_many(person):
        text = (
            f"{MAX_OPEN} of your requests are being answered; close other windows of this page, and"
            " try again"
        )
        raise Refused(429, text, _RETRY_S)

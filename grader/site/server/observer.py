"""Counts and logs each request: its route, not its address; how it ended; how long it took."""

from __future__ import annotations

import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.site.server.logs import REQUESTS
from grader.site.server.metrics import Metrics

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))
_UNKNOWN = "other"  # an address or a method that does not exist: anybody may make up many of them
_GONE = 499  # the other end has left before the reply; of no standard, but known from nginx


class Observer:
    """Wraps an application; see the module."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        since = time.perf_counter()
        name = secrets.token_hex(8)
        status = _GONE

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = name
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            seconds = time.perf_counter() - since
            route = getattr(scope.get("route"), "path", _UNKNOWN)
            method = scope["method"] if scope["method"] in _METHODS else _UNKNOWN
            self._metrics.requests.add(seconds, route, method, str(status))
            if status in (500, 507):
                self._metrics.errors.add("not saved" if status == 507 else "internal")
            REQUESTS.info(
                "request",
                extra={
                    "request": name,
                    "route": route,
                    "method": method,
                    "status": status,
                    "ms": round(1000 * seconds, 1),
                },
            )

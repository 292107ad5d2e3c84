"""Serve all pages below a prefix, such as /course, which a proxy may leave in paths or remove.

Routes, redirects and templates know no prefix. It is taken off the path of each request and put
before each address that begins with a slash: in templates by `root()`, in redirects here.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.errors import UsageError
from grader.site.pages import ROOT


class Prefix:
    """Wraps the application.

    Args:
        prefix: such as "/course", as addresses have it; empty for none
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix
        self._decoded = unquote(prefix)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as if there were no prefix."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if self._decoded and (path + "/").startswith(self._decoded + "/"):
            scope = {**scope, "path": path.removeprefix(self._decoded) or "/"}

        async def prefixed(message: Message) -> None:
            if message["type"] == "http.response.start" and self._prefix:
                headers = MutableHeaders(scope=message)
                target = headers.get("location", "")
                if target.startswith("/") and not target.startswith("//"):
                    headers["location"] = self._prefix + target
            await send(message)

        token = ROOT.set(self._prefix)
        try:
            await self._app(scope, receive, prefixed)
        finally:
            ROOT.reset(token)


def check_prefix(prefix: str, routes: Iterable[BaseRoute]) -> None:
    """Refuse a prefix that is the beginning of a page's own path.

    Whether a proxy had removed it could not be seen: with the prefix /p, /p/mean is a problem and
    also what is left of /p/p/mean.

    Raises:
        UsageError: if it is
    """
    decoded = unquote(prefix)
    if decoded and any(
        isinstance(each, Route) and (each.path + "/").startswith(decoded + "/") for each in routes
    ):
        raise UsageError(
            f"the prefix {prefix} is the beginning of a page's own path; choose another one,"
            " such as /course"
        )

"""Refusals: what a request gets that cannot be done, in words, as a page or as JSON."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from grader.site.pages import render

NDJSON = "application/x-ndjson"
_TITLES = {
    400: "This cannot be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    408: "Too slow",
    413: "Too large",
    421: "Another address",
    428: "Which text was changed?",
    429: "A moment, please",
    500: "Internal error",
    503: "Not now",
    507: "Not saved",
}


class Refused(Exception):
    """A request that cannot be done.

    Attributes:
        status: of HTTP
        message: a sentence for the person at the page, without a capital and a full stop
        retry_after_s: when to try again, if that is known
        more: what else a script gets
    """

    def __init__(
        self, status: int, message: str, retry_after_s: float = 0.0, **more: object
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.retry_after_s, self.more = retry_after_s, more


def wants_script(request: Request) -> bool:
    """Return whether a script asks, and not a person who reads the reply."""
    accept = request.headers.get("accept", "")
    return NDJSON in accept or "application/json" in accept or request.method == "PUT"


def refusal(request: Request, refused: Refused) -> Response:
    """Return the reply to a request that cannot be done."""
    headers = {}
    if refused.retry_after_s:
        headers["retry-after"] = str(math.ceil(refused.retry_after_s))
    if wants_script(request):
        content = {"message": refused.message, **refused.more}
        return JSONResponse(content, refused.status, headers)
    title = _TITLES.get(refused.status, "This cannot be done")
    page = render(
        "message.html", title=title, message=refused.message, sign_in=refused.more.get("sign_in")
    )
    return HTMLResponse(page, refused.status, headers)

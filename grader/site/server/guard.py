"""What every request passes before a route sees it, and every reply before it leaves.

- The Host must be an address of this server: a page of another site whose name was pointed at
  this machine has another.
- A request that changes something must come from a page of this server, by `Sec-Fetch-Site`, or by
  Origin where a browser is too old to send that. What other sites may do is open a page. No
  token is needed for this, so none can expire while somebody types.
- A body is read up to a limit of size and time.
- An unexpected exception is logged without its text.
- Headers forbid scripts, styles and frames that are not files of this server.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.errors import describe_failure
from grader.site.refusals import Refused, refusal
from grader.site.server.addresses import Address

MAX_CODE_BYTES = 1 << 20  # of a program
# A form writes a byte as up to three, and has a few short fields more.
MAX_BODY_BYTES = 3 * MAX_CODE_BYTES + (64 << 10)
MAX_OTHER_BYTES = 64 << 10  # of a request that has no program: to sign in, to send a note
MAX_FILES_BYTES = 8 << 20  # of the files of other systems, which only an instructor sends
MAX_BODY_S = 30.0

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
_FAILED = "an internal error in the grader; what you wrote is kept as it was last saved"
_LOG = logging.getLogger(__name__)
# Asked by programs on this machine, which name it as they like; nothing there is of any person.
_FOR_MACHINES = ("/healthz", "/readyz", "/metrics")
_SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Wraps the application.

    Args:
        address: where browsers find the pages
    """

    def __init__(self, app: ASGIApp, address: Address) -> None:
        self._app = app
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        is_begun = False

        async def guarded(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "private, no-cache")
            await send(message)

        refused = self._refused(scope)
        if refused is not None:
            response = refusal(Request(scope), refused)
            await response(scope, receive, guarded)
            return
        try:
            await self._app(scope, _within_limits(scope, receive), guarded)
        except ClientDisconnect:  # nobody waits for a reply
            return
        except Exception as error:
            # Not left to the server, whose log would have the text, which may quote a hidden case.
            _LOG.error("a page cannot be shown: %s", describe_failure(error))
            if not is_begun:
                response = refusal(Request(scope), Refused(500, _FAILED))
                await response(scope, receive, guarded)

    def _refused(self, scope: Scope) -> Refused | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        address = self._address
        is_page = scope["path"] not in _FOR_MACHINES
        if is_page and address.hosts is not None and host not in address.hosts:
            text = f"expected a page of {address.origin}, found a request for {host[:80] or 'none'}"
            return Refused(
                421,
                f"{text}; open {address.link('/')} (a proxy has to pass the header Host on)",
            )
        if not _may_come_from(scope["method"], headers, host, address.is_secure):
            text = "this request did not come from a page of this server"
            return Refused(403, f"{text}; open the page again and repeat what you did there")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _max_bytes(scope):
            return _is_too_large(scope)
        return None


def _max_bytes(scope: Scope) -> int:
    """Return how large a request may be.

    The pages of problems and gradebooks read no body of a stranger.
    """
    path = scope["path"]
    if path.startswith("/class/") and path.endswith("/gradebook"):
        return MAX_FILES_BYTES
    return MAX_BODY_BYTES if path.startswith("/p/") else MAX_OTHER_BYTES


def _is_too_large(scope: Scope) -> Refused:
    most = _max_bytes(scope)
    if most == MAX_BODY_BYTES:
        return Refused(413, too_large())
    if most == MAX_FILES_BYTES:
        return Refused(413, f"these files are larger than {most >> 20} MiB together; send fewer")
    return Refused(413, f"this is larger than {most >> 10} KiB; shorten it")


def too_large() -> str:
    """Return what is wrong with a text that is too large."""
    return (
        f"the text is larger than {MAX_CODE_BYTES >> 20} MiB, the most that a program may have;"
        " shorten it"
    )


def _may_come_from(method: str, headers: Headers, host: str, is_secure: bool) -> bool:
    site = headers.get("sec-fetch-site")
    if method in _SAFE:
        # Other sites, and other servers on this machine, may link to a page, and nothing else.
        is_opened = headers.get("sec-fetch-mode") in (None, "navigate")
        return site in (None, "same-origin", "none") or is_opened
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    scheme, _, asked = origin.lower().partition("://")
    return asked == host and (scheme == "https" or not is_secure)


def _within_limits(scope: Scope, receive: Receive) -> Receive:
    """Return a `receive` that raises Refused where a body is too large or takes too long."""
    size = 0
    until: float | None = None
    is_complete = False

    async def limited() -> Message:
        nonlocal size, until, is_complete
        if is_complete:  # what follows is only whether the browser is still there
            return await receive()
        loop = asyncio.get_running_loop()
        until = until if until is not None else loop.time() + MAX_BODY_S
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise Refused(408, "the request was not complete in time; try again") from None
        size += len(message.get("body", b""))
        is_complete = not message.get("more_body", False)
        if size > _max_bytes(scope):
            raise _is_too_large(scope)
        return message

    return limited

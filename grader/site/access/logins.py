"""Sign in by the login of the institution: OpenID Connect, or a JupyterHub.

Both send the browser away with a `state` and a challenge, and get it back with a code, which this
server exchanges for an answer (RFC 6749 and 7636). What has to be known until then is in a cookie
of ten minutes, which ties the answer to the browser that asked. It is not signed, because it
protects that browser and nobody else: the provider checks the code and the verifier.

The session that follows is the same as after a sign-in link.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import field
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.errors import describe_failure
from grader.site.access.authenticators import Members
from grader.site.access.devices import device_of
from grader.site.access.matching import FindPerson
from grader.site.access.returning import asked_page, page_after
from grader.site.refusals import Refused
from grader.site.server.addresses import Address, Cookie
from grader.values.dataclasses import dataclass

SIGN_IN = "/login"
BACK = "/oauth_callback"  # what a JupyterHub expects, unless it is told otherwise
_COOKIE = "grader-login"
_MINUTES = 10
_MAX_COOKIE_BYTES = 3000
_MAX_ASKING = 100  # at once; a provider that works answers each in less than a second
_RETRY_S = 5.0
_LOG = logging.getLogger(__name__)


class Provider(Protocol):
    """Somebody who knows people."""

    @property
    def label(self) -> str:
        """Its name for people."""
        ...

    async def send_away(self, request: Request, back: str) -> Response:
        """Return the redirect to its page.

        Args:
            request: whose `session`, a dict, keeps what has to be known when the browser is back
            back: the whole address to come back to

        Raises:
            LoginError: if it cannot be reached
        """
        ...

    async def identify(self, request: Request) -> str:
        """Return the id of the person who has come back.

        Raises:
            LoginError: if the answer is not one to this browser's question, or not valid
        """
        ...


class LoginError(Exception):
    """A sign-in that failed; the message is a sentence for the person at the page."""


@dataclass(frozen=True)
class SingleSignOn:
    """The login of the institution, and whom it knows."""

    provider: Provider
    find: FindPerson
    members: Members
    address: Address
    _asking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MAX_ASKING))

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Ask the provider inside the block.

        Raises:
            Refused: if it does not answer, or if many ask: strangers could make the server flood
                the provider, or take all connections while it is slow
        """
        if self._asking.locked():
            text = "many people are signing in just now; reload this page in a few seconds"
            raise Refused(503, text, _RETRY_S)
        async with self._asking:
            try:
                yield
            except LoginError as error:
                raise _failed(error) from error

    @property
    def cookie(self) -> Cookie:
        """What a browser keeps while it is away."""
        return self.address.cookie(_COOKIE)


async def send_away(request: Request) -> Response:
    """`GET /login`, with `next`, the page to open afterwards."""
    sso = _single_sign_on(request)
    request.scope["session"] = {"next": page_after(request.query_params.get("next", "/"))}
    async with sso.asking():
        response = await sso.provider.send_away(request, sso.address.link(BACK))
    sso.cookie.give(response, _packed(request.session), 60 * _MINUTES)
    return response


async def come_back(request: Request) -> Response:
    """`GET /oauth_callback`: sign in the person whom the provider names."""
    sso = _single_sign_on(request)
    kept = _unpacked(sso.cookie.of(request))
    request.scope["session"] = kept
    async with sso.asking():
        id = await sso.provider.identify(request)
    response = RedirectResponse(page_after(str(kept.get("next", "/"))), 303)
    person = sso.find(id)
    device = device_of(request.headers.get("user-agent", ""))
    earlier = await asyncio.to_thread(sso.members.session, request)
    await asyncio.to_thread(sso.members.let_in, person, device, response)
    if earlier is not None:  # its cookie is replaced, so nobody could end it here
        await asyncio.wrap_future(sso.members.sessions.end(earlier))
    sso.cookie.take(response)
    return response


def address_for(request: Request) -> str:
    """Return where to sign in, in order to come back to the page that was asked for."""
    wanted = asked_page(request)
    return f"{SIGN_IN}?{urlencode({'next': wanted})}" if wanted != "/" else SIGN_IN


def _single_sign_on(request: Request) -> SingleSignOn:
    sso: SingleSignOn | None = request.app.state.desk.sso  # whose module imports this one
    if sso is None:
        raise Refused(404, "there is no such page")
    return sso


def _failed(error: LoginError) -> Refused:
    # Of what caused it, only the kind: its text may have a code or a token.
    _LOG.warning("sign-in failed: %s", describe_failure(error.__cause__ or error))
    return Refused(403, str(error), sign_in=SIGN_IN)


def _packed(session: dict[str, Any]) -> str:
    """Return what is kept while the browser is away as the value of a cookie."""
    for value in session.values():
        if isinstance(value, dict):  # the address it was sent to is long, and not needed
            value.get("data", {}).pop("url", None)
    return base64.urlsafe_b64encode(json.dumps(session).encode()).decode("ascii").rstrip("=")


def _unpacked(value: str) -> dict[str, Any]:
    """Return what a cookie keeps; nothing if it is not one of this server."""
    if len(value) > _MAX_COOKIE_BYTES:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


ROUTES = [Route(SIGN_IN, send_away), Route(BACK, come_back)]

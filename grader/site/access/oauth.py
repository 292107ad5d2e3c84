"""Logins by OAuth, carried out by Authlib: OpenID Connect, and JupyterHub's own variant.

Authlib makes state, nonce and verifier, exchanges the code and checks the signature and the claims
of the ID token (OpenID Connect Core 1.0, section 3.1.3.7). It fetches the keys of the provider
again for a token with a key that it does not know. What it leaves open is decided here:

- The issuer and the audience are demanded, and only signatures by a key that is not shared.
- The issuer that the provider names must be the one that was configured (Discovery, section 4.3).
- A claim that is not in the ID token is asked for, and must be of the same subject (section 5.3.2).
- An e-mail address that the provider calls unverified is not one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.starlette_client import (  # type: ignore[import-untyped]
    OAuth,
    OAuthError,
)
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from grader.errors import UsageError
from grader.site.access.logins import LoginError

_PATIENCE_S = 10.0
_ALGORITHMS = tuple(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512))
_SIGNATURES = (*_ALGORITHMS, "EdDSA", "Ed25519")
_AGAIN = "sign in again"
_CHALLENGE = {"code_challenge_method": "S256"}


class OpenId:
    """A provider of OpenID Connect.

    Args:
        issuer: its address, by which it names itself in tokens
        client: the id that this server has there
        secret: what it proves that by; empty for a public client
        claim: which one names a person as the roster does
        patience_s: how long to wait for an answer
    """

    def __init__(
        self,
        issuer: str,
        client: str,
        secret: str,
        claim: str = "email",
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._issuer, self._claim, self._client = issuer, claim, client
        self._app: Any = OAuth().register(
            name="institution",
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_id=client,
            client_secret=secret or None,
            client_kwargs={
                "scope": "openid email profile",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
                "timeout": patience_s,
                **_CHALLENGE,
            },
        )

    @property
    def label(self) -> str:
        """The host of the provider."""
        return urlsplit(self._issuer).hostname or self._issuer

    async def send_away(self, request: Request, back: str) -> Response:
        """Return the redirect to the provider's page."""
        async with _understandable():
            await self._prepare()
            response: Response = await self._app.authorize_redirect(request, back)
            return response

    async def identify(self, request: Request) -> str:
        """Return the claim of the person who has come back."""
        async with _understandable():
            metadata = await self._prepare()
            token = await self._app.authorize_access_token(
                request,
                claims_options={
                    "iss": {"essential": True, "value": metadata["issuer"]},
                    "aud": {"essential": True, "value": self._client},
                },
            )
            found: Mapping[str, object] = token.get("userinfo") or {}
            if "sub" not in found:
                raise LoginError(f"{self.label} did not say who you are; {_AGAIN}")
            if self._claim not in found and "userinfo_endpoint" in metadata:
                more = await self._app.userinfo(token=token)
                if more.get("sub") != found["sub"]:
                    raise LoginError(f"{self.label} named two different people; {_AGAIN}")
                found = {**more, **found}
        value = found.get(self._claim)
        if not isinstance(value, str) or not value.strip():
            raise LoginError(
                f"{self.label} did not give your {self._claim}, by which this course knows you; ask"
                " your instructor to choose another claim"
            )
        # A text from some providers, although a boolean is expected (Core 1.0, section 5.1).
        if self._claim == "email" and found.get("email_verified", True) not in (True, "true"):
            raise LoginError(
                f"{self.label} has not verified that your e-mail address is {value}; verify it"
                " there, and sign in again"
            )
        return value

    async def _prepare(self) -> Mapping[str, Any]:
        """Return what the provider says about itself, with the algorithms that are accepted."""
        metadata: dict[str, Any] = await self._app.load_server_metadata()
        if metadata.get("issuer") != self._issuer:
            self._app.server_metadata.pop("_loaded_at", None)
            raise LoginError(
                f"the login of {self.label} is not set up as this server expects (it names"
                f" itself {metadata.get('issuer')!r}); ask your instructor"
            )
        named = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        accepted = [each for each in named if each in _SIGNATURES]
        metadata["id_token_signing_alg_values_supported"] = accepted or ["RS256"]
        return metadata


class Hub:
    """A JupyterHub, of which this server is a service.

    Args:
        origin: of the hub, for browsers
        facts: the environment that a hub gives to a service
    """

    label = "JupyterHub"

    def __init__(self, origin: str, facts: Mapping[str, str]) -> None:
        token, api = _fact(facts, "JUPYTERHUB_API_TOKEN"), _fact(facts, "JUPYTERHUB_API_URL")
        client = _fact(facts, "JUPYTERHUB_CLIENT_ID")
        base = facts.get("JUPYTERHUB_BASE_URL", "/")
        self._user = f"{api}/user"
        self._app: Any = OAuth().register(
            name="hub",
            client_id=client,
            client_secret=token,
            authorize_url=f"{origin}{base}hub/api/oauth2/authorize",
            access_token_url=f"{api}/oauth2/token",
            client_kwargs={
                "token_endpoint_auth_method": "client_secret_post",
                "timeout": _PATIENCE_S,
                **_CHALLENGE,
            },
        )

    async def send_away(self, request: Request, back: str) -> Response:
        """Return the redirect to the hub's page."""
        async with _understandable():
            response: Response = await self._app.authorize_redirect(request, back)
            return response

    async def identify(self, request: Request) -> str:
        """Return the name of the hub's user who has come back."""
        async with _understandable():
            token = await self._app.authorize_access_token(request)
            reply = await self._app.get(self._user, token=token)
            reply.raise_for_status()
            found = reply.json()
        if found.get("kind") != "user" or not found.get("name"):
            raise LoginError(f"the hub did not say who you are; {_AGAIN}")
        return str(found["name"])


def check_issuer(issuer: str) -> str:
    """Return an issuer as it was configured.

    Raises:
        UsageError: if tokens from it could be read or changed on the way
    """
    parts = urlsplit(issuer)
    is_here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
        raise UsageError(
            "--oidc: expected the address of the provider, as it names itself (issuer), such as"
            f" https://login.example.org, found {issuer!r}"
        )
    return issuer


def _fact(facts: Mapping[str, str], name: str) -> str:
    if not facts.get(name):
        raise UsageError(
            f"--jupyterhub: expected {name} in the environment, as a hub gives it to a service;"
            " declare the server in c.JupyterHub.services, and see docs/deploying.md"
        )
    return facts[name]


@asynccontextmanager
async def _understandable() -> AsyncIterator[None]:
    """Turn what Authlib raises into words."""
    try:
        yield
    except OAuthError as error:
        text = {
            "access_denied": "you did not agree to be signed in",
            "mismatching_state": "this sign-in was not started in this browser, or too long ago",
        }.get(error.error, "the login of your institution refused the sign-in")
        raise LoginError(f"{text}; {_AGAIN}") from error
    except JoseError as error:
        raise LoginError(f"the answer of the login is not valid; {_AGAIN}") from error
    except httpx2.HTTPError as error:
        raise LoginError("the login of your institution does not answer; try later") from error
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        text = f"the login of your institution gave an answer that cannot be read; {_AGAIN}"
        raise LoginError(text) from error

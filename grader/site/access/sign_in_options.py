"""Which login of the institution signs people in, by the options of the command."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.site.access.authenticators import Members
from grader.site.access.logins import Provider, SingleSignOn
from grader.site.access.matching import finder
from grader.site.access.trusted_header import TrustedHeader, header_name, networks
from grader.site.classroom import INSTRUCTOR, Classroom
from grader.site.server.listeners import check_rights, is_local
from grader.site.server.places import Site
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class SignIn:
    """How people sign in, other than by links.

    Attributes:
        trust_header: the header in which a proxy names them
        proxy: the addresses of that proxy; none at a Unix socket
        oidc: issuer of OpenID Connect
        oidc_client: the id of this server there
        oidc_secret: path of a file with the secret of that client
        oidc_claim: the claim that names people as the roster does
        jupyterhub: whether a JupyterHub does, of which this server is a service
    """

    trust_header: str | None = None
    proxy: Sequence[str] = ()
    oidc: str | None = None
    oidc_client: str | None = None
    oidc_secret: str | None = None
    oidc_claim: str = "email"
    jupyterhub: bool = False

    @property
    def is_any(self) -> bool:
        """Whether they sign in other than by links."""
        return bool(self.trust_header or self.oidc or self.jupyterhub)

    def check(self, *, is_for_course: bool, has_public_url: bool) -> None:
        """Refuse options that contradict each other.

        Raises:
            UsageError: if they do
        """
        asked = {
            "--trust-header": self.trust_header,
            "--oidc": self.oidc,
            "--jupyterhub": self.jupyterhub,
        }
        given = [name for name, value in asked.items() if value]
        if len(given) > 1:
            raise UsageError(f"expected one login, found {' and '.join(given)}; give one of them")
        if given and not is_for_course:
            raise UsageError(f"{given[0]} needs --course and --roster: it signs in their people")
        if self.proxy and not self.trust_header:
            raise UsageError("--proxy needs --trust-header: it says who may send that header")
        if self.oidc and not self.oidc_client:
            raise UsageError("--oidc needs --oidc-client, the id of this server at the provider")
        if (self.oidc_client or self.oidc_secret) and not self.oidc:
            raise UsageError("--oidc-client and --oidc-secret need --oidc")
        if (self.oidc or self.jupyterhub) and not has_public_url:
            raise UsageError(f"{given[0]} needs --public-url: browsers are sent back there")


def header_authenticator(sign_in: SignIn, classroom: Classroom, site: Site) -> TrustedHeader:
    """Return who decides who asks, where a proxy says it.

    Raises:
        UsageError: if others than the proxy could say it, or nobody who teaches could sign in
    """
    name = header_name(sign_in.trust_header or "")
    if INSTRUCTOR in classroom.people:
        raise UsageError(
            f"--trust-header {name} needs an instructor in `staff` of the course: there are no"
            " links with this login, so nobody could sign in as one"
        )
    proxies = networks(sign_in.proxy)
    if is_local(site.listener):
        if proxies:
            raise UsageError("leave out --proxy: the rights of the socket decide who may connect")
        check_rights(site.listener, 0o007, "anyone on this machine could sign in as anybody")
        return TrustedHeader(name, finder(classroom), None)
    if not proxies:
        raise UsageError(
            f"--trust-header {name} needs --uds, or --proxy with the address of the proxy; else"
            " everybody could sign in as anybody"
        )
    return TrustedHeader(name, finder(classroom), proxies)


def single_sign_on_of(
    sign_in: SignIn, classroom: Classroom, members: Members, site: Site
) -> SingleSignOn | None:
    """Return the login of the institution, if there is one beside links.

    Raises:
        UsageError: if it is not set up, or what it needs is not installed
    """
    if not sign_in.oidc and not sign_in.jupyterhub:
        return None
    return SingleSignOn(provider_of(sign_in, site), finder(classroom), members, site.address)


def provider_of(sign_in: SignIn, site: Site) -> Provider:
    """Return the provider that knows people, which is not asked yet.

    Raises:
        UsageError: if it is not set up, or what it needs is not installed
    """
    try:
        from grader.site.access.oauth import Hub, OpenId, check_issuer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("authlib", "httpx2", "joserfc"):
            raise
        from grader import DISTRIBUTION

        raise UsageError(
            f"this login needs {error.name}, which is not installed; install it with:"
            f" pip install '{DISTRIBUTION}[serve,oidc]'"
        ) from None
    if sign_in.jupyterhub:
        return Hub(site.address.origin, os.environ)
    assert sign_in.oidc and sign_in.oidc_client
    secret = _secret(sign_in.oidc_secret) if sign_in.oidc_secret else ""
    return OpenId(check_issuer(sign_in.oidc), sign_in.oidc_client, secret, sign_in.oidc_claim)


def _secret(path: str) -> str:
    try:
        text = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--oidc-secret: {path} cannot be read: {error}") from None
    if not text:
        raise UsageError(f"--oidc-secret: {path} is empty; expected the secret of the client")
    return text

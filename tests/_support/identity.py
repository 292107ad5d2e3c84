"""A provider of OpenID Connect as a process, and a browser's part in signing in by it."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx2 as httpx
import pytest
from joserfc.jwk import KeySet, RSAKey
from starlette.testclient import TestClient

from grader.site.access.authenticators import Members
from grader.site.access.logins import Provider as SiteProvider
from grader.site.access.logins import SingleSignOn
from grader.site.access.matching import finder
from grader.site.app import Settings
from grader.site.server.addresses import public_address
from tests._support.bank import PATIENCE_S, ROOT

ADDRESS = public_address("https://practice.example.org/ml", [])
FOLDER = ROOT / "tests" / "_support" / "provider"
SECRET = "of the client of a test"
PEOPLE = {
    "ada": {"email": "ada@example.org", "email_verified": True},
    "ADA": {"email": "ADA@Example.ORG", "email_verified": True},
    "eve": {"email": "eve@example.org", "email_verified": True},
    "liar": {"email": "ben@example.org", "email_verified": False},
    "liar in words": {"email": "ben@example.org", "email_verified": "false"},
    "nameless": {},
}


def new_keys() -> dict[str, Any]:
    """Return a key to sign with, as a JWKS."""
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    return dict(KeySet([key]).as_dict(private=True))


def node() -> str:
    """Return where Node.js is; skips the test where it or the provider is not installed."""
    found = shutil.which("node")
    if found is None or not (FOLDER / "node_modules").is_dir():
        reason = "no provider of OpenID Connect: `make provider` installs it, and needs Node.js"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@dataclass
class Provider:
    """A provider, with a port that stays when it is started again.

    Attributes:
        redirect: where it sends people back to
        settings: more of provider.js
    """

    redirect: str
    keys: dict[str, Any] = field(default_factory=new_keys)
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.issuer = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self, **settings: Any) -> Iterator[None]:
        """Run it until the block ends."""
        facts = {
            "port": self.port,
            "redirect": self.redirect,
            "secret": SECRET,
            "people": PEOPLE,
            "keys": self.keys,
            **self.settings,
            **settings,
        }
        process = subprocess.Popen(
            [node(), str(FOLDER / "provider.js"), json.dumps(facts)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        try:
            assert process.stdout is not None and process.stdout.readline() == "listening\n"
            yield
        finally:
            process.kill()
            process.communicate()


def sign_in(address: str, login: str) -> str:
    """Sign in at the provider as a browser would; return the address that it sends back to.

    Args:
        address: of the provider's page, with the question
    """
    provider = address.partition("/auth?")[0]
    with httpx.Client(base_url=provider, timeout=PATIENCE_S) as client:
        reply = client.get(address)
        while True:
            if reply.has_redirect_location:
                target = urljoin(str(reply.url), reply.headers["location"])
                if not target.startswith(f"{provider}/"):
                    return target
                reply = client.get(target)
            else:
                assert reply.status_code == 200, reply.text
                action = _between(reply.text, 'action="', '"')
                prompt = _between(reply.text, 'name="prompt" value="', '"')
                data = {"prompt": prompt, "login": login, "password": "any"}
                reply = client.post(urljoin(str(reply.url), action), data=data)


def with_login(settings: Settings, login: SiteProvider) -> Settings:
    """Return settings with the login of an institution."""
    assert settings.classroom is not None and isinstance(settings.authenticator, Members)
    found = SingleSignOn(login, finder(settings.classroom), settings.authenticator, ADDRESS)
    return dataclasses.replace(settings, sso=found)


def leave(browser: TestClient, page: str = "/") -> str:
    """Go away to sign in; return the address of the provider's page."""
    reply = browser.get("/login", params={"next": page})
    assert reply.status_code == 302, reply.text
    return str(reply.headers["location"])


def is_signed_in(browser: TestClient) -> bool:
    return browser.get("/").status_code == 200


def refused(reply: httpx.Response, browser: TestClient, words: str) -> None:
    """Expect a refusal in words, after which nobody is signed in."""
    assert reply.status_code == 403 and words in reply.text, reply.text
    assert "Traceback" not in reply.text and not is_signed_in(browser)


def query(address: str) -> Mapping[str, str]:
    """Return the parameters of an address."""
    return dict(httpx.URL(address).params)


def _between(text: str, before: str, after: str) -> str:
    return text.partition(before)[2].partition(after)[0]

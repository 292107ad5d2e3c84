"""Where browsers find the pages: the hosts they may ask for, the prefix of paths, the cookies.

A server behind a proxy does not see this from its socket. `--public-url` says it: the address of
the first page, as people type it.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from grader.errors import UsageError
from grader.values.dataclasses import dataclass

LOOPBACK = "127.0.0.1"
_LOCAL_NAMES = (LOOPBACK, "localhost")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# A path as addresses have it, so that links, cookies and headers may quote it.
_PREFIX = re.compile(r"(?:/(?:[A-Za-z0-9._~@+-]|%[0-9A-Fa-f]{2})+)*")
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")


@dataclass(frozen=True)
class Address:
    """Where browsers find the pages.

    Attributes:
        origin: scheme, host and port, such as "https://example.org"; empty if it is not known
        prefix: what all paths begin with, such as "/course"; empty if they begin with nothing
        hosts: what Host may be; None for anything, where only a trusted proxy can connect
    """

    origin: str
    prefix: str = ""
    hosts: frozenset[str] | None = None

    @property
    def is_secure(self) -> bool:
        """Whether browsers use TLS."""
        return self.origin.startswith("https://")

    def link(self, path: str) -> str:
        """Return the whole address of a page.

        Args:
            path: without the prefix
        """
        return f"{self.origin}{self.prefix}{path}"

    def cookie(self, name: str) -> Cookie:
        """Return a cookie that goes to these pages alone.

        Browsers do not distinguish ports, so the port is part of the name. What begins with
        `__Host-` can be set by this host only, and with `__Secure-` over TLS only.
        """
        port = urlsplit(self.origin).port
        whole = name if port is None else f"{name}-{port}"
        if not self.is_secure:
            return Cookie(whole, self.prefix or "/", False)
        beginning = "__Secure-" if self.prefix else "__Host-"
        return Cookie(beginning + whole, self.prefix or "/", True)


@dataclass(frozen=True)
class Cookie:
    """A cookie that scripts cannot read and other sites cannot have sent with a form.

    Attributes:
        path: beginning of the paths with which it is sent
        is_secure: whether it is sent over TLS alone
    """

    name: str
    path: str = "/"
    is_secure: bool = False

    def of(self, request: Request) -> str:
        """Return what a request has; empty if it has none.

        Starlette's own function would unquote whatever a stranger sends, in a time that grows with
        the square of its length (CVE-2024-7592). Values of these pages have no quotes.
        """
        found = ""
        for header in request.headers.getlist("cookie"):
            for each in header.split(";"):
                name, _, value = each.partition("=")
                if name.strip() == self.name:
                    found = value.strip()
        return found

    def give(self, response: Response, value: str, max_age_s: int) -> None:
        """Let the browser that gets a response keep a value of letters, digits, `-` and `_`."""
        response.set_cookie(
            *(self.name, value, max_age_s),
            path=self.path,
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def take(self, response: Response) -> None:
        """Let the browser that gets a response forget the value."""
        response.delete_cookie(
            self.name, path=self.path, secure=self.is_secure, httponly=True, samesite="lax"
        )


def local_address(port: int, prefix: str = "") -> Address:
    """Return the address of a server on a port of this machine."""
    return Address(f"http://{LOOPBACK}:{port}", prefix, frozenset(local_hosts(port)))


def local_hosts(port: int) -> list[str]:
    """Return what Host is for a browser on this machine."""
    named = [f"{name}:{port}" for name in _LOCAL_NAMES]
    return named + (list(_LOCAL_NAMES) if port == _DEFAULT_PORTS["http"] else [])


def public_address(url: str, own_hosts: list[str], option: str = "--public-url") -> Address:
    """Return the address that an option says.

    Args:
        own_hosts: what Host may be as well, such as for a check of health on this machine

    Raises:
        UsageError: if it is not the address of a page
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    prefix = parts.path.rstrip("/")
    is_plain = parts.scheme in _DEFAULT_PORTS and _HOST.fullmatch(host) and "@" not in parts.netloc
    if not is_plain or parts.query or parts.fragment or not _is_prefix(prefix):
        raise UsageError(
            f"{option}: expected the address of the first page, such as"
            f" https://example.org/course, found {url!r}"
        )
    usual = _DEFAULT_PORTS[parts.scheme]
    netloc = host if port in (None, usual) else f"{host}:{port}"
    hosts = {netloc, *own_hosts} | ({f"{host}:{usual}"} if netloc == host else set())
    return Address(f"{parts.scheme}://{netloc}", prefix, frozenset(hosts))


def prefix_of(path: str) -> str:
    """Return the prefix that `--root-path` says, without a slash at the end.

    Raises:
        UsageError: if it is not the beginning of a path
    """
    prefix = "/" + path.strip("/") if path.strip("/") else ""
    if not _is_prefix(prefix):
        raise UsageError(
            "--root-path: expected the beginning of a path as addresses have it, such as /course,"
            f" found {path!r}"
        )
    return prefix


def _is_prefix(path: str) -> bool:
    """Return whether a path can be in front of all others, as browsers would not change it."""
    return bool(_PREFIX.fullmatch(path)) and not {".", ".."} & set(path.split("/"))

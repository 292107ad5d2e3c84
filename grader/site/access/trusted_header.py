"""Who asks, by a header that a proxy in front sets after the login of the institution.

The header is worth as much as the way it came. It counts from a proxy alone: who connects by the
Unix socket that only the proxy may open, or from one of its addresses. Whatever else a request has,
such as the cookie of a session, says nothing. The proxy has to replace the header in what it
passes on, which no test here can see: docs/deploying.md has the lines.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.requests import Request

from grader.errors import UsageError
from grader.site.access.matching import FindPerson
from grader.site.refusals import Refused

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedHeader:
    """The people of a course, whom a proxy names.

    Args:
        name: of the header
        find: returns the id of a person
        proxies: whence the header counts; None for everywhere, at a socket that is the proxy's
    """

    def __init__(self, name: str, find: FindPerson, proxies: Sequence[Network] | None) -> None:
        self._name, self._find, self._proxies = name, find, proxies

    def person(self, request: Request) -> str | None:
        """Return the person whom the header names; None if it names nobody.

        Raises:
            Refused: if the request is not from the proxy, or the person is not of the course
        """
        if not self._is_from_proxy(request):
            raise Refused(
                403,
                "this page is behind the login of your institution; open its public address, and"
                " not this one",
            )
        values = [value for name, value in request.scope["headers"] if name == self._raw]
        if len(values) > 1:
            raise Refused(
                400,
                f"the request has {len(values)} headers {self._name}, where one is expected; the"
                " proxy has to replace what browsers send",
            )
        id = _text(values[0]).strip() if values else ""
        return self._find(id) if id else None

    @property
    def _raw(self) -> bytes:
        return self._name.lower().encode("ascii")

    def _is_from_proxy(self, request: Request) -> bool:
        if self._proxies is None:
            return True
        if request.client is None:
            return False
        try:
            address = ipaddress.ip_address(request.client.host)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._proxies)


def header_name(text: str) -> str:
    """Return a name of a header.

    Raises:
        UsageError: if it is not one
    """
    if not text or not all(each.isascii() and (each.isalnum() or each == "-") for each in text):
        raise UsageError(
            f"--trust-header: expected the name of a header, such as X-Remote-User, found {text!r}"
        )
    return text


def networks(proxies: Sequence[str]) -> list[Network]:
    """Return the addresses of proxies.

    Raises:
        UsageError: if one is not an address
    """
    found: list[Network] = []
    for each in proxies:
        try:
            found.append(ipaddress.ip_network(each))
        except ValueError:
            raise UsageError(
                "--proxy: expected an address or a network, such as 127.0.0.1 or 10.0.0.0/24,"
                f" found {each!r}"
            ) from None
    return found


def _text(value: bytes) -> str:
    """Return what a header says: UTF-8, as most proxies send it, or Latin-1."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")

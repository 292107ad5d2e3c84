"""Where the server is, by the options of the command: its socket, and its address for browsers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from grader.errors import UsageError
from grader.site.server.addresses import (
    LOOPBACK,
    Address,
    local_address,
    local_hosts,
    prefix_of,
    public_address,
)
from grader.site.server.listeners import (
    OWNER_ALONE,
    OWNER_AND_GROUP,
    check_rights,
    inherited,
    is_local,
    on_path,
    on_port,
)
from grader.values.dataclasses import dataclass

DEFAULT_PORT = 8321


@dataclass(frozen=True)
class Place:
    """Where the server is to be.

    Attributes:
        host: an address of this machine
        port: None for the usual one, or any that is free
        uds: path of a Unix socket to make
        fd: number of a socket that was opened before
        root_path: what all paths begin with, if `public_url` does not say it
        public_url: address of the first page for browsers; None if it is that of the socket
    """

    host: str = LOOPBACK
    port: int | None = None
    uds: str | None = None
    fd: int | None = None
    root_path: str = ""
    public_url: str | None = None


@dataclass(frozen=True)
class Site:
    """Where the server is.

    Attributes:
        is_owners: whether only the account that runs the server can connect
    """

    listener: socket.socket
    address: Address
    is_owners: bool = False

    @property
    def described(self) -> str:
        """Where it listens, for a message."""
        name = self.listener.getsockname()
        return name if isinstance(name, str) else f"{name[0]}, port {name[1]}"


@contextmanager
def opened(place: Place, is_for_course: bool) -> Iterator[Site]:
    """Listen until the block ends.

    Args:
        is_for_course: whether it is for many; else a Unix socket is for its owner

    Raises:
        UsageError: if the options contradict each other, or it cannot listen there
    """
    _check(place, is_for_course)
    prefix = prefix_of(place.root_path)
    with _listener(place, is_for_course) as listener:
        if is_local(listener):
            is_owners = not is_for_course and place.public_url is None
            if is_owners:
                check_rights(listener, 0o077, "everybody who may open it would be signed in as you")
            own_hosts, address = ["localhost"], Address("", prefix)
        else:
            is_owners = False
            port = listener.getsockname()[1]
            own_hosts, address = local_hosts(port), local_address(port, prefix)
        if place.public_url is not None:
            address = public_address(place.public_url, own_hosts)
            if prefix not in ("", address.prefix):
                raise UsageError(
                    f"--root-path is {prefix}, and the path of --public-url"
                    f" {address.prefix or '/'}; give only --public-url"
                )
        yield Site(listener, address, is_owners)


def _listener(place: Place, is_for_course: bool) -> AbstractContextManager[socket.socket]:
    if place.fd is not None:
        return inherited(place.fd)
    if place.uds is not None:
        return on_path(place.uds, OWNER_AND_GROUP if is_for_course else OWNER_ALONE)
    if place.port is None:
        return on_port(DEFAULT_PORT, may_take_another=True, host=place.host)
    return on_port(place.port, host=place.host)


def _check(place: Place, is_for_course: bool) -> None:
    port = place.port is not None or place.host != LOOPBACK
    if sum((port, place.uds is not None, place.fd is not None)) > 1:
        raise UsageError(
            "expected one place to listen at, found several; give --host and --port, or --uds, or"
            " --fd"
        )
    if place.host == LOOPBACK:
        return
    if not is_for_course:
        text = "without --course, the page is only for this machine; leave out --host"
        raise UsageError(f"--host {place.host}: {text}")
    if place.public_url is None:
        raise UsageError(f"--host {place.host} needs --public-url, the address that people open")

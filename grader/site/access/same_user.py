"""Whether a browser on this machine belongs to the user who runs the server.

What opens a browser has its address in its arguments, which everybody on the machine can list at
that moment. So an address that was opened in this way signs in browsers of the same user alone.
Linux says in `/proc/net/tcp` whose each connection is. Elsewhere nothing is known, and nothing is
refused: there the address is protected by being valid once and for two minutes.
"""

from __future__ import annotations

import ipaddress
import os
import struct
from pathlib import Path

from starlette.requests import Request

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LOCAL, _REMOTE, _USER = 1, 2, 7  # columns
_MAPPED = bytes(10) + b"\xff\xff"  # before an IPv4 address that is written as one of IPv6


def is_same_user(request: Request) -> bool:
    """Return whether the other end of a connection is the server's user's, or cannot be known.

    A connection that the tables do not have is somebody else's.
    """
    tables = [path for name in _TABLES if (path := Path(name)).exists()]
    server = request.scope.get("server")
    if not tables or request.client is None or not server or server[1] is None:
        return True  # at a Unix socket, its rights decide
    try:
        wanted = _place(*request.client), _place(*server)
        return str(os.geteuid()) in _users(tables, *wanted)
    except (ValueError, OSError):  # no address of the internet, or a table that may not be read
        return True


def _users(tables: list[Path], local: tuple[bytes, int], remote: tuple[bytes, int]) -> set[str]:
    """Return the ids of the users whose connection has these two ends."""
    found = set()
    for path in tables:
        for line in path.read_text("ascii").splitlines()[1:]:
            columns = line.split()
            if _read(columns[_LOCAL]) == local and _read(columns[_REMOTE]) == remote:
                found.add(columns[_USER])
    return found


def _place(host: str, port: int) -> tuple[bytes, int]:
    """Return an address as 16 bytes, and the port.

    Raises:
        ValueError: if the host is not an address
    """
    return _long(ipaddress.ip_address(host).packed), port


def _read(text: str) -> tuple[bytes, int]:
    """Return an address of a table, which has words in the order of bytes of this machine."""
    address, _, port = text.partition(":")
    words = [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
    return _long(b"".join(struct.pack("=I", word) for word in words)), int(port, 16)


def _long(address: bytes) -> bytes:
    return address if len(address) == 16 else _MAPPED + address

"""What the server listens at: a port, a Unix socket, or a socket that another program opened.

Who may open a Unix socket is decided by the rights of its file. In alone mode it is for its owner,
and the file takes the place of the secret in the address. For a course it is for a proxy, which
has to be in the group of the file.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import UsageError
from grader.site.server.addresses import LOOPBACK

_BACKLOG = 2048
OWNER_ALONE = 0o600
OWNER_AND_GROUP = 0o660


@contextmanager
def on_port(
    port: int, may_take_another: bool = False, host: str = LOOPBACK
) -> Iterator[socket.socket]:
    """Listen on a port.

    Args:
        may_take_another: whether to use any free one if this one is taken
        host: an address of this machine

    Raises:
        UsageError: if it cannot be used
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    reason = ""
    for each in (port, 0) if may_take_another else (port,):
        # Only where the protocol is named, asyncio sends small replies without waiting for more.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, each))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            reason = error.strerror or str(error)
            continue
        with listener:
            yield listener
        return
    raise UsageError(
        f"port {port} of {host} cannot be used: {reason}; choose another with --port, or 0 for any"
    )


@contextmanager
def on_path(path: str, rights: int) -> Iterator[socket.socket]:
    """Listen at a Unix socket, whose file is removed at the end.

    Args:
        rights: of the file, such as `OWNER_AND_GROUP`

    Raises:
        UsageError: if it cannot be made, or another server listens there
    """
    _remove_left_over(path)
    with socket.socket(socket.AF_UNIX) as listener:
        # Never, not even for a moment, with more rights than it is meant to have.
        before = os.umask(0o777 & ~rights)
        try:
            listener.bind(path)
            listener.listen(_BACKLOG)
        except OSError as error:
            raise UsageError(
                f"the socket {path} cannot be made: {_reason(path, error)}, or name another path"
                " with --uds"
            ) from None
        finally:
            os.umask(before)
        made = os.stat(path).st_ino
        try:
            yield listener
        finally:
            with suppress(OSError):
                if os.stat(path).st_ino == made:  # not that of a server which came after this one
                    os.unlink(path)


def _reason(path: str, error: OSError) -> str:
    """Return why a Unix socket cannot be made, and what to do."""
    folder = os.path.dirname(path) or os.curdir
    if not os.path.isdir(folder):
        return f"the folder {folder} does not exist; make it"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"you may not write to the folder {folder}; change its rights"
    if error.errno is None:  # Python refuses a path that no system takes
        return f"{error} (at most about 100 bytes); choose a shorter path"
    return f"{error.strerror}; put it on a local disk"


def _remove_left_over(path: str) -> None:
    """Remove the socket of a server that was killed.

    Raises:
        UsageError: if there is another file, or a server that listens
    """
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return
    if not stat.S_ISSOCK(mode):
        raise UsageError(f"{path} is a file and not a socket; name another path with --uds")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            with suppress(OSError):
                os.unlink(path)
            return
        except OSError:
            pass
    raise UsageError(f"another server listens at {path}; stop it, or name another path with --uds")


@contextmanager
def inherited(number: int) -> Iterator[socket.socket]:
    """Listen at a socket that was opened before this process was started, as systemd does.

    Raises:
        UsageError: if the number is not that of a socket which listens
    """
    try:
        listener = socket.socket(fileno=number)
    except OSError as error:
        raise UsageError(
            f"--fd {number}: expected a socket that was opened for this process, found none"
            f" ({error.strerror or error}); systemd passes the first one of a .socket unit as 3"
        ) from None
    with listener:
        if listener.type != socket.SOCK_STREAM or not listener.getsockopt(
            socket.SOL_SOCKET, socket.SO_ACCEPTCONN
        ):
            raise UsageError(f"--fd {number}: expected a socket that listens, found another one")
        listener.set_inheritable(False)  # or the processes of submissions would have it
        yield listener


def is_local(listener: socket.socket) -> bool:
    """Return whether it is a Unix socket."""
    return listener.family == socket.AF_UNIX


def check_rights(listener: socket.socket, others: int, reason: str) -> None:
    """Refuse a Unix socket that more people may open than its use permits.

    Args:
        others: the rights that its file must not have
        reason: what they would give away, for the message

    Raises:
        UsageError: if it has one of them
    """
    path = listener.getsockname()
    if not isinstance(path, str) or not path:  # in no folder, so anybody may open it
        raise UsageError(f"expected a Unix socket that has a file, found one without; {reason}")
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if mode & others and not _is_closed(Path(path).parent):
        raise UsageError(
            f"{path}: expected rights {mode & ~others:o}, found {mode:o}; {reason}"
            " (in a .socket unit, SocketMode= sets them)"
        )


def _is_closed(folder: Path) -> bool:
    """Return whether others cannot enter a folder."""
    return not os.stat(folder).st_mode & stat.S_IXOTH

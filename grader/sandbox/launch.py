"""Starts the processes of fork servers, before a command does anything else.

The server takes as long to load NumPy as a command takes to load its modules, so the two should run
at the same time. This module therefore imports next to nothing: with `socket` and the other imports
of `fork_server`, the server would start 12 ms later, a sixth of the time of `import numpy`.
"""

from __future__ import annotations

import os
import sys

from grader.sandbox.interpreter import command, environment, work_folder

_CONTROL = 3  # the descriptor of the socket in a server that is alone


class ServerProcess:
    """The running process of a fork server.

    Attributes:
        pid: its process id; 0 if another server forks it, until it reports
        control: the descriptor of a socket for requests, which preserves message boundaries
        folder: its working folder, to be removed after its end
    """

    def __init__(self, pid: int, control: int, folder: str) -> None:
        self.pid = pid
        self.control = control
        self.folder = folder


def start_servers(
    count: int = 1, hash_seed: int = 0, *, low_priority: bool = False
) -> list[ServerProcess]:
    """Start fork servers: the first loads NumPy, and then forks the others.

    Args:
        hash_seed: the seed for the hashes of strings
        low_priority: whether they and their children leave the cores to other processes

    Raises:
        OSError: if the system refuses another process or socket
    """
    # Importing `socket` takes seven times as long.
    from _socket import AF_UNIX, SOCK_SEQPACKET, socketpair

    pairs, folders = [], list[str]()
    try:
        for _ in range(count):
            pairs.append(socketpair(AF_UNIX, SOCK_SEQPACKET))
            folders.append(work_folder())
        pid = _spawn([theirs.fileno() for _, theirs in pairs], folders, hash_seed, low_priority)
    except OSError:
        for folder in folders:
            os.rmdir(folder)
        raise
    finally:
        for _, theirs in pairs:
            theirs.close()
    controls = [own.detach() for own, _ in pairs]
    pids = [pid] + [0] * (count - 1)
    return [ServerProcess(*each) for each in zip(pids, controls, folders, strict=True)]


def _spawn(controls: list[int], folders: list[str], hash_seed: int, low_priority: bool) -> int:
    """Start the first server with the sockets of all; return its process id."""
    # Several get numbers that none of them has here, or one could overwrite the next.
    first = _CONTROL if len(controls) == 1 else max(controls) + 1
    numbers = range(first, first + len(controls))
    servers = list(zip(numbers, folders, strict=True))
    argv = command("grader.sandbox.server", f"{servers!r}, low_priority={low_priority}")
    moves = zip(controls, numbers, strict=True)
    # Not with `subprocess`, whose import takes as long as the start.
    return os.posix_spawn(
        argv[0],
        argv,
        environment(folders[0], hash_seed),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            *((os.POSIX_SPAWN_DUP2, own, number) for own, number in moves),
        ],
        setsid=True,  # Ctrl-C is for this process, which then closes it
    )


def can_fork() -> bool:
    """Return whether forking is safe here: only on Linux."""
    return sys.platform.startswith("linux")

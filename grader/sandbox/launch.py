"""Starts the process of the fork server: the first thing that a command does which runs code.

The server needs as long to load NumPy as a command needs for all of its own modules. So this module
imports next to nothing: with `socket` and what else `forked` needs, the server would start 12 ms
later, a sixth of the time that `import numpy` takes.
"""

from __future__ import annotations

import os
import sys

from grader.sandbox.interpreter import command, environment, work_folder

_CONTROL = 3  # the descriptor the server finds its socket at


class ServerProcess:
    """A process of the fork server that was started.

    Attributes:
        pid: its number
        control: the descriptor of a socket that keeps messages apart, to ask it by
        folder: its working folder, to be removed after its end
    """

    def __init__(self, hash_seed: int = 0) -> None:
        """Start it.

        Args:
            hash_seed: what it makes the hashes of texts with

        Raises:
            OSError: if the system refuses another process or socket
        """
        from _socket import (
            AF_UNIX,
            SOCK_SEQPACKET,
            socketpair,
        )  # `socket` takes seven times as long

        ours, theirs = socketpair(AF_UNIX, SOCK_SEQPACKET)
        self.folder = work_folder()
        argv = command("grader.sandbox.server", f"{_CONTROL}, {self.folder!r}")
        # Not by `subprocess`, whose import takes as long as the start.
        self.pid = os.posix_spawn(
            argv[0],
            argv,
            environment(self.folder, hash_seed),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, theirs.fileno(), _CONTROL),
            ],
            setsid=True,  # Ctrl-C is for us, who then close it
        )
        theirs.close()
        self.control = ours.detach()


def can_fork() -> bool:
    """Return whether forking is safe here: only on Linux."""
    return sys.platform.startswith("linux")

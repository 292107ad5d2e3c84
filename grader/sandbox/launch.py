"""Starts the process of the fork server, before a command does anything else.

The server needs as long to load NumPy as a command needs for all of its own modules. So this module
imports next to nothing: with `socket` and the other imports of `forked`, the server would start 12
ms later, a sixth of the time that `import numpy` takes.
"""

from __future__ import annotations

import os
import sys

from grader.sandbox.interpreter import command, environment, work_folder

_CONTROL = 3  # the descriptor of the socket in the server


class ServerProcess:
    """The running process of a fork server.

    Attributes:
        pid: its process id
        control: the descriptor of a socket for requests, which preserves message boundaries
        folder: its working folder, to be removed after its end
    """

    def __init__(self, hash_seed: int = 0) -> None:
        """Start it.

        Args:
            hash_seed: the seed for the hashes of strings

        Raises:
            OSError: if the system refuses another process or socket
        """
        # Importing `socket` takes seven times as long.
        from _socket import AF_UNIX, SOCK_SEQPACKET, socketpair

        host_end, server_end = socketpair(AF_UNIX, SOCK_SEQPACKET)
        try:
            self.folder = work_folder()
            self.pid = self._start(server_end.fileno(), hash_seed)
        finally:
            server_end.close()
        self.control = host_end.detach()

    def _start(self, control: int, hash_seed: int) -> int:
        argv = command("grader.sandbox.server", f"{_CONTROL}, {self.folder!r}")
        # Not with `subprocess`, whose import takes as long as the start.
        try:
            return os.posix_spawn(
                argv[0],
                argv,
                environment(self.folder, hash_seed),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, control, _CONTROL),
                ],
                setsid=True,  # Ctrl-C is for this process, which then closes it
            )
        except OSError:
            os.rmdir(self.folder)
            raise


def can_fork() -> bool:
    """Return whether forking is safe here: only on Linux."""
    return sys.platform.startswith("linux")

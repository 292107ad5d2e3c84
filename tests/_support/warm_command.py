"""Run `grader` many times as a command, without loading its modules each time.

Loading them takes half of the processor time of a command. Here a process that has loaded them
forks for each command, which has a session, a fork server and an end of its own as always. What is
not its own: the arguments and environment that /proc shows, and what an interpreter reads as it
starts, such as PYTHONUTF8.
"""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile

from tests._support.bank import PATIENCE_S
from tests._support.nobody import as_user

_SERVER = Path(__file__).with_name("warm_server.py")


class WarmCommand:
    """The command, run by an interpreter as a user; None is this one."""

    def __init__(
        self, python: str, environment: Mapping[str, str], user: int | None = None
    ) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(PATIENCE_S)
        with theirs:
            self._process = subprocess.Popen(
                [python, _SERVER, str(theirs.fileno())],
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                **as_user(user),
            )

    def run(
        self, words: list[str], folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the command in a folder, with nothing but this environment."""
        with TemporaryFile() as out, TemporaryFile() as err:
            request = json.dumps([words, str(folder), dict(environment)]).encode()
            socket.send_fds(self._socket, [request], [out.fileno(), err.fileno()])
            code = int(self._socket.recv(16))
            for file in (out, err):
                file.seek(0)
            return subprocess.CompletedProcess(words, code, out.read(), err.read())

    def close(self) -> None:
        """End the process, which ends when nobody is at the other end of its socket."""
        self._socket.close()
        self._process.wait(PATIENCE_S)

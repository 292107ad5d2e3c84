"""The process of a fork server, for the host: start it, wait for its end, and end it.

To start several servers, the host starts one, which loads NumPy and then forks the others. As these
are not children of the host, it watches each by a pidfd.
"""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import suppress
from functools import partial

from grader.sandbox.launch import ServerProcess, start_servers
from grader.sandbox.process import Retry, ServerEnded, sandbox_error

_SHUTDOWN_TIMEOUT_S = 5.0  # after which the server is killed, which may leave orphans
_POLL_S = 0.0005
_starts = Retry()  # of servers, by all threads


class WatchedServer:
    """A server that can be ended.

    Attributes:
        pid: its process id; 0 if another server forks it, until it has greeted
    """

    def __init__(self, process: ServerProcess) -> None:
        self.pid = process.pid
        self._is_own_child = process.pid > 0
        self._descriptor = -1  # of a process that is not a child of this one

    def note_greeting(self, pid: int) -> None:
        """Note the process id that the server reports.

        Raises:
            SandboxError: if it has ended already
        """
        if not self._is_own_child:
            self.pid = pid
            try:
                self._descriptor = os.pidfd_open(pid)
            except OSError as error:
                raise ServerEnded(f"the fork server has ended: {error.strerror}") from None

    def kill(self) -> None:
        if self._is_own_child:
            os.kill(self.pid, signal.SIGKILL)
        elif self._descriptor >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def await_end(self) -> None:
        """Wait for the server, whose socket has been closed; kill it if it does not end."""
        deadline = time.monotonic() + _SHUTDOWN_TIMEOUT_S
        while not self._has_ended():
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(_POLL_S)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _has_ended(self) -> bool:
        if self._is_own_child:
            return os.waitpid(self.pid, os.WNOHANG) != (0, 0)
        if self._descriptor < 0:  # it has not greeted: it ends when it finds its socket closed
            return True
        ended = select.poll()  # not select.select, which refuses descriptors from 1024 on
        ended.register(self._descriptor, select.POLLIN)
        return bool(ended.poll(0))


def can_watch_any_process() -> bool:
    """Return whether the kernel reports the end of a process that is not a child of this one."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def start(count: int, hash_seed: int = 0, low_priority: bool = False) -> list[ServerProcess]:
    """Start servers, again and again while the machine has too little of something.

    Raises:
        SandboxError: if the system refuses
    """
    return _starts.call(partial(_start, count, hash_seed, low_priority))


def _start(count: int, hash_seed: int, low_priority: bool) -> list[ServerProcess]:
    try:
        return start_servers(count, hash_seed, low_priority=low_priority)
    except OSError as error:
        raise sandbox_error("start the fork server", error) from None

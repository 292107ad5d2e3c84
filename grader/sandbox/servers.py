"""The fork server of a sandbox, which is replaced when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from grader.errors import OutOfResources, SandboxError
from grader.sandbox.process import ServerEnded

if TYPE_CHECKING:
    from grader.sandbox.fork_server import ForkServer

T = TypeVar("T")

# Before each new attempt to start a server, if the one before ended without saying why.
_PAUSES_S = (0.0, 0.05, 0.1, 0.2, 0.5)


class Servers:
    """A fork server, and those that take its place. May be used by several threads.

    Args:
        server: the first one; None where there are no fork servers

    Attributes:
        current: the server to use
    """

    def __init__(self, server: ForkServer | None) -> None:
        self.current = server
        self._lock = threading.Lock()
        self._is_closed = False

    def close(self) -> None:
        """End the server. Can be repeated."""
        with self._lock:
            self._is_closed = True
            if self.current is not None:
                self.current.close()

    def run(self, action: Callable[[], T], progress: Callable[[], int], max_failures: int) -> T:
        """Return the result of an action; if the server fails, replace it, and repeat the action.

        Args:
            progress: returns how much of the action is done and need not be repeated
            max_failures: how often the server may fail without any progress in between

        Raises:
            SandboxError: if the server fails more often
        """
        done_before, failures = -1, 0
        while True:
            server = self.current
            try:
                return action()
            except OutOfResources:  # a new server would not help
                raise
            except SandboxError:
                done = progress()
                failures = failures + 1 if done == done_before else 1
                done_before = done
                if server is None or failures > max_failures:
                    raise
                self.replace(server)

    def replace(self, failed: ForkServer) -> ForkServer:
        """Return a running server in place of one that has failed.

        A server that is killed while it starts has not run anything, so it is started again.

        Raises:
            SandboxError: if none can be started, or the sandbox has been closed
        """
        for pause_s in _PAUSES_S:
            server = self._start(failed)
            try:
                server.missing()  # waits until it is ready
                return server
            except ServerEnded:
                failed = server
                time.sleep(pause_s)
        return self._start(failed)

    def _start(self, failed: ForkServer) -> ForkServer:
        with self._lock:
            if self._is_closed:
                raise SandboxError("the sandbox has been closed")
            server = self.current
            assert server is not None
            if server is failed:  # else another thread has replaced it already
                failed.close()
                server = self.current = failed.another()
            return server

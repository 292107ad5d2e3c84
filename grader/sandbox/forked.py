"""Host side of a child of the fork server: its streams, its time and memory, and how it exits.

For Linux only, where the kernel reports CPU time and memory of any process by its pid.
"""

from __future__ import annotations

import os
import select
import socket
import time
from contextlib import suppress
from typing import Protocol

from grader.sandbox.limits import is_shortage
from grader.sandbox.priority import waited_s
from grader.sandbox.process import Printed, describe_exit, sandbox_error, threads_of

_EXIT_TIMEOUT_S = 0.2  # of a child that has closed its channel
_CHUNK = 1 << 16
_MAX_CHUNKS = 16  # in a pipe: 1 MiB, its usual size where pages of memory have 64 KiB
# A program that prints line after line would otherwise wake this thread for each of them.
_PRINTING_PAUSE_S = 0.0002
_MIN_CPU_STEP_S = 0.001  # in less CPU time, a child can allocate only a few MiB


class Server(Protocol):
    """What the server does for a child that it has forked."""

    def ask(self, pid: int) -> int | None:
        """Return the wait status of a child, which the server reports once; None while it runs."""

    def kill(self, pid: int) -> None:
        """End a child and everything it started, without waiting for it."""

    def remind(self, pid: int) -> None:
        """Make a child check if the part that it is loading has used up its time; see `clock`."""


class Forked:
    """A child of the server. See `process.Process`."""

    def __init__(self, server: Server, pid: int, channel: socket.socket, printed: int) -> None:
        self.received = bytearray()
        self.printed = Printed()
        self.is_open = True
        self.threads = 0
        self._server = server
        self._pid = pid
        self._channel = channel
        self._printed = printed
        self._outgoing = bytearray()
        self._clock = (~pid << 3) | 2  # clock id of the CPU time of a process
        self._status = _open_status(pid)
        self._peak_kib = 0
        self.look()
        self._inherited_kib = self._peak_kib
        self._measured_at_cpu_s = 0.0
        self._poll = select.poll()
        self._awaits_writing = False
        channel.setblocking(False)
        # The poll checks them in this order: if it finds a reply on the channel, it also finds
        # everything that was printed before it.
        self._poll.register(channel, select.POLLIN)
        self._poll.register(printed, select.POLLIN)

    def send(self, data: bytes) -> None:
        self._outgoing += data
        self._push()

    def wait(self, seconds: float) -> None:
        if self.is_open and self._awaits_writing != bool(self._outgoing):
            self._awaits_writing = bool(self._outgoing)
            wanted = select.POLLIN | (select.POLLOUT if self._awaits_writing else 0)
            self._poll.modify(self._channel, wanted)
        for descriptor, events in self._poll.poll(max(0.0, seconds) * 1000):
            if descriptor == self._printed:
                self._read_printed()
            else:
                self._push()
                # Not if the poll found nothing to read: the child may have got the rest of a call
                # just now and replied, and what it printed before was not looked for.
                if events & ~select.POLLOUT:
                    self._read_channel()

    def cpu_s(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except OSError:  # it has ended
            return 0.0

    def waited_s(self) -> float:
        return waited_s(self._pid)

    def look(self) -> None:
        if self._status is None:
            return
        with suppress(OSError, IndexError):  # it has ended
            status = os.pread(self._status, _CHUNK, 0)
            self.threads = threads_of(status)
            # Searched at the start of a line, as in `threads_of`.
            self._peak_kib = int(status.split(b"\nVmHWM:", 1)[1].split(None, 1)[0])

    def peak_mib(self) -> float:
        # Reading the peak is slow, and worth it only if it can have changed much.
        cpu_s = self.cpu_s()
        if cpu_s - self._measured_at_cpu_s > _MIN_CPU_STEP_S:
            self._measured_at_cpu_s = cpu_s
            self.look()
        return max(0, self._peak_kib - self._inherited_kib) / 1024

    def remind(self) -> None:
        self._server.remind(self._pid)

    def end(self) -> str:
        try:
            description = "" if self.is_open else self._await_exit()
            if not description:
                self._server.kill(self._pid)
            self.wait(0)  # reads its last output
        finally:
            self._channel.close()
            os.close(self._printed)
            if self._status is not None:
                os.close(self._status)
        return description

    def _await_exit(self) -> str:
        """Return how the child exited; "" if it does not exit soon after closing its channel."""
        begin = time.monotonic() - self.waited_s()
        while (status := self._server.ask(self._pid)) is None:
            if time.monotonic() - self.waited_s() - begin > _EXIT_TIMEOUT_S:
                return ""
            time.sleep(0.002)
        return describe_exit(os.waitstatus_to_exitcode(status))

    def _push(self) -> None:
        while self._outgoing:
            try:
                del self._outgoing[: self._channel.send(self._outgoing)]
            except BlockingIOError:
                return
            except OSError:  # the child has closed its end; the next read will notice
                self._outgoing.clear()

    def _read_channel(self) -> None:
        try:
            data = self._channel.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.received += data
        else:
            self.is_open = False
            self._poll.unregister(self._channel)

    def _read_printed(self) -> None:
        """Read what the pipe holds; no more, as a child may print without end."""
        for _ in range(_MAX_CHUNKS):
            try:
                data = os.read(self._printed, _CHUNK)
            except BlockingIOError:
                return
            if not data:  # the child has closed stdout and stderr, which is allowed
                self._poll.unregister(self._printed)
                return
            self.printed.extend(data)
            if len(data) < _CHUNK:
                if self.printed.length > _CHUNK:
                    time.sleep(_PRINTING_PAUSE_S)
                return


def _open_status(pid: int) -> int | None:
    """Open the kernel's status file of a process, to be read repeatedly; None if it has ended.

    Raises:
        SandboxError: if no descriptor is left
    """
    try:
        return os.open(f"/proc/{pid}/status", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        if is_shortage(error):
            raise sandbox_error("measure a process", error) from None
        return None  # it has ended

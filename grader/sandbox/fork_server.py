"""Host side of the fork server: requests to it, and spare children for the next submissions.

For Linux only. Requests go over a socket that preserves message boundaries; see `protocol`.
"""

from __future__ import annotations

import os
import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from grader.errors import OutOfResources, PreloadError, SandboxError
from grader.sandbox.forked import Forked
from grader.sandbox.interpreter import remove_folder
from grader.sandbox.launch import ServerProcess, can_fork
from grader.sandbox.limits import ProcessLimits, available_cores, is_shortage
from grader.sandbox.process import ServerEnded, sandbox_error
from grader.sandbox.protocol import (
    ASK,
    FORK,
    HIDE,
    KILL,
    LOAD,
    MAX_MESSAGE,
    PID,
    REMIND,
    SETTLE,
    STATUS,
)
from grader.sandbox.server_process import WatchedServer, can_watch_any_process, start

_REPLY_TIMEOUT_S = 60.0  # of the server, which may have to load NumPy from a slow disk
_MISSING, _PROCESS = "missing", "process"  # in a greeting; all others are versions


def start_fork_server(*, low_priority: bool = False) -> ForkServer | None:
    """Start a fork server in the background; return None where forking is not safe.

    Start it early: it loads NumPy while the grader loads its other modules, which takes as long.

    Args:
        low_priority: as for `ForkServer`
    """
    return ForkServer(low_priority=low_priority) if can_fork() else None


def start_fork_servers(count: int) -> list[ForkServer | None]:
    """Start several fork servers in the background, as `start_fork_server` starts one.

    One of them loads NumPy and then forks the others, which saves each a tenth of a second of
    processor time.
    """
    if not can_fork():
        return [None] * count
    if count < 2 or not can_watch_any_process():
        return _start_one_by_one(count)
    return [ForkServer(process=process) for process in start(count)]


def _start_one_by_one(count: int) -> list[ForkServer | None]:
    started: list[ForkServer] = []
    try:
        while len(started) < count:
            started.append(ForkServer())
    except BaseException:
        for server in started:
            server.close()
        raise
    return [*started]


class ForkServer:
    """A running server. Its methods may be called from several threads.

    Args:
        hash_seed: the seed for the hashes of strings
        process: the server's process, if it is running already
        low_priority: whether it and its children leave the cores to other processes; without
            effect on a `process` that is running already
    """

    def __init__(
        self,
        hash_seed: int = 0,
        process: ServerProcess | None = None,
        *,
        low_priority: bool = False,
    ) -> None:
        self.hash_seed = hash_seed
        self._low_priority = low_priority
        self._lock = threading.Lock()
        self._is_closed = False
        self._pending: deque[_Reply] = deque()
        self._spares: deque[_PendingChild] = deque()
        self._forks = 0
        self._max_spares = 2 if available_cores() > 1 else 1
        self._loaded: set[str] = set()
        self._hidden: set[str] = set()
        self._greeting: dict[str, str] | None = None
        process = process or start(1, hash_seed, low_priority)[0]
        self._folder = process.folder
        self._process = WatchedServer(process)
        self._socket = socket.socket(fileno=process.control)
        self._socket.settimeout(_REPLY_TIMEOUT_S)

    def another(self, hash_seed: int | None = None) -> ForkServer:
        """Start another server of the same priority; by default with the same seed."""
        seed = self.hash_seed if hash_seed is None else hash_seed
        return type(self)(seed, low_priority=self._low_priority)

    def versions(self) -> dict[str, str]:
        """Return the versions of what the server has loaded, by name; wait until it is ready."""
        with self._lock:
            greeting = self._ready()
        return {name: greeting[name] for name in greeting if name not in (_MISSING, _PROCESS)}

    def missing(self) -> str:
        """Return what is missing for strict children; "" if nothing is."""
        with self._lock:
            return self._ready()[_MISSING]

    def load(self, modules: Sequence[str]) -> None:
        """Load modules in the server, for all children forked from now on.

        Raises:
            PreloadError: if they cannot be loaded
        """
        from grader.values.decode import decode
        from grader.values.encode import encode

        with self._lock:
            new = [name for name in modules if name not in self._loaded]
            if not new:
                return
            self._ready()
            error = decode(self._receive(self._send(LOAD + encode(new), has_reply=True)))
            if error != "":
                raise PreloadError(new, str(error))
            self._loaded.update(new)
            self._drop_spares()  # they were forked without the new modules

    def hide(self, paths: Sequence[str]) -> None:
        """Make paths unreadable for all strict children forked from now on."""
        from grader.values.decode import decode

        with self._lock:
            for path in [path for path in paths if path not in self._hidden]:
                self._ready()
                name = os.fsencode(path)
                reply = self._send(HIDE + name[: MAX_MESSAGE - 1], has_reply=True)
                match decode(self._receive(reply)):
                    case True:
                        self._drop_spares()  # they could read it
                    case False:
                        pass
                    case int(number):
                        refused = OSError(number, os.strerror(number))
                        raise sandbox_error("make a folder unreadable", refused)
                self._hidden.add(path)

    def settle(self) -> float:
        """Make the access times of all that strict children may read constant, and wait for it.

        Returns:
            the time, in seconds since the epoch, until which they remain constant
        """
        from grader.values.decode import decode

        with self._lock:
            self._ready()
            until = decode(self._receive(self._send(SETTLE, has_reply=True)))
        return float(until) if isinstance(until, int | float) else 0.0

    def fork(self, limits: ProcessLimits, strict: bool) -> Forked:
        """Return a new child, and fork spares in advance for later calls with the same limits.

        Each child that is used is replaced by one spare. To fork several at a time would cost the
        server less, but keep both cores of a small machine busy when the next child is needed.

        Raises:
            SandboxError: if the server does not answer
        """
        with self._lock:
            self._ready()
            self._forks += 1
            if self._spares and self._spares[0].requested != (limits, strict):
                self._drop_spares()
            pending = (
                self._spares.popleft() if self._spares else self._request_child(limits, strict)
            )
            pid = 0
            try:
                self._make_spares(limits, strict)
                pid = self._pid_of(pending)
                return Forked(self, pid, pending.channel, pending.printed)
            except BaseException:
                pending.close()
                if pid > 0:
                    self._send(KILL.pack(b"k", pid))
                raise

    def ask(self, pid: int) -> int | None:
        """Return the wait status of a child, which the server reports once; None while it runs."""
        with self._lock:
            ended, status = STATUS.unpack(
                self._receive(self._send(ASK.pack(b"a", pid), has_reply=True))
            )
        return status if ended else None

    def kill(self, pid: int) -> None:
        """End a child and everything it started, without waiting for it."""
        with self._lock:
            self._send(KILL.pack(b"k", pid))

    def remind(self, pid: int) -> None:
        """Make a child look at its clock."""
        with self._lock:
            self._send(REMIND.pack(b"r", pid))

    def close(self) -> None:
        """End the server and all its children, and remove their files. May be called twice."""
        if not self._is_closed:
            self._is_closed = True
            if self._greeting is None:  # it would load all modules before it noticed the shutdown
                self._process.kill()
            # A shutdown wakes a thread that holds the lock and waits for a reply. It also reaches
            # the server when a process forked from this one still has the socket open.
            with suppress(OSError):  # the server has ended already
                self._socket.shutdown(socket.SHUT_RDWR)
            with self._lock:
                self._socket.close()
                while self._spares:
                    self._spares.popleft().close()
            try:
                self._process.await_end()
            finally:  # an interrupt may cut the wait short
                remove_folder(self._folder)

    def _make_spares(self, limits: ProcessLimits, strict: bool) -> None:
        with suppress(OutOfResources):  # then there are fewer spares
            while len(self._spares) < min(self._forks, self._max_spares):
                self._spares.append(self._request_child(limits, strict))

    def _drop_spares(self) -> None:
        while self._spares:
            spare = self._spares.popleft()
            spare.close()
            with suppress(OutOfResources):
                self._send(KILL.pack(b"k", self._pid_of(spare)))

    def _request_child(self, limits: ProcessLimits, strict: bool) -> _PendingChild:
        channel, theirs = _socket_pair()
        try:
            printed, printing = os.pipe()
            # The child can reopen its end of the pipe for reading and take back its output after
            # the poll has reported it. A blocking read would then wait forever.
            os.set_blocking(printed, False)
        except OSError as error:
            channel.close()
            theirs.close()
            raise sandbox_error("create a pipe", error) from None
        try:
            request = FORK.pack(b"f", *limits, strict)
            reply = self._send(request, [theirs.fileno(), printing], has_reply=True)
        except BaseException:
            channel.close()
            os.close(printed)
            raise
        finally:
            theirs.close()
            os.close(printing)
        return _PendingChild((limits, strict), reply, channel, printed)

    def _pid_of(self, pending: _PendingChild) -> int:
        number: int = PID.unpack(self._receive(pending.reply))[0]
        if number <= 0:
            error = OSError(-number, os.strerror(-number))
            raise sandbox_error("start a process", error)
        return number

    def _ready(self) -> dict[str, str]:
        if self._greeting is None:
            from grader.values.decode import DecodeError, decode  # while the server starts

            try:
                greeting = decode(self._read())
            except DecodeError as error:
                raise SandboxError(f"the fork server sent an invalid message: {error}") from None
            assert isinstance(greeting, dict)
            if "failed" in greeting:
                raise SandboxError(f"the fork server cannot start: {greeting['failed']!s}")
            self._process.note_greeting(int(str(greeting[_PROCESS])))
            self._greeting = {str(name): str(text) for name, text in greeting.items()}
        return self._greeting

    def _send(
        self, request: bytes, descriptors: Sequence[int] = (), has_reply: bool = False
    ) -> _Reply:
        """Send a request; return its reply, whose data is empty until received."""
        try:
            socket.send_fds(self._socket, [request], descriptors)
        except OSError as error:
            if is_shortage(error):
                raise sandbox_error("send to the fork server", error) from None
            raise ServerEnded(f"the fork server has ended: {error}") from None
        reply = _Reply()
        if has_reply:
            self._pending.append(reply)
        return reply

    def _receive(self, reply: _Reply) -> bytes:
        """Return the data of a reply, after receiving all replies before it."""
        while not reply.data:
            self._pending.popleft().data = self._read()
        return reply.data

    def _read(self) -> bytes:
        try:
            data = self._socket.recv(MAX_MESSAGE)
        except OSError as error:
            raise ServerEnded(f"the fork server does not answer: {error}") from None
        if not data:
            raise ServerEnded("the fork server has ended; see its last output for the reason")
        return data


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    try:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    except OSError as error:
        raise sandbox_error("create a socket", error) from None


class _Reply:
    """A reply that may not have arrived yet."""

    data = b""


class _PendingChild(NamedTuple):
    """A child that was requested from the server."""

    requested: tuple[ProcessLimits, bool]
    reply: _Reply
    channel: socket.socket
    printed: int

    def close(self) -> None:
        self.channel.close()
        os.close(self.printed)

"""Children by fork: the host's end of the server, and of each child.

Linux only: the server is asked over a socket that keeps messages apart, and a process's time and
memory are read from the kernel by its number.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from grader.errors import SandboxError, TooManyOpenFiles, TooManyProcesses, UsageError
from grader.sandbox.interpreter import remove_folder
from grader.sandbox.launch import ServerProcess, can_fork
from grader.sandbox.limits import ProcessLimits
from grader.sandbox.process import how_it_ended
from grader.sandbox.protocol import ASK, FORK, KILL, LOAD, LONGEST, PID, STATUS

_PATIENCE_S = 60.0  # for the server, which has to load NumPy from a disk that may be slow
_LINGER_S = 0.2  # for a child that has closed its channel to end by itself
_CLEARING_S = 5.0  # for the server to end all there is: killed before, it leaves orphans
_CHUNK = 1 << 16
_MAX_SPARES = 4
_NOTEWORTHY_S = 0.001  # of processor time: in less, no more than a few MiB can be used
_MISSING = "missing"


def fork_server() -> ForkServer | None:
    """A fork server, getting ready in the background; None where forking is not safe.

    To load NumPy takes it as long as it takes the grader to load everything else, so the earlier
    it is started the better.
    """
    return ForkServer() if can_fork() else None


class ForkServer:
    """A running server. Its methods may be called from several threads.

    Args:
        hash_seed: what the hashes of texts are made with
        process: the server's, if it has been started already
    """

    def __init__(self, hash_seed: int = 0, process: ServerProcess | None = None) -> None:
        self.hash_seed = hash_seed
        self._lock = threading.Lock()
        self._is_closed = False
        self._owed: deque[_Reply] = deque()
        self._spares: deque[_Begun] = deque()
        self._forks = 0
        self._loaded: set[str] = set()
        self._told: dict[str, str] | None = None
        try:
            process = process or ServerProcess(hash_seed)
        except OSError as error:
            raise TooManyOpenFiles(f"no process can be talked to: {error.strerror}") from None
        self._folder = process.folder
        self._pid = process.pid
        self._socket = socket.socket(fileno=process.control)
        self._socket.settimeout(_PATIENCE_S)

    def versions(self) -> dict[str, str]:
        """What the server has loaded, by name. Waits for it to be ready."""
        with self._lock:
            return {name: told for name, told in self._ready().items() if name != _MISSING}

    def missing(self) -> str:
        """What is missing for its children to be strict; empty if nothing is."""
        with self._lock:
            return self._ready()[_MISSING]

    def load(self, modules: Sequence[str]) -> None:
        """Have the server load modules, for all children from now on.

        Raises:
            UsageError: if that cannot be done
        """
        from grader.values.codec import decode, encode

        with self._lock:
            new = [name for name in modules if name not in self._loaded]
            if not new:
                return
            self._ready()
            told = decode(self._receive(self._send(LOAD + encode(new), owed=True)))
            if told != "":
                raise UsageError(f"the modules {', '.join(new)} cannot be loaded: {told!s}")
            self._loaded.update(new)
            self._drop_spares()  # which have not got them

    def fork(self, bounds: ProcessLimits, strict: bool) -> Forked:
        """A new child. Spare ones are made ahead, for whoever asks the same next.

        They are asked for several at once, the more the longer this goes on: after each fork the
        server has to copy what memory it writes to, and so does less of it between two.

        Raises:
            SandboxError: if the server does not answer
        """
        with self._lock:
            self._ready()
            self._forks += 1
            if self._spares and self._spares[0].wanted != (bounds, strict):
                self._drop_spares()
            begun = self._spares.popleft() if self._spares else self._begin(bounds, strict)
            try:
                if not self._spares:
                    self._make_spares(bounds, strict)
                return Forked(self, self._number(begun), begun.channel, begun.printed)
            except BaseException:
                begun.close()
                raise

    def ask(self, pid: int) -> int | None:
        """The wait status of a child that has ended; None if it runs on. To be asked until then."""
        with self._lock:
            ended, status = STATUS.unpack(self._receive(self._send(ASK.pack(b"a", pid), owed=True)))
        return status if ended else None

    def kill(self, pid: int) -> None:
        """Have a child ended, with all it started. Does not wait for it."""
        with self._lock:
            self._send(KILL.pack(b"k", pid))

    def close(self) -> None:
        """End the server with all its children, and remove what they left. May be called twice."""
        if not self._is_closed:
            self._is_closed = True
            if self._told is None:  # it is still loading, and would finish that first
                os.kill(self._pid, signal.SIGKILL)
            # Whoever waits for a reply in another thread gets none, and lets go of the lock; and
            # the server hears of it though a process forked from this one has the socket too.
            with suppress(OSError):  # the server has gone already
                self._socket.shutdown(socket.SHUT_RDWR)
            with self._lock:
                self._socket.close()
                while self._spares:
                    self._spares.popleft().close()
            try:
                self._await_end()
            finally:  # an interrupt may cut the wait short
                remove_folder(self._folder)

    def _await_end(self) -> None:
        """Wait for the server to end, which it does when the socket is closed; if not, end it."""
        patience = time.monotonic() + _CLEARING_S
        while os.waitpid(self._pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > patience:
                os.kill(self._pid, signal.SIGKILL)
            time.sleep(0.0005)

    def _make_spares(self, bounds: ProcessLimits, strict: bool) -> None:
        with suppress(TooManyOpenFiles):  # then there are fewer
            for _ in range(min(self._forks, _MAX_SPARES)):
                self._spares.append(self._begin(bounds, strict))

    def _drop_spares(self) -> None:
        while self._spares:
            spare = self._spares.popleft()
            spare.close()
            with suppress(TooManyProcesses):
                self._send(KILL.pack(b"k", self._number(spare)))

    def _begin(self, bounds: ProcessLimits, strict: bool) -> _Begun:
        channel, theirs = _socket_pair()
        try:
            printed, printing = os.pipe()
            # The child can open its end of the pipe again for reading, and take back what it has
            # printed after the poll has seen it: a read that blocks would then wait for ever.
            os.set_blocking(printed, False)
        except OSError as error:
            channel.close()
            theirs.close()
            raise TooManyOpenFiles(f"no child can be made: {error.strerror}") from None
        try:
            request = FORK.pack(b"f", *bounds, strict)
            reply = self._send(request, [theirs.fileno(), printing], owed=True)
        except BaseException:
            channel.close()
            os.close(printed)
            raise
        finally:
            theirs.close()
            os.close(printing)
        return _Begun((bounds, strict), reply, channel, printed)

    def _number(self, begun: _Begun) -> int:
        number: int = PID.unpack(self._receive(begun.reply))[0]
        if number <= 0:
            raise TooManyProcesses(f"no process can be started: {os.strerror(-number)}")
        return number

    def _ready(self) -> dict[str, str]:
        if self._told is None:
            from grader.values.codec import DecodeError, decode  # not before the server has started

            try:
                told = decode(self._read())
            except DecodeError as error:
                raise SandboxError(f"the fork server makes no sense: {error}") from None
            assert isinstance(told, dict)
            self._told = {str(name): str(version) for name, version in told.items()}
        return self._told

    def _send(self, request: bytes, descriptors: Sequence[int] = (), owed: bool = False) -> _Reply:
        """Send a request; the reply, if one is owed, comes later."""
        try:
            socket.send_fds(self._socket, [request], descriptors)
        except OSError as error:
            raise SandboxError(f"the fork server has gone: {error}") from None
        reply = _Reply()
        if owed:
            self._owed.append(reply)
        return reply

    def _receive(self, reply: _Reply) -> bytes:
        """What the server replied; those owed before it are received on the way."""
        while not reply.data:
            self._owed.popleft().data = self._read()
        return reply.data

    def _read(self) -> bytes:
        try:
            data = self._socket.recv(LONGEST)
        except OSError as error:
            raise SandboxError(f"the fork server does not answer: {error}") from None
        if not data:
            raise SandboxError("the fork server has ended; what it printed last tells why")
        return data


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    try:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    except OSError as error:
        raise TooManyOpenFiles(f"no process can be talked to: {error.strerror}") from None


class _Reply:
    """A reply that may not have come yet."""

    data = b""


class _Begun(NamedTuple):
    """A child that has been asked for."""

    wanted: tuple[ProcessLimits, bool]
    reply: _Reply
    channel: socket.socket
    printed: int

    def close(self) -> None:
        self.channel.close()
        os.close(self.printed)


class Forked:
    """A child of the server. See `process.Process`."""

    def __init__(self, server: ForkServer, pid: int, channel: socket.socket, printed: int) -> None:
        self.received = bytearray()
        self.printed = bytearray()
        self.is_open = True
        self._server = server
        self._pid = pid
        self._channel = channel
        self._printed = printed
        self._outgoing = bytearray()
        self._clock = (~pid << 3) | 2  # the kernel's name for the processor time of a process
        self._status = _open_status(pid)
        self._inherited_kib = self._peak_kib = self._high_water_kib()
        self._asked_at_cpu_s = 0.0
        self._poll = select.poll()
        self._awaits_room = False
        channel.setblocking(False)
        # In this order: where a reply is found, what was printed before it is found as well.
        self._poll.register(channel, select.POLLIN)
        self._poll.register(printed, select.POLLIN)

    def send(self, data: bytes) -> None:
        self._outgoing += data
        self._push()

    def wait(self, seconds: float) -> None:
        if self.is_open and self._awaits_room != bool(self._outgoing):
            self._awaits_room = bool(self._outgoing)
            wanted = select.POLLIN | (select.POLLOUT if self._awaits_room else 0)
            self._poll.modify(self._channel, wanted)
        for descriptor, _ in self._poll.poll(max(0.0, seconds) * 1000):
            if descriptor == self._printed:
                self._read_printed()
            else:
                self._push()
                self._read_channel()

    def cpu_s(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except OSError:  # it has ended
            return 0.0

    def peak_mib(self) -> float:
        # The kernel is slow to tell: it is asked again when the answer can have changed by much.
        cpu_s = self.cpu_s()
        if cpu_s - self._asked_at_cpu_s > _NOTEWORTHY_S:
            self._asked_at_cpu_s = cpu_s
            self._peak_kib = self._high_water_kib()
        return max(0, self._peak_kib - self._inherited_kib) / 1024

    def end(self) -> str:
        try:
            by_itself = "" if self.is_open else self._how_it_ended()
            if not by_itself:
                self._server.kill(self._pid)
            self.wait(0)  # its last words
        finally:
            self._channel.close()
            os.close(self._printed)
            if self._status is not None:
                os.close(self._status)
        return by_itself

    def _how_it_ended(self) -> str:
        """In words, if it ends within a moment of closing its channel; else nothing."""
        patience = time.monotonic() + _LINGER_S
        while (status := self._server.ask(self._pid)) is None:
            if time.monotonic() > patience:
                return ""
            time.sleep(0.002)
        return how_it_ended(os.waitstatus_to_exitcode(status))

    def _push(self) -> None:
        while self._outgoing:
            try:
                del self._outgoing[: self._channel.send(self._outgoing)]
            except BlockingIOError:
                return
            except OSError:  # it reads no more; that it sends no more will be seen next
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
        try:
            data = os.read(self._printed, _CHUNK)
        except BlockingIOError:
            return
        if data:
            self.printed += data
        else:  # it has closed both streams, which is its own affair
            self._poll.unregister(self._printed)

    def _high_water_kib(self) -> int:
        if self._status is None:
            return 0
        try:
            status = os.pread(self._status, _CHUNK, 0)
            # At the start of a line: in the first one stands a name of the submission's choice.
            return int(status.split(b"\nVmHWM:", 1)[1].split(None, 1)[0])
        except (OSError, IndexError):  # it has ended
            return 0


def _open_status(pid: int) -> int | None:
    """Where the kernel tells of a process, kept open as it is read after every call."""
    try:
        return os.open(f"/proc/{pid}/status", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # it has ended
        return None

"""The fork server: a process with Python and NumPy loaded, from which children are forked.

The server replies to the requests of `protocol`, one at a time. It has no data of any submission,
and reads nothing that a child sends. When the socket is closed, it ends all its children and
itself. At its start it can fork other servers, which then work independently of it.
"""

from __future__ import annotations

import errno
import gc
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from grader.sandbox import child, clock, priority, streams
from grader.sandbox.confine import Confinement, drop_privileges
from grader.sandbox.interpreter import start_collecting
from grader.sandbox.limits import ProcessLimits, available_cores
from grader.sandbox.protocol import (
    ASK,
    DESCRIPTORS,
    FORK,
    HIDE,
    LOAD,
    MAX_MESSAGE,
    PID,
    SETTLE,
    STATUS,
)
from grader.sandbox.scratch import Scratch
from grader.sandbox.syscalls import PR_SET_CHILD_SUBREAPER, prctl
from grader.values.decode import decode
from grader.values.encode import encode

_CHANNEL = 3
_MAX_TEXT = 500
_ANCILLARY_BYTES = socket.CMSG_SPACE(DESCRIPTORS.size)
_REAP_INTERVAL_MS = 1  # between checks whether a killed child has ended
_REHEARSALS = 20


_others: set[int] = set()  # servers that this one has forked


def main(servers: list[tuple[int, str]], low_priority: bool = False) -> NoReturn:
    """Serve until the socket is closed.

    Args:
        servers: of this server, and of each that it forks: the descriptor of the socket, and the
            folder where its children start
        low_priority: whether they and their children leave the cores to other processes
    """
    (control, folder), *others = servers
    scratch = Scratch(_enter(folder))
    scratch.install()  # before any module imports one of the functions that it replaces
    streams.install(scratch)
    host = socket.socket(fileno=control)
    children: dict[int, bool] = {}  # by pid: whether the child is strict
    if low_priority:
        priority.lower()
    try:
        versions = _warm_up()
        forked = _fork_servers(host, others)
        if forked is not None:
            control, folder = forked
            host = socket.socket(fileno=control)
            scratch.move(_enter(folder))
        # Orphans of a child become children of this process, which ends them.
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        clock.install()  # children inherit it
        confinement = Confinement(folder, has_own_session=not low_priority)
        _be_ended_first()
        drop_privileges()
        about = {"missing": " and ".join(confinement.missing), "process": str(os.getpid())}
        host.send(encode(versions | about))
        _serve(host, children, confinement)
    except ConnectionError:
        pass  # the host may have been killed
    except (OSError, MemoryError, ImportError) as error:
        # The machine has too little of something: not a traceback, as the host may try again.
        reason = str(error.__cause__ or error).strip() or type(error).__name__
        with suppress(OSError):
            host.send(encode({"failed": reason.splitlines()[0][:_MAX_TEXT]}))
    for pid in children:
        _kill(pid)
        os.waitpid(pid, 0)
    _end_orphans({})  # the children that were just killed may have left some
    for pid in _others:  # those that have ended; the rest outlive this one
        os.waitpid(pid, os.WNOHANG)
    # In case the host was killed; otherwise it removes the folder with its content.
    with suppress(OSError):
        os.rmdir(folder)
    os._exit(0)


def _enter(folder: str) -> str:
    """Make a folder the current, home and temporary folder; return its real path."""
    os.chdir(folder)
    os.environ.update({"HOME": folder, "TMPDIR": folder})
    return os.getcwd()


def _fork_servers(host: socket.socket, others: list[tuple[int, str]]) -> tuple[int, str] | None:
    """Fork other servers; return None here, and in each of them its own descriptor and folder."""
    for at, (control, folder) in enumerate(others, start=1):
        try:
            pid = os.fork()
        except OSError:  # the host finds the socket closed, and starts another server
            pid = -1
        if pid == 0:
            _others.clear()
            host.close()
            for descriptor, _ in others[at:]:
                os.close(descriptor)
            return control, folder
        os.close(control)
        if pid > 0:
            _others.add(pid)
    return None


def _serve(host: socket.socket, children: dict[int, bool], confinement: Confinement) -> None:
    ending: set[int] = set()  # children that were killed and have not ended yet
    messages = select.poll()
    messages.register(host, select.POLLIN)
    while True:
        # Waiting for a child to end would delay the child of the next submission.
        while ending and not messages.poll(_REAP_INTERVAL_MS):
            _reap(ending, children)
        message, ancillary, flags, _ = host.recvmsg(MAX_MESSAGE, _ANCILLARY_BYTES)
        if not message:
            return
        if message[:1] == b"f":
            _, memory_mib, cpu_s, strict = FORK.unpack(message)
            received = _descriptors(ancillary)
            pid = -errno.EMFILE
            if len(received) == 2 and not flags & socket.MSG_CTRUNC:
                pid = _fork(ProcessLimits(memory_mib, cpu_s), strict, confinement, *received)
            if pid > 0:
                children[pid] = strict
            for descriptor in received:
                os.close(descriptor)
            host.send(PID.pack(pid))
        elif message[:1] == LOAD:
            host.send(encode(_load(decode(message[1:]))))
            confinement.measure_address_space()
        elif message[:1] == SETTLE:
            host.send(encode(confinement.settle()))
        elif message[:1] == HIDE:
            host.send(encode(_hide(os.fsdecode(message[1:]), confinement)))
        else:
            what, pid = ASK.unpack(message)
            if what == b"k" and pid in children:
                _kill(pid)
                ending.add(pid)
            elif what == b"r" and pid in children and clock.SIGNAL is not None:
                os.kill(pid, clock.SIGNAL)
            elif what == b"a":
                status = _status(pid) if pid in children else 0
                if status is not None:
                    _forget(pid, children)
                host.send(STATUS.pack(status is not None, status or 0))


def _reap(ending: set[int], children: dict[int, bool]) -> None:
    """Forget the children that have ended, and end their orphans."""
    for pid in [pid for pid in ending if os.waitpid(pid, os.WNOHANG) != (0, 0)]:
        ending.discard(pid)
        _forget(pid, children)


def _forget(pid: int, children: dict[int, bool]) -> None:
    """Forget a child that has ended. If it was not strict, it may have left orphans."""
    if not children.pop(pid):
        _end_orphans(children)


def _warm_up() -> dict[str, str]:
    """Load what every child needs, and return the versions."""
    import numpy

    for _ in range(_REHEARSALS):
        child.rehearse()
    sys.stderr.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    start_collecting()
    return {"python": sys.version.split()[0], "numpy": numpy.__version__}


def _load(names: object) -> str:
    """Import modules; return the error, or "" if there was none."""
    assert isinstance(names, list)
    try:
        for name in names:
            import_module(str(name))
    except Exception as error:  # a module may raise anything
        return f"{type(error).__name__}: {error}"[:_MAX_TEXT]
    gc.collect()
    gc.freeze()
    return ""


def _be_ended_first() -> None:
    """Let the kernel end a child, or this process, before the host if memory runs out."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")


def _hide(path: str, confinement: Confinement) -> bool | int:
    """Make a path unreadable; return whether it was readable, or the number of the error."""
    try:
        return confinement.hide(path)
    except OSError as error:
        return error.errno or errno.EIO


def _descriptors(ancillary: list[tuple[int, int, bytes]]) -> list[int]:
    """Return the descriptors received with a message: fewer than sent if no more are left."""
    data = b"".join(part for _, _, part in ancillary)
    size = DESCRIPTORS.size // 2
    return [
        int.from_bytes(data[at : at + size], sys.byteorder)
        for at in range(0, len(data) - size + 1, size)
    ]


def _fork(
    limits: ProcessLimits, strict: bool, confinement: Confinement, channel: int, printed: int
) -> int:
    """Start a child; return its pid, or the negative number of the error if it failed."""
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:  # too many processes, or no memory: the host may retry
        return -(error.errno or errno.EAGAIN)
    if pid == 0:
        try:
            _take_over(channel, printed, confinement.inherited_fds())
            confinement.apply(limits, server, strict)
            # On a single core, a rehearsal would slow down the child that is in use.
            child.serve(_CHANNEL, _CHANNEL, has_time=available_cores() > 1)
        finally:
            os._exit(0)  # not an exception back into the server's loop
    return pid


def _take_over(channel: int, printed: int, kept: tuple[int, ...]) -> None:
    """Set up the descriptors: an empty input, the output, the channel, and those in `kept`."""
    channel = os.dup(channel) if channel <= _CHANNEL else channel
    printed = os.dup(printed) if printed <= _CHANNEL else printed
    # Opened by each child: flags set on a shared open file would affect the next child.
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)  # takes the lowest free number
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    os.dup2(channel, _CHANNEL)
    first = _CHANNEL + 1
    for descriptor in kept:
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def _status(pid: int) -> int | None:
    """Return the wait status of a child that has ended, after ending its group; None if it runs."""
    if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    _kill(pid)
    return os.waitpid(pid, 0)[1]


def _kill(pid: int) -> None:
    """Kill a child and its group. Its pid is not reused before it is reaped."""
    for signal_it in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            signal_it(pid, signal.SIGKILL)


def _end_orphans(children: dict[int, bool]) -> None:
    """End the processes that left the group of their child and outlived it."""
    me = os.getpid()
    while True:
        try:
            with open(f"/proc/{me}/task/{me}/children") as file:
                running = {int(pid) for pid in file.read().split()}
        except OSError:  # not supported by this kernel
            return
        orphans = running - children.keys() - _others
        if not orphans:
            return
        for pid in orphans:
            _kill(pid)
            os.waitpid(pid, 0)

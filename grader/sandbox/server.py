"""The fork server: a process with Python and NumPy loaded that does nothing but fork.

It is asked as `requests` describes, one thing at a time, and replies to each. It holds no data of
any submission and reads no byte a child has sent. When the socket is closed it ends all its
children and itself.
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

from grader.sandbox import child
from grader.sandbox.confine import Confinement, drop_rights
from grader.sandbox.interpreter import start_collecting
from grader.sandbox.limits import ProcessLimits
from grader.sandbox.protocol import ASK, DESCRIPTORS, FORK, LOAD, LONGEST, PID, STATUS
from grader.sandbox.syscalls import PR_SET_CHILD_SUBREAPER, prctl
from grader.values.codec import decode, encode

_CHANNEL = 3
_MAX_TEXT = 500
_ROOM = socket.CMSG_SPACE(DESCRIPTORS.size)
_GLANCE_MS = 1  # between looks whether a child that was killed is gone
_REHEARSALS = 20
_OURS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main(control: int, folder: str) -> NoReturn:
    """Serve until the socket with this descriptor is closed; children begin in `folder`."""
    os.chdir(folder)
    host = socket.socket(fileno=control)
    prctl(PR_SET_CHILD_SUBREAPER, 1)  # what a child leaves behind becomes ours, to be ended
    children: dict[int, bool] = {}  # by their numbers, and whether they are strict
    versions = _warm_up()
    confinement = Confinement(folder, _OURS)
    drop_rights()
    with suppress(ConnectionError):  # a host that is killed leaves without a word
        host.send(encode(versions | {"missing": " and ".join(confinement.missing)}))
        _serve(host, children, confinement)
    for pid in children:
        _kill(pid)
        os.waitpid(pid, 0)
    _end_orphans({})  # a request to end the last child may have been lost with the connection
    with suppress(OSError):  # a host that was killed could not; else it will, whatever is in it
        os.rmdir(folder)
    os._exit(0)


def _serve(host: socket.socket, children: dict[int, bool], confinement: Confinement) -> None:
    ending: set[int] = set()  # children that have been killed, and are not gone yet
    messages = select.poll()
    messages.register(host, select.POLLIN)
    while True:
        # To wait for a child's end would keep the next submission waiting for its own child.
        while ending and not messages.poll(_GLANCE_MS):
            _reap(ending, children)
        message, ancillary, _, _ = host.recvmsg(LONGEST, _ROOM)
        if not message:
            return
        if message[:1] == b"f":
            _, memory_mib, cpu_s, strict = FORK.unpack(message)
            channel, printed = DESCRIPTORS.unpack(ancillary[0][2])
            pid = _fork(ProcessLimits(memory_mib, cpu_s), strict, confinement, channel, printed)
            if pid > 0:
                children[pid] = strict
            os.close(channel)
            os.close(printed)
            host.send(PID.pack(pid))
        elif message[:1] == LOAD:
            host.send(encode(_load(decode(message[1:]))))
            confinement.measure()
        else:
            what, pid = ASK.unpack(message)
            if what == b"k" and pid in children:
                _kill(pid)
                ending.add(pid)
            elif what == b"a":
                status = _status(pid) if pid in children else 0
                if status is not None:
                    _forget(pid, children)
                host.send(STATUS.pack(status is not None, status or 0))


def _reap(ending: set[int], children: dict[int, bool]) -> None:
    """Forget those that are gone, and end what they left behind."""
    for pid in [pid for pid in ending if os.waitpid(pid, os.WNOHANG) != (0, 0)]:
        ending.discard(pid)
        _forget(pid, children)


def _forget(pid: int, children: dict[int, bool]) -> None:
    """A child is gone. Where it was not strict, it may have left processes of its own."""
    if not children.pop(pid):
        _end_orphans(children)


def _warm_up() -> dict[str, str]:
    """Load what every child would load, and tell the versions of it."""
    import numpy

    for _ in range(_REHEARSALS):
        child.rehearse()
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    start_collecting()
    return {"python": sys.version.split()[0], "numpy": numpy.__version__}


def _load(names: object) -> str:
    """Import modules, and tell why that failed; nothing if it did not."""
    assert isinstance(names, list)
    try:
        for name in names:
            import_module(str(name))
    except Exception as error:  # whatever a module may raise
        return f"{type(error).__name__}: {error}"[:_MAX_TEXT]
    gc.collect()
    gc.freeze()
    return ""


def _fork(
    bounds: ProcessLimits, strict: bool, confinement: Confinement, channel: int, printed: int
) -> int:
    """Start a child. Return its number, or the negative number of the error if there is none."""
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:  # no more processes, or no memory: the host may ask again
        return -(error.errno or errno.EAGAIN)
    if pid == 0:
        try:
            _take_over(channel, printed, confinement.keep_open())
            confinement.apply(bounds, server, strict)
            # On a single core it would take the time of the child that is in use.
            child.serve(_CHANNEL, _CHANNEL, has_time=len(os.sched_getaffinity(0)) > 1)
        finally:
            os._exit(0)  # not an exception back into the server's loop
    return pid


def _take_over(channel: int, printed: int, kept: tuple[int, ...]) -> None:
    """Arrange the descriptors: nothing to read, two to print on, the channel, and a few to keep."""
    channel = os.dup(channel) if channel <= _CHANNEL else channel
    printed = os.dup(printed) if printed <= _CHANNEL else printed
    # An open file of its own: flags set on one that is shared would reach the next child.
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
    """The wait status of a child that has ended, and with it all its group; None if it runs on."""
    if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    _kill(pid)
    return os.waitpid(pid, 0)[1]


def _kill(pid: int) -> None:
    """Have a child end, with its whole group. Until it is reaped, its number is nobody else's."""
    for signal_it in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            signal_it(pid, signal.SIGKILL)


def _end_orphans(children: dict[int, bool]) -> None:
    """End the processes that left their group and outlived the child that started them."""
    me = os.getpid()
    while True:
        try:
            with open(f"/proc/{me}/task/{me}/children") as file:
                strays = {int(pid) for pid in file.read().split()} - children.keys()
        except OSError:  # a kernel that does not tell
            return
        if not strays:
            return
        for pid in strays:
            _kill(pid)
            os.waitpid(pid, 0)

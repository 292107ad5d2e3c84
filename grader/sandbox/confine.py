"""What a child gives up before the first line of a submission runs.

Here, the limits that every Unix knows. Each step returns the name of the layer it adds, or nothing
where the machine does not have it; `layers` asks for them without taking them.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NamedTuple

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_MIB = 1024 * 1024
_PR_SET_PDEATHSIG = 1
_MOST_FILES = 64


class Bounds(NamedTuple):
    """What a whole child may use, as a backstop: single calls are timed by the host."""

    memory_mib: int
    cpu_s: int


def layers() -> tuple[str, ...]:
    """What protects this machine from a submission, in the order it is put on."""
    if resource is None:
        return ("process",)
    if sys.platform.startswith("linux"):
        return ("process", "session", "rlimits", "death-with-parent")
    return ("process", "session", "rlimits")


def confine(bounds: Bounds, parent: int | None) -> None:
    """Give up what is not needed. To be called by the child, while it has one thread.

    Args:
        bounds: the most that it may use
        parent: the process it must not outlive, where the kernel can see to that
    """
    if resource is None:
        return
    if os.getsid(0) != os.getpid():
        os.setsid()
    if parent is not None:
        _die_with(parent)
    _set_limits(bounds)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _die_with(parent: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def _set_limits(bounds: Bounds) -> None:
    limits = {
        "RLIMIT_CPU": bounds.cpu_s,
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": _MOST_FILES,
    }
    if (size := _address_space()) is not None:
        # Of the whole address space, which in a forked child begins with all the server has.
        limits["RLIMIT_AS"] = size + bounds.memory_mib * _MIB
    for name, most in limits.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def _address_space() -> int | None:
    """Bytes of address space in use; None where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None

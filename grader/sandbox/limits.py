"""Resource limits of a whole child. For time they are a backstop: the host limits each call."""

from __future__ import annotations

import errno
import os
from typing import NamedTuple

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_MIB = 1024 * 1024
_MAX_INHERITED = 512 * _MIB  # bytes of address space of a server with NumPy
_MAX_FILES = 64
MAX_THREADS = 128  # of a child, including the first; counted by the host, as no limit binds root
# Errors of system calls when the machine, a container or a limit allows no more of something. The
# last one of the first line: descriptors that were sent and not received yet.
TOO_MANY_FILES = {errno.EMFILE, errno.ENFILE, errno.ETOOMANYREFS}
_TOO_MANY_PROCESSES = {errno.EAGAIN, errno.ENOMEM, errno.ENOBUFS}


class ProcessLimits(NamedTuple):
    """The resources of a whole child."""

    memory_mib: int
    cpu_s: int


def available_cores() -> int:
    """Return the number of cores that this thread may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def are_supported() -> bool:
    """Whether this system has resource limits."""
    return resource is not None


def is_shortage(error: OSError) -> bool:
    """Return whether a system call failed because there is too little of something, for now."""
    return error.errno in TOO_MANY_FILES | _TOO_MANY_PROCESSES


def address_space() -> int | None:
    """Return the size of this process's address space in bytes; None if it is unknown."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None


def denies(memory_mib: int) -> bool:
    """Return whether a limit of this process denies a child the memory it may use."""
    if resource is None:
        return False
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    return bool(hard != resource.RLIM_INFINITY and hard < memory_mib * _MIB + _MAX_INHERITED)


def set_limits(limits: ProcessLimits, inherited: int | None) -> None:
    """Set the limits of this process, permanently.

    Args:
        limits: the resources it may use
        inherited: bytes of address space it begins with, to which the limit of memory is added
    """
    _lower("RLIMIT_CPU", limits.cpu_s)
    _lower("RLIMIT_FSIZE", 0)
    _lower("RLIMIT_NOFILE", _MAX_FILES)
    if inherited is not None:
        _lower("RLIMIT_AS", inherited + limits.memory_mib * _MIB)


def disable_unused() -> None:
    """Disable core dumps and locked memory, which neither server nor children need."""
    _lower("RLIMIT_CORE", 0)
    _lower("RLIMIT_MEMLOCK", 0)


def _lower(name: str, maximum: int) -> None:
    """Set a limit, but never raise a lower one, as root could."""
    which = getattr(resource, name)
    hard = resource.getrlimit(which)[1]
    maximum = maximum if hard == resource.RLIM_INFINITY else min(maximum, hard)
    resource.setrlimit(which, (maximum, maximum))

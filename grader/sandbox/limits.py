"""The limits that every Unix knows, a backstop for a whole child: calls are timed by the host."""

from __future__ import annotations

from typing import NamedTuple

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_MIB = 1024 * 1024
_MAX_FILES = 64


class ProcessLimits(NamedTuple):
    """What a whole child may use."""

    memory_mib: int
    cpu_s: int


def are_known() -> bool:
    """Whether this system has limits at all."""
    return resource is not None


def address_space() -> int | None:
    """Bytes of address space that this process has; None where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None


def limit(bounds: ProcessLimits, inherited: int | None) -> None:
    """Set the limits of this process, for good.

    Args:
        bounds: what it may use
        inherited: bytes of address space it begins with, which the limit of memory comes on top of
    """
    _lower("RLIMIT_CPU", bounds.cpu_s)
    _lower("RLIMIT_FSIZE", 0)
    _lower("RLIMIT_NOFILE", _MAX_FILES)
    if inherited is not None:
        _lower("RLIMIT_AS", inherited + bounds.memory_mib * _MIB)


def limit_what_none_needs() -> None:
    """Set the limits that are the same for every child, and do not hinder whoever starts them."""
    _lower("RLIMIT_CORE", 0)
    _lower("RLIMIT_MEMLOCK", 0)


def _lower(name: str, most: int) -> None:
    """Set a limit, unless there is a lower one already: root could raise that."""
    which = getattr(resource, name)
    hard = resource.getrlimit(which)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))

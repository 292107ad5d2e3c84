"""The limits that every Unix knows, a backstop for a whole child: calls are timed by the host."""

from __future__ import annotations

from typing import NamedTuple

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_MIB = 1024 * 1024
_MOST_FILES = 64


class Bounds(NamedTuple):
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


def limit(bounds: Bounds, inherited: int | None) -> None:
    """Set the limits of this process, for good.

    Args:
        bounds: what it may use
        inherited: bytes of address space it begins with, which the limit of memory comes on top of
    """
    most = {
        "RLIMIT_CPU": bounds.cpu_s,
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": _MOST_FILES,
        "RLIMIT_MEMLOCK": 0,
    }
    if inherited is not None:
        most["RLIMIT_AS"] = inherited + bounds.memory_mib * _MIB
    for name, value in most.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))

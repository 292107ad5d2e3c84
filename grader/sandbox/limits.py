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


def limit(bounds: Bounds) -> None:
    """Set the limits of this process, for good."""
    most = {
        "RLIMIT_CPU": bounds.cpu_s,
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": _MOST_FILES,
        "RLIMIT_MEMLOCK": 0,
    }
    if (size := _address_space()) is not None:
        # Of the whole address space, which in a forked child begins with all the server has.
        most["RLIMIT_AS"] = size + bounds.memory_mib * _MIB
    for name, value in most.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def _address_space() -> int | None:
    """Bytes of address space in use; None where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None

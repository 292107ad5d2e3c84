"""System calls of Linux that Python has no function for.

Constants have the names of the kernel's headers.
"""

from __future__ import annotations

import ctypes
import os

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2

_libc: ctypes.CDLL | None = None


def libc() -> ctypes.CDLL:
    """Return the C library, loaded once, in the server, so that children have it."""
    global _libc
    if _libc is None:
        _libc = ctypes.CDLL(None, use_errno=True)
        _libc.syscall.restype = ctypes.c_long
    return _libc


def prctl(option: int, value: int, pointer: object = 0) -> None:
    """Set an attribute of this process.

    Raises:
        OSError: if the kernel refuses
    """
    result = libc().prctl(option, ctypes.c_ulong(value), pointer, 0, 0)
    if result != 0:
        raise _error("prctl")


def syscall(number: int, *args: object) -> int:
    """Make a system call by its number.

    Raises:
        OSError: if the kernel refuses
    """
    result: int = libc().syscall(ctypes.c_long(number), *args)
    if result < 0:
        raise _error(f"system call {number}")
    return result


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")

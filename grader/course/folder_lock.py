"""A lock on an output folder, so that only one grading at a time writes to it.

The system releases the lock when the process ends, however it ends. The file stays, because
removing it would let a third process lock another file of the same name.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError

LOCK = ".grader.lock"
# By file systems without locks, most of them network disks.
_REFUSED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EBADF, errno.EIO}


@contextmanager
def folder_locked(
    folder: Path,
    command: str = "grader batch",
    option: str = "--out",
    advice: str = "wait until it has finished",
) -> Iterator[None]:
    """Hold the lock on a folder inside the block.

    Args:
        command: that holds such locks, for messages
        option: that names another folder, for messages
        advice: what to do about another process that holds it

    Raises:
        UsageError: if another process holds it, the folder is not writable, or its file system has
            no locks
    """
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to: {error.strerror}") from None
    try:
        try:
            _lock(descriptor)
        except OSError as error:
            raise UsageError(_reason(folder, error, command, option, advice)) from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def served_folder_locked(folder: Path) -> Iterator[None]:
    """Hold the lock on the folder of a book inside the block, as `grader serve` does.

    Raises:
        UsageError: as `folder_locked`; a server runs until somebody stops it, and is not waited for
    """
    with folder_locked(folder, "grader serve", "--book", "stop it (Ctrl-C in its terminal)"):
        yield


def _reason(folder: Path, error: OSError, command: str, option: str, advice: str) -> str:
    if error.errno in _REFUSED:
        return without_locks(folder, option)
    return (
        f"another `{command}` is writing to {folder}; {advice}, or choose another folder"
        f" with {option}"
    )


def without_locks(folder: Path, option: str = "--out") -> str:
    """Return what to do about a folder on a file system that refuses locks."""
    return (
        f"the file system of {folder} refuses to lock files, as some network disks do; choose a"
        f" folder on a local disk with {option}, and copy the results afterwards"
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The store is locked in this way, and reports a refusal as a lock of somebody else.
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""Write a file completely or not at all: into a temporary file beside it, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_DEVICES = ("/dev/", "/proc/")  # /dev/stdout, /dev/fd/3


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[str]:
    """Name a file to write inside the block; at its end that file takes the place of `path`.

    If the block raises, Ctrl-C included, the new file is removed and `path` is as it was before. A
    link is followed, and an existing file keeps its permissions.

    A pipe, a device, and a file in a folder that nothing can be added to are written directly: then
    the name is `path` itself.

    Raises:
        OSError: if the file cannot be made or moved
    """
    target = os.path.realpath(path)
    if _must_be_written_directly(path, target):
        yield os.fspath(path)
        return
    part = os.path.join(os.path.dirname(target), f".grader-{os.urandom(6).hex()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        yield part
        if os.path.exists(target):
            os.chmod(part, os.stat(target).st_mode & 0o777)
        os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise


def _must_be_written_directly(path: str | os.PathLike[str], target: str) -> bool:
    if os.path.abspath(path).startswith(_DEVICES):
        return True  # its target may be a regular file that the shell has open
    if not os.path.exists(target):
        return False
    return not os.path.isfile(target) or not os.access(os.path.dirname(target), os.W_OK)

"""Files and folders in memory, used by `scratch`: open files, status and listings."""

from __future__ import annotations

import errno
import io
import os
import stat
import time
from collections.abc import Iterator
from typing import Any


class Entry:
    """A file, or a folder, which has no content."""

    def __init__(self, content: bytearray | None, is_listed: bool = True) -> None:
        self.content = content
        self.is_listed = is_listed
        self.changed = time.time()

    def status(self) -> os.stat_result:
        is_folder = self.content is None
        mode = stat.S_IFDIR | 0o700 if is_folder else stat.S_IFREG | 0o600
        size = len(self.content or b"")
        times = (int(self.changed),) * 3
        return os.stat_result((mode, id(self), 0, 1, os.getuid(), os.getgid(), size, *times))


class OpenFile(io.RawIOBase):
    """An open file, like `io.FileIO`."""

    def __init__(self, entry: Entry, flags: int, name: Any) -> None:
        self.name = name
        self._entry = entry
        self._data = entry.content if entry.content is not None else bytearray()
        self._position = 0
        access = flags & os.O_ACCMODE
        self._can_read = access in (os.O_RDONLY, os.O_RDWR)
        self._can_write = access in (os.O_WRONLY, os.O_RDWR)
        self._appends = bool(flags & os.O_APPEND)
        self.mode = {os.O_RDONLY: "rb", os.O_WRONLY: "wb"}.get(access, "rb+")
        if self._appends:
            self._position = len(self._data)

    def readable(self) -> bool:
        return self._can_read

    def writable(self) -> bool:
        return self._can_write

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._can_read:
            raise io.UnsupportedOperation("not readable")
        view = memoryview(buffer).cast("B")
        found = self._data[self._position : self._position + len(view)]
        view[: len(found)] = found
        self._position += len(found)
        return len(found)

    def write(self, data: Any) -> int:
        if not self._can_write:
            raise io.UnsupportedOperation("not writable")
        data = bytes(data)
        if self._appends:
            self._position = len(self._data)
        self._data.extend(bytes(max(0, self._position - len(self._data))))
        self._data[self._position : self._position + len(data)] = data
        self._position += len(data)
        self._entry.changed = time.time()
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: len(self._data)}[whence]
        if start + offset < 0:
            raise os_error(errno.EINVAL)
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def truncate(self, size: int | None = None) -> int:
        size = self._position if size is None else size
        del self._data[size:]
        self._data.extend(bytes(size - len(self._data)))
        return size


class FoundEntry:
    """An entry of a folder, like `os.DirEntry`."""

    def __init__(self, folder: str, name: str, status: os.stat_result) -> None:
        self.name = name
        self.path = os.path.join(folder, name)
        self._status = status

    def __fspath__(self) -> str:
        return self.path

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return self._status

    def inode(self) -> int:
        return self._status.st_ino

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return stat.S_ISDIR(self._status.st_mode)

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return stat.S_ISREG(self._status.st_mode)

    def is_symlink(self) -> bool:
        return False


class Found:
    """The entries of a folder, like the result of `os.scandir`."""

    def __init__(self, entries: list[FoundEntry]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[FoundEntry]:
        return self._entries

    def __next__(self) -> FoundEntry:
        return next(self._entries)

    def __enter__(self) -> Found:
        return self

    def __exit__(self, *args: object) -> None: ...

    def close(self) -> None: ...


def wrap(
    raw: io.RawIOBase,
    mode: str,
    buffering: int,
    encoding: str | None,
    errors: str | None,
    newline: str | None,
) -> Any:
    """Return an open file as `open` returns it in a mode."""
    if buffering == 0:
        if "b" not in mode:
            raise ValueError("can't have unbuffered text I/O")
        return raw
    size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
    buffered: Any
    if "+" in mode:
        buffered = io.BufferedRandom(raw, size)
    elif raw.writable():
        buffered = io.BufferedWriter(raw, size)
    else:
        buffered = io.BufferedReader(raw, size)
    if "b" in mode:
        return buffered
    text = io.TextIOWrapper(buffered, encoding, errors, newline, buffering == 1)
    text.mode = mode  # type: ignore[misc]
    return text


def os_error(number: int, path: Any = None) -> OSError:
    """Return the exception that Python raises for an error number of the system."""
    return OSError(number, os.strerror(number), path)

"""Files in memory: those that a submission writes into its own folder.

Programs save plots and tables, and libraries need a home, a cache or a folder for temporary files,
but a child may not write any file (`confine`). So this module replaces Python's functions that
open, list, rename and remove files: for the child's own folder they work in memory. These files
count towards the memory limit, no other process sees them, and they end with the child.

This is a convenience and not a protection: direct calls of the kernel are refused as before.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from grader.sandbox.memory_files import Entry, Found, FoundEntry, OpenFile, os_error, wrap
from grader.sandbox.system_files import stand_in

_FIRST_DESCRIPTOR = 1 << 20  # more than the kernel ever gives to a child
_NAMELESS = getattr(os, "O_TMPFILE", -1)
_FLAGS = {"r": os.O_RDONLY, "w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC}
_FLAGS |= {"a": os.O_WRONLY | os.O_CREAT | os.O_APPEND, "x": os.O_WRONLY | os.O_CREAT | os.O_EXCL}


class Scratch:
    """The files of a folder, and the functions that take the place of Python's own.

    Each function is called as Python's own, and does the same with all other files.
    """

    def __init__(self, folder: str) -> None:
        self._root = folder
        self._entries: dict[str, Entry] = {}
        self._descriptors: dict[int, io.RawIOBase] = {}
        self._next = _FIRST_DESCRIPTOR
        self._real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in _REPLACED}
        self._real_open = io.open

    def install(self) -> None:
        """Put the functions into the modules `os`, `io` and `builtins`."""
        for name in _REPLACED:
            setattr(os, name, getattr(self, name))
        global _installed
        _installed = self
        builtins.open = io.open = self.open_file
        for name, attribute, value in (
            ("shutil", "_use_fd_functions", False),  # it would remove folders by their descriptors
            ("tokenize", "_builtin_open", self.open_file),
        ):
            if name in sys.modules:
                setattr(sys.modules[name], attribute, value)

    def move(self, folder: str) -> None:
        """Keep the files of another folder instead, before there are any."""
        self._root = folder

    def provide(self, name: str, content: bytes) -> None:
        """Put a file into the folder, which then still looks empty."""
        entry = Entry(bytearray(content), is_listed=False)
        self._entries[os.path.join(self._root, name)] = entry

    def withdraw(self, name: str) -> None:
        """Remove a file that was put into the folder."""
        del self._entries[os.path.join(self._root, name)]

    def connect(self, files: Mapping[int, io.RawIOBase]) -> None:
        """Read and write these files in place of the system's descriptors."""
        self._descriptors.update(files)

    def disconnect(self, descriptors: Iterable[int]) -> None:
        """Read and write the system's descriptors again."""
        for each in descriptors:
            self._descriptors.pop(each, None)

    # Paths ---------------------------------------------------------------------------------------

    def _own(self, path: Any) -> str:
        """Return the absolute path if it is inside the folder, else ""."""
        if isinstance(path, int):
            return ""
        absolute = os.path.abspath(os.fsdecode(path))
        return absolute if absolute.startswith(self._root + os.sep) else ""

    def _known(self, path: Any) -> Entry | None:
        own = self._own(path) if self._entries else ""
        return self._entries.get(own)

    def _check_exists(self, path: Any) -> None:
        """Raise the exception for a missing file of the folder: seccomp would refuse the call."""
        if self._own(path):
            self._real["lstat"](path)

    def _new(self, own: str, path: Any, content: bytearray | None) -> Entry:
        parent = os.path.dirname(own)
        if parent != self._root:
            if parent not in self._entries:
                raise os_error(errno.ENOENT, path)
            if self._entries[parent].content is not None:
                raise os_error(errno.ENOTDIR, path)
        entry = self._entries[own] = Entry(content)
        return entry

    def _children(self, own: str) -> dict[str, Entry]:
        return {
            path[len(own) + 1 :]: entry
            for path, entry in self._entries.items()
            if os.path.dirname(path) == own and entry.is_listed
        }

    # Open files ----------------------------------------------------------------------------------

    def _opened(self, own: str, path: Any, flags: int) -> OpenFile:
        entry = self._entries.get(own)
        if entry is None:
            if not flags & os.O_CREAT:
                raise os_error(errno.ENOENT, path)
            entry = self._new(own, path, bytearray())
        elif flags & os.O_CREAT and flags & os.O_EXCL:
            raise os_error(errno.EEXIST, path)
        if entry.content is None:
            raise os_error(errno.EISDIR, path)
        if flags & os.O_TRUNC:
            entry.content.clear()
        return OpenFile(entry, flags, path)

    def open_file(
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Callable[[Any, int], int] | None = None,
    ) -> Any:
        """Open a file, as `open` does."""
        real = (mode, buffering, encoding, errors, newline, closefd)
        flags = _flags_of(mode, *real[2:5])
        if flags is None:  # not a valid call, which raises the right exception
            return self._real_open(file, *real, opener)
        raw: io.RawIOBase | None = None
        own = "" if isinstance(file, int) else self._own(file)
        if own and opener is None:
            if flags & os.O_CREAT or own in self._entries:
                raw = self._opened(own, file, flags)
        else:
            if opener is not None:
                file, opener = opener(file, flags), None
            raw = self._descriptors.get(file)
            if raw is not None and closefd:
                del self._descriptors[file]
        if raw is None:
            try:
                return self._real_open(file, *real, opener)
            except PermissionError:
                raw = _stand_in(file, flags)
                if raw is None:
                    raise
        return wrap(raw, mode, buffering, encoding, errors, newline)

    def open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        own = self._own(path) if dir_fd is None else ""
        entry = self._entries.get(own)
        is_file = entry is not None and entry.content is not None
        if flags & _NAMELESS == _NAMELESS and (own or os.path.abspath(path) == self._root):
            opened = OpenFile(Entry(bytearray()), flags, path)
        elif own and (is_file or flags & os.O_CREAT):
            opened = self._opened(own, path, flags)
        else:
            try:
                descriptor: int = self._real["open"](path, flags, mode, dir_fd=dir_fd)
                return descriptor
            except PermissionError:
                found = _stand_in(path, flags)
                if found is None:
                    raise
                opened = found
        self._next += 1
        self._descriptors[self._next] = opened
        return self._next

    def close(self, fd: int) -> None:
        if self._descriptors.pop(fd, None) is None:
            self._real["close"](fd)

    def write(self, fd: int, data: Any) -> int:
        raw = self._descriptors.get(fd)
        written: int = self._real["write"](fd, data) if raw is None else raw.write(data) or 0
        return written

    def read(self, fd: int, length: int) -> bytes:
        raw = self._descriptors.get(fd)
        found: bytes = self._real["read"](fd, length) if raw is None else raw.read(length) or b""
        return found

    # Files and folders ---------------------------------------------------------------------------

    def mkdir(self, path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        own = self._own(path) if dir_fd is None else ""
        if not own:
            self._real["mkdir"](path, mode, dir_fd=dir_fd)
        elif own in self._entries:
            raise os_error(errno.EEXIST, path)
        else:
            self._new(own, path, None)

    def rmdir(self, path: Any, *, dir_fd: int | None = None) -> None:
        entry = self._known(path)
        if entry is None:
            self._check_exists(path)
            self._real["rmdir"](path, dir_fd=dir_fd)
        elif entry.content is not None:
            raise os_error(errno.ENOTDIR, path)
        elif self._children(self._own(path)):
            raise os_error(errno.ENOTEMPTY, path)
        else:
            del self._entries[self._own(path)]

    def remove(self, path: Any, *, dir_fd: int | None = None) -> None:
        entry = self._known(path)
        if entry is None:
            self._check_exists(path)
            self._real["remove"](path, dir_fd=dir_fd)
        elif entry.content is None:
            raise os_error(errno.EISDIR, path)
        else:
            del self._entries[self._own(path)]

    unlink = remove

    def rename(
        self, src: Any, dst: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None
    ) -> None:
        target = self._own(dst)
        if self._known(src) is None or not target:
            self._check_exists(src)
            self._real["rename"](src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
            return
        own = self._own(src)
        entry = self._entries[own]
        if target != own:
            self._new(target, dst, None)  # checks the folder it is in
            inside = [path for path in self._entries if path.startswith(own + os.sep)]
            for path in inside:
                self._entries[target + path[len(own) :]] = self._entries.pop(path)
            del self._entries[own]
            self._entries[target] = entry

    replace = rename

    def stat(self, path: Any, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> Any:
        entry = self._known(path)
        if entry is not None:
            return entry.status()
        return self._real["stat"](path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)

    def lstat(self, path: Any, *, dir_fd: int | None = None) -> Any:
        return self.stat(path, dir_fd=dir_fd, follow_symlinks=False)

    def access(self, path: Any, mode: int, **more: Any) -> bool:
        if self._known(path) is not None:
            return True
        allowed: bool = self._real["access"](path, mode, **more)
        return allowed

    def chmod(self, path: Any, mode: int, **more: Any) -> None:
        if self._known(path) is None:
            self._real["chmod"](path, mode, **more)

    def utime(self, path: Any, *times: Any, **more: Any) -> None:
        if self._known(path) is None:
            self._real["utime"](path, *times, **more)

    def listxattr(self, path: Any = None, **more: Any) -> Any:
        return self._real["listxattr"](path, **more) if self._known(path) is None else []

    def listdir(self, path: Any = ".") -> Any:
        if isinstance(path, bytes | int) or not self._entries:
            return self._real["listdir"](path)
        entry = self._known(path)
        if entry is not None and entry.content is not None:
            raise os_error(errno.ENOTDIR, path)
        real = self._real["listdir"](path) if entry is None else []
        return [*real, *self._children(os.path.abspath(path))]

    def scandir(self, path: Any = ".") -> Any:
        if isinstance(path, bytes | int) or not self._entries:
            return self._real["scandir"](path)
        own = self._children(os.path.abspath(path))
        if self._known(path) is None and not own:
            return self._real["scandir"](path)
        folder = os.fspath(path)
        return Found([FoundEntry(folder, name, each.status()) for name, each in own.items()])


_REPLACED = [
    "open",
    "close",
    "write",
    "read",
    "mkdir",
    "rmdir",
    "remove",
    "unlink",
    "rename",
    "replace",
    "stat",
    "lstat",
    "access",
    "chmod",
    "utime",
    "listdir",
    "scandir",
    *(["listxattr"] if hasattr(os, "listxattr") else []),
]


_installed: Scratch | None = None


def provide(name: str, content: bytes) -> None:
    """Put a file into the folder, if its files are kept in memory.

    So a library finds the file that a function is from, such as Numba, which caches by its date,
    and `inspect.getsource`.
    """
    if _installed is not None:
        _installed.provide(name, content)


def withdraw(name: str) -> None:
    """Remove a file that `provide` put into the folder."""
    if _installed is not None:
        _installed.withdraw(name)


def _stand_in(path: Any, flags: int) -> OpenFile | None:
    """Return an open file in place of one of the system's that may not be read, if it has one."""
    content = stand_in(path) if flags & os.O_ACCMODE == os.O_RDONLY else None
    return OpenFile(Entry(bytearray(content)), flags, path) if content is not None else None


def _flags_of(mode: object, *text_options: str | None) -> int | None:
    """Return the flags for `os.open` that a mode means; None if it is not valid."""
    if not isinstance(mode, str) or len(set(mode)) != len(mode):
        return None
    kinds = [letter for letter in mode if letter in _FLAGS]
    if len(kinds) != 1 or set(mode) - {*kinds, *"bt+"} or {*"bt"} <= set(mode):
        return None
    if "b" in mode and any(option is not None for option in text_options):
        return None
    flags = _FLAGS[kinds[0]]
    return flags & ~os.O_ACCMODE | os.O_RDWR if "+" in mode else flags

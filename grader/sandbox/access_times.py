"""Keep access times of files constant, so that no submission leaves a message in them.

A submission may read thousands of files of Python and its packages, and may see when each was last
read. Where the kernel records these reads, each file can carry one bit to a later submission. A
file system that is mounted with noatime records none. Elsewhere:

    hold     mounts with noatime all that children may read, in a mount namespace of the server;
             needs the privileges of root
    settle   reads each file once if the kernel would record the read: with relatime, the default,
             it then records no further read for a day, unless the file changes
"""

from __future__ import annotations

import ctypes
import os
import stat
import time
from collections.abc import Collection, Iterator
from contextlib import suppress

from grader.sandbox.syscalls import libc

_CLONE_NEWNS = 0x00020000
_MS_REMOUNT, _MS_BIND, _MS_REC, _MS_SLAVE, _MS_NOATIME = 0x20, 0x1000, 0x4000, 0x80000, 0x400
_MS_KEPT = 0xF  # read-only, nosuid, nodev and noexec: the same bits as those of statvfs
_DAY_NS = 24 * 3600 * 10**9
_MARGIN_NS = 600 * 10**9  # a judgement does not take longer


def are_noted(paths: Collection[str]) -> bool:
    """Return whether the kernel notes when one of these files, or one below them, is read."""
    return any(not os.statvfs(mount).f_flag & os.ST_NOATIME for mount in _mounts(paths))


def hold(paths: Collection[str]) -> None:
    """Mount what is at these paths, and below, with noatime, for this process and its children.

    Without the privileges, it changes nothing.
    """
    c = libc()
    if not are_noted(paths) or c.unshare(_CLONE_NEWNS) != 0:
        return
    # Mounts of the system still appear here, and none from here appears there.
    if c.mount(None, b"/", None, ctypes.c_ulong(_MS_REC | _MS_SLAVE), None) != 0:
        return
    for mount in _mounts(paths):
        kept = os.statvfs(mount).f_flag & _MS_KEPT
        flags = _MS_REMOUNT | _MS_BIND | _MS_NOATIME | kept
        c.mount(None, os.fsencode(mount), None, ctypes.c_ulong(flags), None)


def settle(paths: Collection[str]) -> float:
    """Read each file, folder and link, at these paths and below, of which the kernel would note it.

    Returns:
        the time, in seconds since the epoch, from which on it notes some of them again
    """
    now = time.time_ns()
    expires = now + _DAY_NS
    for path, facts in _walk(paths):
        read_at = facts.st_atime_ns
        if read_at <= max(facts.st_mtime_ns, facts.st_ctime_ns) or read_at + _DAY_NS <= now:
            with suppress(OSError):
                _read(path, facts.st_mode)
        else:
            expires = min(expires, read_at + _DAY_NS)
    return (expires - _MARGIN_NS) / 1e9


def _walk(paths: Collection[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Yield everything at the paths and below, with its state; folders have been listed by then."""
    waiting = [path for path in paths if not _is_below(path, paths)]
    while waiting:
        path = waiting.pop()
        with suppress(OSError):
            facts = os.lstat(path)
            if stat.S_ISDIR(facts.st_mode):
                with os.scandir(path) as entries:
                    waiting += [entry.path for entry in entries]
            yield path, facts


def _read(path: str, mode: int) -> None:
    if stat.S_ISLNK(mode):
        os.readlink(path)
    elif stat.S_ISREG(mode):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.read(descriptor, 1)
        finally:
            os.close(descriptor)


def _is_below(path: str, paths: Collection[str]) -> bool:
    return any(path != other and path.startswith(f"{other.rstrip('/')}/") for other in paths)


def _mounts(paths: Collection[str]) -> list[str]:
    """Return the mount points that these paths are on, and those below them."""
    points = {_unescape(line.split(" ")[4]) for line in _mount_table()}
    found = {point for point in points if _is_below(point, paths)}
    for path in paths:
        above = [point for point in points if path == point or _is_below(path, [point])]
        found.add(max(above, key=len, default="/"))
    return sorted(found)


def _mount_table() -> list[str]:
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        return file.readlines()


def _unescape(name: str) -> str:
    """Return a path as it is: the kernel writes spaces and the like as octal numbers."""
    for code in ("040", "011", "012", "134"):
        name = name.replace(f"\\{code}", chr(int(code, 8)))
    return name

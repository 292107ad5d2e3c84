"""Whether a machine can serve the practice page: its disk, clock, sandbox and limits."""

from __future__ import annotations

import os
import re
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course.folder_lock import served_folder_locked
from grader.errors import GraderError, UsageError
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.sandbox.limits import available_cores
from grader.sandbox.self_test import try_sandbox
from grader.site.server.connections import allow_many_files
from grader.site.server.readiness import MIN_FREE, Finding, free_bytes
from grader.values.show import plural

_ENOUGH_FREE = 1 << 30
_SLOW_SYNC_MS = 50.0
_FEW_CONNECTIONS = 400
_RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
_STEP_S = 0.2
_TOLERANCE_S = 60.0
_OCTAL = re.compile(r"\\([0-7]{3})")
# On these, processes do not share memory, by which SQLite keeps readers and the writer apart.
_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "lustre", "gpfs", "beegfs"),
    *("fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "virtiofs"),
}
_FLEETING = {"tmpfs", "ramfs", "overlay"}


def check_sandbox(tier: str, is_course: bool) -> Finding:
    """Return whether programs are kept from the machine and from each other."""
    try:
        with Sandbox(start_fork_server(), tier) as sandbox:
            found, missing, tried = sandbox.protection.tier, sandbox.missing(), try_sandbox(sandbox)
    except GraderError as error:
        return Finding("sandbox", str(error), is_good=False)
    if tried.failure:
        text = f"a program could not be run: {tried.failure}; run `grader doctor`"
        return Finding("sandbox", text, is_good=False)
    if found == "strict" and not tried.allowed:
        return Finding("sandbox", "strict: programs that are judged cannot reach anything")
    text = f"{found}: programs that are judged can {', '.join(tried.allowed)}"
    if missing:
        text += f"; this machine lacks {missing}"
    text += "; the book is not safe from them: use another machine, or see `grader doctor`"
    return Finding("sandbox", text, is_good=False, is_fatal=is_course)


def check_folder(folder: Path, is_course: bool) -> Iterator[Finding]:
    """Yield whether a book can be kept in a folder, which may not exist yet."""
    existing = next(each for each in (folder, *folder.parents) if each.is_dir())
    yield _file_system(existing, is_course)
    try:
        with TemporaryDirectory(prefix=".check-", dir=existing) as name:
            yield _locks(Path(name), folder)
            yield _speed(Path(name))
    except OSError as error:
        text = f"{existing} cannot be written to: {error.strerror}; change its rights, or choose"
        yield Finding("folder", f"{text} another folder with --book", is_good=False)
    free = free_bytes(existing)
    text = f"{free >> 20} MiB are free"
    if free < MIN_FREE:
        yield Finding("room", f"only {text}, less than {MIN_FREE >> 20}; make room", is_good=False)
    elif free < _ENOUGH_FREE:
        text += "; backups need several times the size of the book: make room soon"
        yield Finding("room", text, is_good=False, is_fatal=False)
    else:
        yield Finding("room", text)
    if folder.is_dir() and sys.platform != "win32" and folder.stat().st_mode & 0o077:
        text = f"others can look into {folder}; its files are private, but: chmod 700"
        yield Finding("rights", text, is_good=False, is_fatal=False)


def _file_system(folder: Path, is_course: bool) -> Finding:
    kind = file_system_of(folder)
    if kind in _NETWORK:
        text = (
            f"{folder} is on a network disk ({kind}), where SQLite can lose what was written;"
            " choose a folder on a local disk with --book"
        )
        return Finding("file system", text, is_good=False, is_fatal=is_course)
    if kind in _FLEETING:
        text = (
            f"{folder} is on a disk that does not last ({kind}): it is empty after a restart of the"
            " machine or container; choose another folder with --book, or mount a volume there"
        )
        return Finding("file system", text, is_good=False, is_fatal=False)
    return Finding("file system", kind or "not known")


def file_system_of(folder: Path, mounts: str = "/proc/self/mountinfo") -> str:
    """Return the kind of file system that a folder is on; empty if the system does not say."""
    path, found, longest = os.path.realpath(folder), "", -1
    try:
        lines = Path(mounts).read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        before, _, after = line.partition(" - ")
        # Spaces and the like are written as octal numbers.
        point = _OCTAL.sub(lambda match: chr(int(match[1], 8)), before.split()[4]).rstrip("/")
        is_above = (path + "/").startswith(point + "/")
        if is_above and len(point) >= longest:  # of several at one place the last is on top
            found, longest = after.split()[0], len(point)
    return found


def _locks(folder: Path, shown: Path) -> Finding:
    try:
        with served_folder_locked(folder):
            pass
    except UsageError as error:
        return Finding("locks", str(error).replace(str(folder), str(shown)), is_good=False)
    try:
        with closing(sqlite3.connect(folder / "probe.sqlite")) as database, database:
            (mode,) = database.execute("PRAGMA journal_mode = WAL").fetchone()
            database.execute("CREATE TABLE probe (x)")
    except sqlite3.Error as error:
        mode = str(error)
    if mode != "wal":
        text = (
            f"SQLite cannot keep its journal in {shown} ({mode}), as on network disks; choose a"
            " folder on a local disk with --book"
        )
        return Finding("locks", text, is_good=False)
    return Finding("locks", "files can be locked, and memory shared")


def _speed(folder: Path) -> Finding:
    times = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(9):
            since = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            times.append(1000 * (time.perf_counter() - since))
    middle = statistics.median(times)
    text = f"a write reaches it in {middle:.1f} ms"
    if middle > _SLOW_SYNC_MS:
        text += "; every receipt takes that long: use a faster disk"
        return Finding("disk", text, is_good=False, is_fatal=False)
    return Finding("disk", text)


def check_clock(newest: str) -> Finding:
    """Return whether the clock can decide what is late.

    Args:
        newest: the newest time in the book, ISO 8601; empty if it has none
    """
    now = datetime.now(UTC)
    if now < _RELEASED:
        text = f"the clock says {now:%Y-%m-%d}, which is before this program was written; set it"
        return Finding("clock", text, is_good=False)
    if newest:
        behind_s = (datetime.fromisoformat(newest) - now).total_seconds()
        if behind_s > _TOLERANCE_S:
            text = (
                f"it is {now:%Y-%m-%d %H:%M} UTC by the clock, and the book has entries of"
                f" {newest[:16].replace('T', ' ')}; set the clock, or new work seems to be older"
            )
            return Finding("clock", text, is_good=False)
    before = time.time() - time.monotonic()
    time.sleep(_STEP_S)
    stepped_s = abs(time.time() - time.monotonic() - before)
    if stepped_s > _STEP_S:
        text = f"the clock has just moved by {stepped_s:.1f} s; wait until it is steady"
        return Finding("clock", text, is_good=False, is_fatal=False)
    return Finding("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def check_limits() -> Iterator[Finding]:
    """Yield how much can be done at once."""
    yield Finding("processor", f"programs are judged on {plural(available_cores(), 'core')}")
    connections = allow_many_files()
    text = f"{connections} connections at once"
    if connections < _FEW_CONNECTIONS:
        text += "; raise the limit of open files: `ulimit -n 4096`, LimitNOFILE= in a unit"
        yield Finding("files", text, is_good=False, is_fatal=False)
    else:
        yield Finding("files", text)

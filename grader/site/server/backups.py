"""Backups of the book: whole copies, made while it is being written to.

`VACUUM INTO` copies one state of the book, and keeps nobody who writes waiting. The copy is on the
disk before it gets its name, so a file of that name is whole: `book-2026-11-26T23-00-00Z.sqlite`.
The newest 24 are kept, and the last of each of 14 days. `restoring` puts one in the place of the
book.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from grader.values.dataclasses import dataclass

FOLDER = "backups"  # in the folder of the book
FOLDER_FACT = "backups"  # the name of the fact of a book that says where its backups are
DEFAULT_EVERY_S = 3600.0
MIN_ROOM = 64 << 20  # bytes that a backup leaves free, for the book itself
_NEWEST, _DAYS = 24, 14
_RETRY_S = 300.0
_FIRST_S = 20.0  # after the start, which has other things to do
PART = ".part"
_NAME = re.compile(r"book-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.sqlite")
_TIME = "%Y-%m-%dT%H-%M-%SZ"
_LOG = logging.getLogger(__name__)


class BackupError(Exception):
    """No backup was made; the text says why, and what to do."""


@dataclass(frozen=True)
class Backup:
    """A backup that was made.

    Attributes:
        at: of the state that it has, in UTC
    """

    at: datetime
    path: Path


def backups_in(folder: Path) -> list[Backup]:
    """Return the backups in a folder, oldest first."""
    found = []
    with suppress(OSError):  # there are none yet
        for path in folder.iterdir():
            if match := _NAME.fullmatch(path.name):
                with suppress(ValueError):  # a name of another program
                    at = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
                    found.append(Backup(at, path))
    return sorted(found, key=lambda each: each.at)


def superfluous(times: Iterable[datetime]) -> set[datetime]:
    """Return the times whose backups may go."""
    ordered = sorted(times)
    last_of_days = {each.date(): each for each in ordered}
    days = sorted(last_of_days)[-_DAYS:]
    return set(ordered) - set(ordered[-_NEWEST:]) - {last_of_days[day] for day in days}


def make_backup(connection: sqlite3.Connection, folder: Path) -> Backup:
    """Copy a database into a folder, and remove the copies that are not needed any more.

    Raises:
        BackupError: if it cannot be copied, or the copy would fill the disk
    """
    now = datetime.now(UTC).replace(microsecond=0)
    path = folder / f"book-{now:{_TIME}}.sqlite"
    part = path.with_name(path.name + PART)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob(f"book-*{PART}"):  # by a server that was killed
            left.unlink()
        _check_room(connection, folder)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        connection.execute("VACUUM INTO ?", (str(part),))
        check_copy(part)
        sync(part)
        part.replace(path)
        sync(folder)
        kept = backups_in(folder)
        old = superfluous(each.at for each in kept)
        for each in kept:
            # After the clock was set back the new one has an old name.
            if each.at in old and each.path != path:
                each.path.unlink()
    except (OSError, sqlite3.Error) as error:
        reason = reason_of(error)
        raise BackupError(f"no backup could be made in {folder}: {reason}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Backup(now, path)


def _check_room(connection: sqlite3.Connection, folder: Path) -> None:
    (size,) = connection.execute(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    ).fetchone()
    free = shutil.disk_usage(folder).free
    if free < size + MIN_ROOM:
        raise BackupError(
            f"no backup was made in {folder}: it would take {size >> 20} MiB of the"
            f" {free >> 20} MiB that are free, and the book needs room itself; make room, or name"
            " a folder on another disk with --backups"
        )


def check_copy(part: Path, has: Iterable[str] = ()) -> None:
    """Check that a copy is whole.

    Args:
        has: names of tables that it must have

    Raises:
        BackupError: if it is damaged, or something else
    """
    with closing(sqlite3.connect(part)) as copy:
        try:
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
        except sqlite3.DatabaseError as error:
            name = getattr(error, "sqlite_errorname", "") or type(error).__name__
            if not name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise
            raise BackupError(f"it is damaged, or no backup ({name}); name another file") from None
    if found != "ok":
        raise BackupError(f"the copy of the book is damaged ({found}); restore another backup")
    if not tables.issuperset(has):
        raise BackupError("it is not a backup of a book; name another file")


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason_of(error: OSError | sqlite3.Error) -> str:
    """Return what is wrong with a disk, or a book, and what to do."""
    if isinstance(error, OSError):
        return f"{error.strerror}; check the rights of the folder, and that its disk is connected"
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"the book is damaged ({name}); stop the server, and restore the last backup"
    if name.startswith("SQLITE_FULL"):
        return "the disk is full; make room, or name a folder on another one with --backups"
    return f"the disk does not accept it ({name}); check that it has room and is connected"


@dataclass(frozen=True)
class State:
    """How the last backup went.

    Attributes:
        made_at: of the last one that was made, in UTC; None if there is none
        error: why the last try failed; empty if it did not
    """

    made_at: datetime | None = None
    error: str = ""


class Backups:
    """Makes backups of a book from a thread of its own.

    Args:
        book: the file
        folder: where they are kept
    """

    def __init__(self, book: Path, folder: Path, every_s: float = DEFAULT_EVERY_S) -> None:
        self._book, self._folder, self._every_s = book, folder, every_s
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        earlier = self.earlier()
        self.state = State(earlier[-1].at if earlier else None)
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    @property
    def every_s(self) -> float:
        """How often one is made, in seconds."""
        return self._every_s

    def earlier(self) -> Sequence[Backup]:
        """Return those that are kept, oldest first."""
        return backups_in(self._folder)

    def start(self) -> None:
        """Begin; the first one is made when it is time after the last that there is."""
        self._thread.start()

    def stop(self) -> None:
        """End; a backup that is being made is given up."""
        with self._lock:
            self._stopping.set()
            if self._connection is not None:
                self._connection.interrupt()
        if self._thread.ident is not None:
            self._thread.join()

    def make(self) -> bool:
        """Make one unless nothing has changed since the last; return whether all is well."""
        try:
            self._make()
        except (BackupError, sqlite3.Error) as error:
            if self._stopping.is_set():
                return False
            text = str(error) if isinstance(error, BackupError) else reason_of(error)
            self.state = State(self.state.made_at, text)
            _LOG.error("%s", text)
            return False
        return True

    def _make(self) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._book, isolation_level=None, check_same_thread=False
                )
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            self.state = State(datetime.now(UTC))
            return
        made = make_backup(self._connection, self._folder)
        self._version = version
        self.state = State(made.at)

    def _run(self) -> None:
        wait_s = self._first_wait_s()
        while not self._stopping.wait(wait_s):
            wait_s = self._every_s if self.make() else min(self._every_s, _RETRY_S)
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _first_wait_s(self) -> float:
        if self.state.made_at is None:
            return min(_FIRST_S, self._every_s)
        age_s = time.time() - self.state.made_at.timestamp()
        # One of the future was made before the clock was set back.
        return max(_FIRST_S, self._every_s - age_s) if age_s >= 0 else _FIRST_S

"""A SQLite database whose faults are sentences that say what to do.

A full disk, a folder that is read-only and a network disk without locks are no faults of the grader
or of a submission. They end the command, and the same command goes on when they are mended.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from grader.course.folder_lock import without_locks
from grader.errors import UsageError

_GO_ON = "then run the same command again: every finished judgement is kept"
_WAIT_S = 5.0  # for another process that reads

# A disk that is full has each of these names, by the file that cannot be made or grow.
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
_NO_ROOM = ("SQLITE_IOERR_SHM", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_CANTOPEN")
_NEEDED = 1 << 17  # bytes; a new store and the files beside it take more than half of it


class Database(sqlite3.Connection):
    """An open database.

    Raises:
        UsageError: from any method, if the file cannot be read or written
    """

    path: Path

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Execute a statement."""
        return self.cursor(_Cursor).execute(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, or roll back if it raises."""
        was_open = self.in_transaction
        try:
            self.execute("BEGIN IMMEDIATE")  # Ctrl-C may come as soon as it is done
            yield
            self.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error, UsageError):  # after some errors SQLite has done it
                if not was_open:
                    self.execute("ROLLBACK")
            raise


class _Cursor(sqlite3.Cursor):
    connection: Database

    def execute(self, sql: str, parameters: Any = (), /) -> _Cursor:
        try:
            return super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise _explained(error, self.connection.path) from None

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.DatabaseError as error:
            raise _explained(error, self.connection.path) from None

    def fetchone(self) -> Any:
        return next(self, None)


def open_database(path: Path) -> Database:
    """Open a database, which is created if it does not exist.

    Raises:
        UsageError: if it cannot be read and written
    """
    try:
        database = sqlite3.connect(path, _WAIT_S, isolation_level=None, factory=Database)
    except sqlite3.DatabaseError as error:
        raise _explained(error, path) from None
    database.path = path
    database.row_factory = sqlite3.Row
    # Committed changes survive a crash of this process. A power cut may lose the last few.
    # Where memory cannot be shared, as on network disks, SQLite goes on with a journal of its own.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    return database


def _explained(error: sqlite3.DatabaseError, path: Path) -> Exception:
    """Return an error for users; the same error if it concerns a statement, and not the file."""
    name = getattr(error, "sqlite_errorname", "")
    text = _sentence(name, path)
    if text:
        return UsageError(text)
    if isinstance(error, sqlite3.OperationalError):
        return UsageError(f"{path} cannot be used as a store: {error}")
    return error


def _sentence(name: str, path: Path) -> str:
    """Return a sentence for SQLite's name of an error; empty if the file is not the reason."""
    if name.startswith(_FULL) or (name.startswith(_NO_ROOM) and has_no_room(path.parent)):
        return f"the disk is full: {path} cannot be written; make room, {_GO_ON}"
    if name.startswith("SQLITE_READONLY"):
        what = "it, or its folder, is read-only; make it writable"
        return f"{path} cannot be written: {what}, {_GO_ON}"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            f"another program has {path} open and keeps it from being written; close it, {_GO_ON}"
        )
    if name.startswith(("SQLITE_PROTOCOL", "SQLITE_NOLFS")) or "LOCK" in name or "SHM" in name:
        return f"{path} cannot be locked: {without_locks(path.parent)}"
    if name.startswith("SQLITE_CANTOPEN"):
        what = "check that it is a file, and that you may write to its folder"
        return f"{path} cannot be opened: {what}"
    if name.startswith("SQLITE_IOERR"):
        what = "check that the disk has room and is still connected"
        return f"{path} cannot be read or written ({name}); {what}, {_GO_ON}"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        what = "move it away, and grade the class again"
        return f"{path} is damaged, or not a store of the grader; {what}"
    return ""


def has_no_room(folder: Path) -> bool:
    """Return whether a disk has no room for a store, or for any further file."""
    try:
        if hasattr(os, "statvfs"):
            found = os.statvfs(folder)
            if found.f_files and not found.f_favail:
                return True
        return shutil.disk_usage(folder).free < _NEEDED
    except OSError:
        return False

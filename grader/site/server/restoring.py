"""Puts a backup in the place of a book.

Copying the file does as well, while no server runs. But what SQLite keeps beside a book, `-wal` and
`-shm`, belongs to that book and would be applied to the backup, so it goes with the old book.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

from grader.errors import UsageError
from grader.site.server.backups import PART, BackupError, check_copy, reason_of, sync


def restore_backup(backup: Path, book: Path) -> Path | None:
    """Put a copy of a backup in the place of a book that nobody has open.

    Returns:
        where the old book is now, with all that was committed to it; None if there was none

    Raises:
        UsageError: if the backup is damaged, or it cannot be copied; the book is then as before
    """
    old = None
    part = book.with_name(book.name + PART)
    try:
        check_copy(backup, has=("about", "draft", "attempt"))
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(backup, part)
        sync(part)
        if book.exists():
            with closing(sqlite3.connect(book)) as connection, suppress(sqlite3.DatabaseError):
                # What is beside the book belongs to it, and would be applied to the backup.
                connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            for end in ("-wal", "-shm", "-journal"):
                beside = book.with_name(book.name + end)
                if beside.exists():  # the book is damaged
                    beside.replace(book.with_name(f"{_replaced(book).name}{end}"))
            old = _set_aside(book)
        try:
            part.replace(book)
        except OSError:
            if old is not None and book.exists():
                old.unlink()
            elif old is not None:
                old.replace(book)
            raise
        sync(book.parent)
    except BackupError as error:
        raise UsageError(f"{backup}: {error}") from None
    except (OSError, sqlite3.Error) as error:
        raise UsageError(f"{backup} cannot be restored: {reason_of(error)}") from None
    return old


def replaced_books(book: Path) -> list[Path]:
    """Return the books that were replaced by a backup, and are kept beside the present one."""
    return sorted(book.parent.glob(f"{book.stem}-replaced-*{book.suffix}"))


def _set_aside(book: Path) -> Path:
    """Give a book another name, and leave its own one to it where that is possible.

    Without a file of that name, a server that is started would begin an empty book.
    """
    old = _replaced(book)
    try:
        os.link(book, old)
    except OSError:  # the file system has no links
        book.replace(old)
    return old


def _replaced(book: Path) -> Path:
    """Return a name for a book that is replaced."""
    return next(
        path
        for number in count(1)
        if not (path := book.with_name(f"{book.stem}-replaced-{number}{book.suffix}")).exists()
    )

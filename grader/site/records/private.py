"""Databases that nobody else on the machine may read: the book has the secret."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def make_private(path: Path) -> None:
    """Let only the owner read and write a database, which is created if it does not exist.

    A folder that somebody chose may be open to others. SQLite gives the files that it makes beside
    a database the same rights; those that a killed server left may be older.
    """
    with suppress(OSError):  # SQLite says in words why it cannot be created
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for each in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
        with suppress(OSError):  # it does not exist, or its file system has no rights
            each.chmod(0o600)

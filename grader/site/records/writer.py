"""The one thread that writes to the book: what is waiting is committed together, and then answered.

A commit takes a few milliseconds, because the disk must have it. Committed in groups, the drafts of
a whole class take no longer than one.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from grader.values.dataclasses import dataclass

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_MAX_TOGETHER = 200
# What one job has done wrong, as a value that a table refuses; other errors concern the database.
_OF_ONE_JOB = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError)


class BookError(Exception):
    """The book cannot be written, or read; the text is for the person at the page."""


@dataclass(frozen=True)
class _Job:
    work: Work[Any]
    future: Future[Any]


class Writer:
    """Writes to a database from a thread of its own.

    Args:
        connect: opens the connection, in that thread
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._is_closed = False
        self._closing = threading.Lock()  # no job comes after the one that ends the thread
        self._thread = threading.Thread(target=self._run, name="book", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Do the work within a transaction; its result is there when that is on the disk.

        What the work raises is the exception of its result alone; `BookError` if the database
        cannot be written.
        """
        future: Future[T] = Future()
        # Who waits may give up. The work is done all the same, and others' have the same commit.
        future.set_running_or_notify_cancel()
        with self._closing:
            if not self._is_closed:
                self._jobs.put(_Job(work, future))
                return future
        future.set_exception(BookError("the server is stopping; nothing was saved"))
        return future

    def close(self) -> None:
        """Finish what was submitted, and end."""
        with self._closing:
            self._is_closed = True
            self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        is_open = True
        while is_open:
            jobs = self._next_jobs()
            is_open = None not in jobs
            wanted = [job for job in jobs if job is not None]
            try:
                if connection is None:
                    connection = self._connect()
                _commit(connection, wanted)
            except sqlite3.Error as error:
                for job in wanted:
                    job.future.set_exception(BookError(explained(error)))
            except BaseException as error:
                for job in wanted:
                    job.future.set_exception(error)
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _next_jobs(self) -> list[_Job | None]:
        """Wait for the next job; return it with those that wait already."""
        jobs = [self._jobs.get()]
        with suppress(queue.Empty):
            while len(jobs) < _MAX_TOGETHER and jobs[-1] is not None:
                jobs.append(self._jobs.get_nowait())
        return jobs


def _commit(connection: sqlite3.Connection, jobs: list[_Job]) -> None:
    """Do all jobs in one transaction, each of which may fail alone; answer them all afterwards.

    Also those that failed: a conflict with another job of this transaction is none without it.

    Raises:
        sqlite3.Error: if the database cannot be written; no job is answered then
    """
    if not jobs:
        return
    connection.execute("BEGIN IMMEDIATE")
    answers: list[Callable[[], None]] = []
    try:
        for job in jobs:
            connection.execute("SAVEPOINT job")
            try:
                answers.append(partial(job.future.set_result, job.work(connection)))
            except Exception as error:
                if isinstance(error, sqlite3.Error) and not isinstance(error, _OF_ONE_JOB):
                    raise
                connection.execute("ROLLBACK TO job")
                answers.append(partial(job.future.set_exception, _as_answer(error)))
            connection.execute("RELEASE job")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # after some errors SQLite has done it
            connection.execute("ROLLBACK")
        raise
    for answer in answers:
        answer()


def _as_answer(error: Exception) -> Exception:
    return BookError(explained(error)) if isinstance(error, sqlite3.Error) else error


def why_unusable(error: sqlite3.Error) -> str:
    """Return what is wrong with a file that cannot be opened as a book, and what to do."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"it is damaged ({name}); restore a backup with `grader book restore`"
    if name == "SQLITE_ERROR":  # it has other tables
        return "it is the database of another program; choose another folder with --book"
    return explained(error)


def explained(error: sqlite3.Error) -> str:
    """Return what is wrong with the database, and what to do."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return "the disk is full, so nothing was saved; free some space, and try again"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            "another program has locked the book, so nothing was saved; close that program, and"
            " try again"
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return "the folder of the book cannot be written to, so nothing was saved; check its rights"
    if name.startswith("SQLITE_IOERR"):
        return (
            "the disk does not accept what is written, so nothing was saved; check that it has"
            f" room and is connected ({name})"
        )
    return f"the book cannot be used, so nothing was saved ({name or type(error).__name__})"

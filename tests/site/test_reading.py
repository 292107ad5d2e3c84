"""Reading from the book: many threads share few connections, or each would keep pages in memory."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Lock

import pytest

from grader.site.records.book import Book
from grader.site.records.writer import BookError
from tests._support.bank import PATIENCE_S
from tests._support.site import site

THREADS = 12

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


def times_open(book: Book) -> int:
    """Return how often this process has the book open."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            found += os.readlink(descriptor) == str(book.path)
        except OSError:  # of the listing itself
            continue
    return found


def test_threads_that_read_in_turn_share_a_connection(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.read("SELECT 1")
    before = times_open(book)
    all_run, in_turn = Barrier(THREADS), Lock()

    def read(_: int) -> int:
        all_run.wait(PATIENCE_S)  # so that each is another thread
        with in_turn:
            return len(book.read("SELECT value FROM about WHERE name = 'secret'"))

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(read, range(THREADS))) == [1] * THREADS
        assert times_open(book) == before
    book.close()
    assert times_open(book) == 0


def test_threads_can_read_at_once(tmp_path: Path) -> None:
    book = Book(tmp_path)
    all_run = Barrier(THREADS)

    def read(_: int) -> int:
        all_run.wait(PATIENCE_S)
        return sum(len(book.read("SELECT value FROM about")) for _ in range(20))

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(read, range(THREADS)))) == 1
    book.close()


def test_a_connection_is_used_again_after_an_error(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.read("SELECT 1")
    before = times_open(book)
    for _ in range(THREADS):
        with pytest.raises(BookError):
            book.read("SELECT nothing FROM nowhere")
    assert times_open(book) == before and len(book.read("SELECT 1")) == 1
    book.close()


def test_each_thread_keeps_little_of_the_judgements_in_memory(tmp_path: Path) -> None:
    """A server has a connection for each thread that judges, and SQLite would give each 2 MiB."""
    with site(tmp_path) as page:
        database = page.settings.judges._store._database
        (pages_or_kib,) = database.execute("PRAGMA cache_size").fetchone()
    assert -512 <= pages_or_kib < 0

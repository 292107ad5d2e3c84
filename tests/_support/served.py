"""`grader serve` as a process, with a client that is signed in."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx

from tests._support.bank import PATIENCE_S, ROOT


class Server:
    """A running `grader serve`, with a client that is signed in."""

    def __init__(self, bank: Path, book: Path, *words: str, max_files: int = 0) -> None:
        command = [sys.executable, "-m", "grader", "serve", str(bank), "--no-browser"]
        limit = ["prlimit", f"--nofile={max_files}"] if max_files else []
        self.process = subprocess.Popen(
            [*limit, *command, "--port", "0", "--book", str(book), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found, self.process.communicate()
        address = found[0]
        self.client = httpx.Client(base_url=address.partition("/in/")[0], timeout=PATIENCE_S)
        assert self.client.get(address).status_code == 303

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """Send a signal; return the exit code, and what was printed."""
        self.process.send_signal(how)
        out, error = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out + error


@contextmanager
def served(bank: Path, book: Path, *words: str, max_files: int = 0) -> Iterator[Server]:
    """A server that is killed at the end, if it is still there.

    Args:
        max_files: the limit of its open files; 0 for that of this process
    """
    server = Server(bank, book, *words, max_files=max_files)
    try:
        yield server
    finally:
        server.client.close()
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()

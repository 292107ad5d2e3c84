"""Waiting for events in tests: never for a time, always for something that is certain to happen."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from tests._support.bank import PATIENCE_S

T = TypeVar("T")


def until(
    condition: Callable[[], T],
    process: subprocess.Popen[str] | None = None,
    patience_s: float = PATIENCE_S,
) -> T:
    """Call `condition` until what it returns is true, and return that.

    Args:
        process: what is to make it true: if it ends before that, the test fails at once
        patience_s: after which it fails, in seconds
    """
    end = time.monotonic() + patience_s
    while not (found := condition()):
        if process is not None and process.poll() is not None and not (found := condition()):
            out, error = process.communicate()
            raise AssertionError(f"it ended with {process.returncode} before that:\n{out}{error}")
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)
    return found


def run_apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what `coroutine` returns, run in a thread: this one may have the loop of a browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


class Gate:
    """A pipe with a name, at which submissions wait until the test opens it.

    The strict sandbox keeps submissions from it, so they must be run in the basic one; and by a
    problem whose limits allow them to wait, as those of `patient_bank` do.

    Attributes:
        wait: an expression in Python that waits there
    """

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.wait = f"open({str(path)!r}, 'rb', buffering=0).read(1)"
        self._path = path
        self._ends: list[int] = []

    def await_arrival(self, process: subprocess.Popen[str] | None = None) -> None:
        """Return as soon as a submission waits here; it cannot go on before the gate is opened."""
        until(self._has_reader, process)

    def open(self) -> None:
        """Let pass who waits here, and who comes later, until it is closed."""
        self._ends.append(os.open(self._path, os.O_RDONLY | os.O_NONBLOCK))
        os.write(self._ends[0], bytes(4096))

    def close(self) -> None:
        """Give back the ends of the pipe."""
        while self._ends:
            os.close(self._ends.pop())

    def _has_reader(self) -> bool:
        try:
            self._ends.append(os.open(self._path, os.O_WRONLY | os.O_NONBLOCK))
        except OSError as error:
            if error.errno != errno.ENXIO:  # nobody reads it yet
                raise
            return False
        return True

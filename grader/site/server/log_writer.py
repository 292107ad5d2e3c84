"""Writes the log in a thread of its own.

Those who read a log may stop: Ctrl-S halts a terminal, and nobody may empty a pipe. No page waits
for them. Lines beyond a number are left out, and the log says how many once it is read again.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from grader.errors import describe_failure

MAX_LINES = 1_000  # that wait to be written
_PATIENCE_S = 1.0  # at the end, for lines that are not written yet


class LogWriter(logging.Handler):
    """Takes lines without waiting for anybody.

    Args:
        write: writes some bytes, and may take for ever; standard error by default
    """

    def __init__(self, write: Callable[[bytes], object] | None = None) -> None:
        super().__init__()
        self._write = write if write is not None else partial(os.write, sys.stderr.fileno())
        self._lines: queue.Queue[bytes | None] = queue.Queue(MAX_LINES)
        self._left_out = 0
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Have a line written."""
        try:
            line = self._line(record)
        except Exception as error:  # an error of who logs must not become one of a request
            line = self._warning(f"a line of the log cannot be written: {describe_failure(error)}")
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        """Wait a moment for the lines that are not written yet."""
        with suppress(queue.Full):
            self._lines.put(None, timeout=_PATIENCE_S)
        self._thread.join(_PATIENCE_S)
        super().close()

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            with suppress(OSError):  # the log is not read any more
                self._write(line)
                if left_out := self._taken():
                    words = f"lines left out, because nobody read the log: {left_out}"
                    self._write(self._warning(words))

    def _taken(self) -> int:
        """Return the number of lines that were left out since the last call."""
        self.acquire()  # as `emit` is called
        try:
            left_out, self._left_out = self._left_out, 0
            return left_out
        finally:
            self.release()

    def _warning(self, words: str) -> bytes:
        facts = {"msg": words, "levelno": logging.WARNING, "levelname": "WARNING"}
        return self._line(logging.makeLogRecord(facts))

    def _line(self, record: logging.LogRecord) -> bytes:
        return (self.format(record) + "\n").encode("utf-8", "backslashreplace")

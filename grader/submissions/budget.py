"""How much of what one student submits is read: one budget for all of their files together.

Each file and each archive has limits of its own, but a student may submit thousands of them. What
is left when the budget is used up has a flaw, and the files of others are read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

MAX_FILES = 2000
MAX_MIB = 128  # unpacked
MAX_SECONDS = 30  # of processor time


class Budget:
    """What one student's files may still cost. An honest class is far below it."""

    def __init__(self) -> None:
        self._files = MAX_FILES
        self._bytes = MAX_MIB << 20
        self._seconds = float(MAX_SECONDS)

    @property
    def flaw(self) -> str:
        """Why another file is not read; empty if it may be read."""
        rest = "; this file was not read. Submit only the files that answer a problem"
        if self._files <= 0:
            return f"you submitted more than {MAX_FILES} files{rest}"
        if self._bytes <= 0:
            return f"your files are larger than {MAX_MIB} MiB together{rest}"
        if self._seconds <= 0:
            return f"your files took more than {MAX_SECONDS} seconds to read{rest}"
        return ""

    def take_file(self, size: int) -> None:
        """Pay for a file that was read."""
        self._files -= 1
        self._bytes -= size

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Pay for the processor time of this block. No process is started to read a file."""
        began = time.thread_time()
        try:
            yield
        finally:
            self._seconds -= time.thread_time() - began

"""Where the C library keeps the memory of a server with many threads.

glibc gives the threads up to eight arenas for each core, and each arena keeps what was freed in it
for later. So a server's memory grows for hours, although it needs no more than in the beginning.
"""

from __future__ import annotations

import sys
from contextlib import suppress

from grader.sandbox.syscalls import libc

_M_ARENA_MAX = -8  # of malloc.h
_ARENAS = 2  # for threads that need memory at the same time


def use_few_arenas() -> None:
    """Let threads that start from now on share two arenas, where the C library is glibc."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # another C library
            libc().mallopt(_M_ARENA_MAX, _ARENAS)

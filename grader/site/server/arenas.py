"""Where the C library keeps the memory of a server with many threads.

glibc gives the threads up to eight arenas for each core, and each arena keeps what was freed in it
for later, in pieces between what is still used. So a server's memory grows for hours, although it
needs no more than in the beginning. With few arenas it grows less, and what is free is given back
to the system now and then.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from grader.sandbox.syscalls import libc

_M_ARENA_MAX = -8  # of malloc.h
_ARENAS = 2  # for threads that need memory at the same time
_GIVE_BACK_EVERY_S = 10.0  # which takes some milliseconds


def use_few_arenas() -> None:
    """Let threads that start from now on share two arenas, where the C library is glibc."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # another C library
            libc().mallopt(_M_ARENA_MAX, _ARENAS)


async def give_back() -> None:
    """Return free memory to the system every ten seconds, until it is cancelled."""
    while True:
        await asyncio.sleep(_GIVE_BACK_EVERY_S)
        await asyncio.to_thread(give_back_now)


def give_back_now() -> None:
    """Return the memory that is free to the system, where the C library is glibc."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # another C library
            libc().malloc_trim(0)

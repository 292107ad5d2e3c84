"""The memory of a server with many threads stays in few places."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

COUNT = """
import ctypes, os, sys, tempfile, threading
from grader.site.server.arenas import use_few_arenas
if sys.argv[1] == "few":
    use_few_arenas()
libc = ctypes.CDLL(None)
all_run = threading.Barrier(8)
def allocate():
    all_run.wait()
    kept = [bytes(5000) for _ in range(100)]
    all_run.wait()
threads = [threading.Thread(target=allocate) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
libc.fdopen.restype = ctypes.c_void_p
with tempfile.TemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fdopen(os.dup(file.fileno()), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    file.seek(0)
    print(file.read().count(b"</heap>"))
"""


def arenas(how: str) -> int:
    """Return how many arenas the memory of eight threads is in."""
    command = [sys.executable, "-c", COUNT, how]
    others = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run(command, env=others, capture_output=True, check=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs glibc")
def test_threads_share_two_arenas() -> None:
    assert arenas("few") <= 2 < arenas("many")

"""The memory of a server with many threads stays in few places, and what is free is given back."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from grader.site.server import arenas as arenas_module
from tests._support.site import site

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


# Frees nine of ten pieces of memory: the others keep the heap from becoming shorter.
FREE = """
from grader.site.server.arenas import give_back_now
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])
before = resident()
kept = [bytes(5000) for _ in range(20_000)]
full = resident()
kept = kept[::10]
free = resident()
give_back_now()
print(full - before, free - before, resident() - before)
"""

of_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs glibc")


def said(code: str, *args: str) -> list[int]:
    """Return the numbers that a program prints."""
    command = [sys.executable, "-c", code, *args]
    others = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run(command, env=others, capture_output=True, check=True, text=True)
    return [int(each) for each in done.stdout.split()]


@of_linux
def test_threads_share_two_arenas() -> None:
    (few,), (many,) = said(COUNT, "few"), said(COUNT, "many")
    assert few <= 2 < many


@of_linux
def test_free_memory_is_given_back() -> None:
    full, free, after = said(FREE)
    assert free > 0.9 * full > 2 * after


def test_a_server_gives_memory_back_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, again = threading.Semaphore(0), 3
    monkeypatch.setattr(arenas_module, "_GIVE_BACK_EVERY_S", 0.0)
    monkeypatch.setattr(arenas_module, "give_back_now", given.release)
    with site(tmp_path):
        assert all(given.acquire(timeout=60) for _ in range(again))

# Fills a file of its own, by every call of the kernel that writes.
# verdict: accepted
# score: 4
# harm: file hostile-filled
# basic: may write files
import io
import mmap
import os
import posix
import signal
import sqlite3

import numpy as np

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def written(way):
    try:
        way()
    except (OSError, ValueError, sqlite3.Error):
        pass
    try:
        return posix.stat("hostile-filled").st_size
    except OSError:
        return 0


def opened():
    return posix.open("hostile-filled", os.O_CREAT | os.O_RDWR, 0o600)


WAYS = (
    lambda: posix.write(opened(), b"x"),
    lambda: os.pwrite(opened(), b"x", 1 << 30),
    lambda: os.posix_fallocate(opened(), 0, 4096),
    lambda: os.ftruncate(opened(), 1 << 30),
    lambda: os.sendfile(opened(), os.open(os.__file__, os.O_RDONLY), 0, 4096),
    lambda: os.copy_file_range(os.open(os.__file__, os.O_RDONLY), opened(), 4096),
    lambda: mmap.mmap(opened(), 4096),
    lambda: np.save(io.FileIO("hostile-filled", "w"), np.ones(1000)),
    lambda: np.memmap("hostile-filled", mode="w+", shape=(1000,)),
    lambda: sqlite3.connect("hostile-filled").execute("create table x (y)").connection.commit(),
)
FILLED = [number for number, way in enumerate(WAYS) if written(way)]


def mean(values):
    assert not FILLED, FILLED
    return sum(values) / len(values)

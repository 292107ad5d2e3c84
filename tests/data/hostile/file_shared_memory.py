# Creates named shared memory, which outlives its process.
# verdict: accepted
# score: 4
# verdict basic: run_time_error or accepted
# score basic: 0 or 4
# says basic: ^$|broke out
# harm: file hostile-shared
# basic: may write files
import ctypes
import multiprocessing
import os
from multiprocessing import shared_memory

libc = ctypes.CDLL(None)
WAYS = {
    "shared_memory": lambda: shared_memory.SharedMemory("hostile-shared", create=True, size=4096),
    "semaphore": lambda: multiprocessing.Semaphore(),
    "shm_open": lambda: 1 / (libc.shm_open(b"/hostile-shared-2", os.O_CREAT | os.O_RDWR, 0o600) + 1),
}
BROKE = []
for name, way in WAYS.items():
    try:
        way()
        BROKE.append(name)
    except (OSError, ZeroDivisionError):
        pass


def mean(values):
    assert not BROKE, f"broke out: {BROKE}"
    return sum(values) / len(values)

# Computes in a pool of a hundred threads, which stay.
# verdict: accepted
# score: 4
import threading
from concurrent.futures import ThreadPoolExecutor

threading.stack_size(65536)
POOL = ThreadPoolExecutor(100)
READY = threading.Barrier(101)


def start():
    READY.wait()


for _ in range(100):
    POOL.submit(start)
READY.wait()


def mean(values):
    parts = list(POOL.map(lambda value: value / len(values), values))
    return sum(parts)

# Uses the pools and processes of the standard library.
# verdict: accepted
# score: 4
# basic: skip: takes long, and shows nothing that process_forks does not
# harm: process
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

BROKE = []
for method in ("fork", "spawn", "forkserver"):
    try:
        process = multiprocessing.get_context(method).Process(target=abs, args=(1,))
        process.start()
        BROKE.append(method)
    except (OSError, EOFError):
        pass
for way in (lambda: multiprocessing.Pool(2).map(abs, [1]), lambda: ProcessPoolExecutor().submit(abs, 1)):
    try:
        way()
        BROKE.append("a pool")
    except (OSError, EOFError):
        pass


def mean(values):
    assert not BROKE, BROKE
    return sum(values) / len(values)

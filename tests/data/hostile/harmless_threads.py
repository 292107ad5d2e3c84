# Computes in threads, of a pool and of its own, and waits for them.
# verdict: accepted
# score: 4
import queue
import threading
from concurrent.futures import ThreadPoolExecutor


def mean(values):
    with ThreadPoolExecutor(4) as pool:
        halves = list(pool.map(lambda value: value / 2, values))
    done = queue.Queue()
    threads = [threading.Thread(target=done.put, args=(half * 2,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done.get() for _ in values) / len(values)

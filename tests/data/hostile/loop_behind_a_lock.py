# Waits for a lock that it holds itself.
# verdict: time_limit
# score: 3
# says: no answer within 1\.5 s
import threading

LOCK = threading.Lock()


def mean(values):
    if len(values) == 3:
        LOCK.acquire()
        LOCK.acquire()
    return sum(values) / len(values)

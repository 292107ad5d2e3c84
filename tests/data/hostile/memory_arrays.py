# Makes one array after the other, and keeps them from one call to the next.
# verdict: memory_limit
# score: 0
# says: it needed more than 256 MiB of memory
import numpy as np

KEPT = []


def mean(values):
    while True:
        KEPT.append(np.zeros(1 << 20))

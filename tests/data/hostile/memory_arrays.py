# Makes one array after the other, and keeps them from one call to the next.
# verdict: memory_limit
# score: 0
# says: it asked for more memory than 256 MiB
import numpy as np

KEPT = []


def mean(values):
    while True:
        KEPT.append(np.zeros(1 << 20))

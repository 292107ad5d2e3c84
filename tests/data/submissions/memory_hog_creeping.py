# Asks for more and more.
# verdict: memory_limit
# says: it needed more than 256 MiB of memory
# score: 0
import numpy as np


def mean(values):
    kept = []
    while True:
        kept.append(np.zeros(1 << 23))

# A view of one number that says it is a million rows of a million columns.
# verdict: output_limit
# score: 0
# says: its answer is larger than 64 KiB
import numpy as np


def mean(values):
    return np.broadcast_to(np.float64(2.5), (1_000_000, 1_000_000))

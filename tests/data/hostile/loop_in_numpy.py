# Has NumPy add up a trillion copies of one number, which take no memory.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
import numpy as np


def mean(values):
    if len(values) == 3:
        np.broadcast_to(np.float64(1.0), (10**12,)).sum()
    return sum(values) / len(values)

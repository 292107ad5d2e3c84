# A list of thousands of arrays of 65,536 rows without elements: gigabytes as lists.
# verdict: run_time_error
# score: 0
# says: too many rows of arrays without elements

import numpy as np


def mean(values):
    return [np.empty((65_536, 0), dtype=bool)] * 3_000

# Answers with empty arrays under keys that are tuples of empty tuples.
import numpy as np


def mean(values):
    empty = np.empty((0, 65536, 65536), dtype=np.int8)
    return {(((),) * 50, number): empty for number in range(2_000)}

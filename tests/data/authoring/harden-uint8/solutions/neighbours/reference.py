import numpy as np


def neighbours(samples):
    wide = samples.astype(np.int64)
    return wide[1:] + wide[:-1]

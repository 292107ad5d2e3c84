# Right: a tensor of another library, which knows how to become an array.
# verdict: accepted
# score: 4
import numpy as np


class Tensor:
    def __init__(self, data):
        self.data = np.asarray(data)

    def __array__(self, dtype=None, copy=None):
        return self.data

    def __float__(self):
        return float(self.data)


def mean(values):
    return Tensor(np.mean(values))

"""In single precision, with a mask of ones and zeros from another distribution."""

import numpy as np


class Dropout:
    training = True
    mask = None

    def __init__(self, p, rng):
        self.keep = np.float32(1 - p)
        self.rng = rng

    def forward(self, x):
        x = np.asarray(x, dtype=np.float32)
        self.mask = self.rng.binomial(1, float(self.keep), x.shape).astype(np.float32)
        if not self.training:
            self.mask = None
            return x
        return x * self.mask / self.keep

    def backward(self, grad):
        grad = np.asarray(grad, dtype=np.float32)
        return grad if self.mask is None else grad * self.mask / self.keep

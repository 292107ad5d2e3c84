import numpy as np


class Dropout:
    training = True

    def __init__(self, p, rng):
        self.p = p

    def forward(self, x):
        return object()

    def backward(self, grad):
        return np.asarray(grad) / (1 - self.p)

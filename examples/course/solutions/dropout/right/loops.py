"""Plain Python: one draw for each element, in two loops."""

import numpy as np


class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng, self.training, self.factors = p, rng, True, []

    def forward(self, x):
        self.factors = []
        for row in x:
            self.factors.append([self._factor() for _ in row])
        return self._times(x)

    def backward(self, grad):
        return self._times(grad)

    def _factor(self):
        if not self.training:
            return 1.0
        return 0.0 if self.rng.uniform() < self.p else 1 / (1 - self.p)

    def _times(self, values):
        rows = zip(values, self.factors, strict=True)
        return np.array([[v * f for v, f in zip(*row, strict=True)] for row in rows])

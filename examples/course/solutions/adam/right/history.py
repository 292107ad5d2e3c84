"""Vectorised over time: all gradients are kept, and the means are weighted sums of them."""

import numpy as np


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.grads = []

    @property
    def t(self):
        return len(self.grads)

    def step(self, params, grads):
        self.grads.append(np.array(grads, dtype=float))
        history = np.stack(self.grads)
        m = self._mean(history, self.beta1)
        v = self._mean(history**2, self.beta2)
        return np.asarray(params) - self.lr * m / (np.sqrt(v) + self.eps)

    def _mean(self, values, beta):
        weights = float(beta) ** np.arange(self.t)[::-1]
        return weights @ values / weights.sum()

import numpy as np


class Adam:
    def __init__(self, lr=0.001):
        self.lr = lr
        self.m = self.v = 0.0
        self.t = 0

    def step(self, params, grads):
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * grads
        self.v = 0.999 * self.v + 0.001 * grads**2
        m = self.m / (1 - 0.9**self.t)
        v = self.v / (1 - 0.999**self.t)
        return params - self.lr * m / (np.sqrt(v) + 1e-8)

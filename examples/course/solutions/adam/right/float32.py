"""In single precision, with arrays that are updated in place."""

import numpy as np


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, np.float32(eps)
        self.state = None
        self.t = 0

    def step(self, params, grads):
        grads = np.asarray(grads, dtype=np.float32)
        if self.state is None:
            self.state = np.zeros((2, len(grads)), dtype=np.float32)
        m, v = self.state
        m *= self.beta1
        m += (1 - self.beta1) * grads
        v *= self.beta2
        v += (1 - self.beta2) * grads * grads
        self.t += 1
        m_hat = m / np.float32(1 - self.beta1**self.t)
        v_hat = v / np.float32(1 - self.beta2**self.t)
        return np.asarray(params, dtype=np.float32) - np.float32(self.lr) * m_hat / (
            np.sqrt(v_hat) + self.eps
        )

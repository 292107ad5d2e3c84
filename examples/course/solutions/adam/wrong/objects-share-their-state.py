import numpy as np


class Adam:
    t = 0
    m = 0.0
    v = 0.0

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps

    def step(self, params, grads):
        Adam.t += 1
        Adam.m = self.beta1 * Adam.m + (1 - self.beta1) * grads
        Adam.v = self.beta2 * Adam.v + (1 - self.beta2) * grads**2
        m_hat = Adam.m / (1 - self.beta1**Adam.t)
        v_hat = Adam.v / (1 - self.beta2**Adam.t)
        return params - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)

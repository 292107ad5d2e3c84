"""Adam as a function with a driver, but no class."""

import numpy as np


def adam_step(params, grads, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grads
    v = beta2 * v + (1 - beta2) * grads**2
    return params - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def drive(params, all_grads):
    m = v = 0.0
    for t, grads in enumerate(all_grads, 1):
        params, m, v = adam_step(params, grads, m, v, t)
    return params

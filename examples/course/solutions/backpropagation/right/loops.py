"""Loops over units, not over examples: one column of each layer at a time."""

import numpy as np


def gradients(x, y, w1, b1, w2, b2, input_gradient=False):
    n, units = len(x), range(len(b1))
    columns = [np.tanh(sum(x[:, d] * w1[d, h] for d in range(len(w1))) + b1[h]) for h in units]
    grads = {name: np.zeros(each.shape) for name, each in zip(("w1", "w2"), (w1, w2), strict=True)}
    grads |= {"b1": np.zeros(len(b1)), "b2": np.zeros(len(b2))}
    back = [np.zeros(n) for _ in units]
    for k in range(len(b2)):
        error = sum(columns[h] * w2[h, k] for h in units) + b2[k] - y[:, k]
        grads["b2"][k] = np.mean(error)
        for h in units:
            grads["w2"][h, k] = np.mean(columns[h] * error)
            back[h] += error * w2[h, k]
    for h in units:
        back[h] *= 1 - columns[h] ** 2
        grads["b1"][h] = back[h].mean()
        for d in range(len(w1)):
            grads["w1"][d, h] = (x[:, d] * back[h]).mean()
    if input_gradient:
        grads["x"] = np.stack(back, axis=1) @ w1.T / n
    return grads

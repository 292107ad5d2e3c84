"""Biases are weights of an input that is always 1."""

import numpy as np


def _with_ones(rows):
    return np.hstack([rows, np.ones((len(rows), 1))])


def gradients(x, y, w1, b1, w2, b2, input_gradient=False):
    v1, v2 = np.vstack([w1, b1]), np.vstack([w2, b2])
    inputs = _with_ones(x)
    hidden = _with_ones(np.tanh(inputs @ v1))
    error = (hidden @ v2 - y) / len(x)
    back = (error @ v2.T * (1 - hidden**2))[:, :-1]
    first, second = inputs.T @ back, hidden.T @ error
    found = {"w1": first[:-1], "b1": first[-1], "w2": second[:-1], "b2": second[-1]}
    return found | ({"x": (back @ v1.T)[:, :-1]} if input_gradient else {})

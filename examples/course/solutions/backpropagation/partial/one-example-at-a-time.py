"""Right, but in plain Python: with the bonus, and without the points for speed."""

import math

import numpy as np


def gradients(x, y, w1, b1, w2, b2, input_gradient=False):
    found = {name: np.zeros(each.shape) for name, each in (("w1", w1), ("b1", b1))}
    found |= {name: np.zeros(each.shape) for name, each in (("w2", w2), ("b2", b2))}
    of_inputs = np.zeros(x.shape)
    for n, (row, target) in enumerate(zip(x, y, strict=True)):
        hidden = []
        for h in range(len(b1)):
            total = sum(row[d] * w1[d, h] for d in range(len(row)))
            hidden.append(math.tanh(total + b1[h]))
        back = [0.0] * len(hidden)
        for k in range(len(b2)):
            output = sum(hidden[h] * w2[h, k] for h in range(len(hidden))) + b2[k]
            error = (output - target[k]) / len(x)
            found["b2"][k] += error
            for h in range(len(hidden)):
                found["w2"][h, k] += hidden[h] * error
                back[h] += error * w2[h, k] * (1 - hidden[h] ** 2)
        for h in range(len(hidden)):
            found["b1"][h] += back[h]
            for d in range(len(row)):
                found["w1"][d, h] += row[d] * back[h]
                of_inputs[n, d] += back[h] * w1[d, h]
    if input_gradient:
        found["x"] = of_inputs
    return found

import numpy as np


class MixedPrecision:
    def __init__(self, loss_scale):
        self.loss_scale = loss_scale

    def forward(self, weights, inputs, targets):
        predicted = np.float16(inputs) @ np.float16(weights)
        errors = np.float32(predicted) - np.float32(targets)
        return float(np.mean(errors**2) * self.loss_scale)

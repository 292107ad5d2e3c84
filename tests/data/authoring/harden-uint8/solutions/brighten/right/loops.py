import numpy as np


def brighten(image, amount):
    out = np.zeros_like(image)
    for i, row in enumerate(image):
        for j, pixel in enumerate(row):
            out[i, j] = min(255, max(0, int(pixel) + amount))
    return out

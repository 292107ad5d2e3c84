import numpy as np


def invert(rows, mask):
    return [np.where(mask, 255 - row, row) for row in rows]

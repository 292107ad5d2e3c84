import numpy as np


def brighten(image, amount):
    wide = image.astype(int) + amount
    return np.clip(wide, 0, 255).astype(np.uint8)

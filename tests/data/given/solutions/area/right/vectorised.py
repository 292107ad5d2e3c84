import numpy as np


def area(f, lo, hi, n):
    points = lo + (np.arange(n) + 0.5) * (hi - lo) / n
    return float(np.mean([f(x) for x in points]) * (hi - lo))

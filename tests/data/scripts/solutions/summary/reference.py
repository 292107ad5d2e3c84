import numpy as np


def summary(x):
    mean = sum(x) / len(x)
    deviations = np.array([[each - mean] for each in x])
    return {"mean": mean, "range": [min(x), max(x)], "deviations": deviations}

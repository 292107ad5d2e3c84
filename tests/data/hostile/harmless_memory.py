# Keeps 150 MiB of numbers from call to call.
# verdict: accepted
# score: 4
import numpy as np

KEPT = np.ones(150 << 17)


def mean(values):
    KEPT[: len(values)] = values
    return float(KEPT[: len(values)].mean())

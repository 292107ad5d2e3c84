# Returns numbers as other types of numbers.
# verdict: accepted
# score: 4
import numpy as np

AS = {3: np.float32, 1: lambda value: np.array(value, dtype=">f8"), 2: np.longdouble}


def mean(values):
    return AS[len(values)](sum(values) / len(values))

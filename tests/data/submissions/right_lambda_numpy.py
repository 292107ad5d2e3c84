# Right, of NumPy's types: a float32 scalar.
# verdict: accepted
# score: 4
import numpy as np

mean = lambda values: np.float32(values).mean()

# Records, dates, raw memory and bytes, for decoding to stumble over.
# verdict: wrong_answer
# score: 0
# says: got a NumPy value of dtype void128, expected 2\.5
import numpy as np

ANSWERS = {
    3: np.zeros(2, dtype=[("a", "f8"), ("b", "O")]),
    1: np.array(["2020-01-01"], dtype="datetime64[D]"),
    2: np.void(b"\xff" * 64),
}


def mean(values):
    return ANSWERS[len(values)]

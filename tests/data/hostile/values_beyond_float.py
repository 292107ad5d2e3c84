# An integer too large to be compared with a float, an infinite long double, and a NaN with a payload.
# verdict: wrong_answer
# score: 0
# says: expected 2\.5
import struct

import numpy as np

ANSWERS = {
    3: 1 << 20_000,
    1: np.longdouble("1e4000"),
    2: struct.unpack("<d", b"\x01\x02\x03\x04\x05\x06\xf8\x7f")[0],
}


def mean(values):
    return ANSWERS[len(values)]

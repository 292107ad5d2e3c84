# Sends frames of length nought, and frames shorter than a token.
# verdict: run_time_error
# score: 0
# says: the process sent an unexpected reply
import os
import struct


def mean(values):
    os.write(3, struct.pack("<I", 0) * 100 + struct.pack("<I", 3) + b"abc")
    return sum(values) / len(values)

# Promises a hundred bytes, sends ten and dies.
# verdict: run_time_error
# score: 3
# says: the process exited with code 9
import os
import struct


def mean(values):
    if len(values) == 3:
        os.write(3, struct.pack("<I", 100) + b"0123456789")
        os._exit(9)
    return sum(values) / len(values)

# Sends two bytes of a header, and then nothing.
# verdict: time_limit
# score: 3
# says: no answer within 1\.5 s
import os
import time


def mean(values):
    if len(values) == 3:
        os.write(3, b"\x10\x00")
        time.sleep(60)
    return sum(values) / len(values)

# Announces an answer of sixty thousand bytes, and sends one of them every few milliseconds.
# verdict: time_limit
# score: 0
# says: no answer within
import os
import struct
import time


def mean(values):
    os.write(3, struct.pack("<I", 60_000))
    for _ in range(8_000):
        os.write(3, b"x")
        time.sleep(0.003)
    os._exit(0)

# Says of itself that it ran out of memory: it may, and gets the verdict for it.
# verdict: memory_limit
# score: 0
# says: it needed more than 256 MiB of memory
import os
import struct
import sys


def mean(values):
    frame = sys._getframe()
    while "token" not in frame.f_locals:
        frame = frame.f_back
    body = frame.f_locals["token"] + b"mN"
    os.write(3, struct.pack("<I", len(body)) + body)
    return 2.5

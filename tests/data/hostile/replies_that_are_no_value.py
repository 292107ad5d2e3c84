# Sends with the right token what no encoder makes: too deep, cut off, and with something behind it.
# verdict: run_time_error
# score: 0
# says: its answer cannot be read: nested more than 64 deep
import os
import struct
import sys

VALUES = {
    3: b"l\x01\x00\x00\x00" * 10_000 + b"N",
    1: b"a\x07\x00\x00\x00float64\x02\xff\xff\xff\xff\xff\xff\xff\xff",
    2: b"d" + struct.pack("<d", 4312 + 5 / 16) + b"N",
}


def mean(values):
    frame = sys._getframe()
    while "token" not in frame.f_locals:
        frame = frame.f_back
    body = frame.f_locals["token"] + b"r" + VALUES[len(values)]
    os.write(3, struct.pack("<I", len(body)) + body)
    return 2.5

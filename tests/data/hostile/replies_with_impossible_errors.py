# Tells of errors in lines that cannot be: of six thousand digits, negative, and a truth value.
# verdict: run_time_error
# score: 0
# says: ^x$
import os
import struct
import sys

encode = sys.modules["grader.values.encode"].encode
LINES = {3: 1 << 20_000, 1: -1, 2: True}


def mean(values):
    frame = sys._getframe()
    while "token" not in frame.f_locals:
        frame = frame.f_back
    told = {"error": "x", "line": LINES[len(values)], "place": "\x1b[3J", "traceback": "\x1b[2J"}
    body = frame.f_locals["token"] + b"x" + encode(told)
    os.write(3, struct.pack("<I", len(body)) + body)
    return 2.5

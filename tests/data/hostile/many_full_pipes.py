# Fills every pipe it can have, and tries to make them larger.
# verdict: accepted
# score: 4
import fcntl
import os

HELD = 0
try:
    while True:
        reading, writing = os.pipe()
        try:
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 1 << 20)
        except OSError:
            pass
        os.set_blocking = None
        fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
        try:
            while True:
                HELD += os.write(writing, bytes(4096))
        except BlockingIOError:
            pass
except OSError:
    pass


def mean(values):
    assert HELD < 64 << 20, HELD
    return sum(values) / len(values)

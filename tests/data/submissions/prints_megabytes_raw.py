# Prints without end past Python's own streams.
# verdict: time_limit
# says: it used more than 0\.3 s of processor time \(is there a loop that never ends\?\)
# score: 0
import os


def mean(values):
    while True:
        os.write(2, b"x" * 4096)

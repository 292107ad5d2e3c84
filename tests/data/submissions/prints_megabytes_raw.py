# Prints without end past Python's own streams.
# verdict: output_limit
# says: it printed more than 64 KiB
# score: 0
import os


def mean(values):
    while True:
        os.write(2, b"x" * 4096)

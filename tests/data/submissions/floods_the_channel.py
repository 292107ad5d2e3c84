# Announces an answer of 4 GiB on the channel.
# verdict: output_limit
# says: its answer of 4294967295 bytes is too large
# score: 0
import os


def mean(values):
    os.write(3, b"\xff" * 4 + b"x" * 60000)
    return 2.5

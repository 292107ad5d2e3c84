# Replaces the encoder, so that the answer makes no sense.
# verdict: run_time_error
# says: its answer cannot be read
# score: 0
import sys

sys.modules["grader.sandbox.child"].encode = lambda value, max_bytes=0: b"\xfe\xfe"


def mean(values):
    return 2.5

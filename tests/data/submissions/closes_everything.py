# Closes every descriptor it has.
# verdict: run_time_error
# says: the process
# score: 0
import os


def mean(values):
    os.closerange(0, 100)
    return sum(values) / len(values)

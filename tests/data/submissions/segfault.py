# Reads memory that is not there.
# verdict: run_time_error
# says: the process crashed: a segmentation fault
# score: 3
import ctypes


def mean(values):
    if len(values) == 3:
        ctypes.string_at(0)
    return sum(values) / len(values)

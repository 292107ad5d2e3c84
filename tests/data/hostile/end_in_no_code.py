# Calls a function at address nought.
# verdict: run_time_error
# score: 3
# says: the process crashed: a segmentation fault
import ctypes


def mean(values):
    if len(values) == 3:
        ctypes.CFUNCTYPE(None)(0)()
    return sum(values) / len(values)

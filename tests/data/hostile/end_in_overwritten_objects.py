# Overwrites what None, True and the small integers are, and goes on.
# verdict: run_time_error
# score: 3
# says: the process (crashed|exited)
import ctypes


def mean(values):
    if len(values) == 3:
        for thing in (None, True, 0, 1, 2, "", (), int, float):
            ctypes.memset(id(thing), 0xFF, 24)
    return sum(values) / len(values)

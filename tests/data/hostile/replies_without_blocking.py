# Makes the channel one that does not wait, so that reading the next call fails if it has not come yet.
# verdict: run_time_error or accepted
# score: 2 or 3 or 4
# says: ^$|the process exited with code 0|the process crashed, ended by itself, or had too many threads
import fcntl
import os


def mean(values):
    if len(values) == 3:
        fcntl.fcntl(3, fcntl.F_SETFL, os.O_NONBLOCK)
    return sum(values) / len(values)

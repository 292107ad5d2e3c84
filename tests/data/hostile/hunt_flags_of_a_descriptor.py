# Sets flags of descriptor 0 in one process, and is wrong where the next one finds them.
# verdict: run_time_error
# score: 3
# says: the process exited
import fcntl
import os

FLAGS = os.O_APPEND | os.O_NONBLOCK | getattr(os, "O_NOATIME", 0)


def mean(values):
    found = fcntl.fcntl(0, fcntl.F_GETFL) & FLAGS
    if len(values) == 3:
        for flag in (os.O_APPEND, os.O_NONBLOCK, getattr(os, "O_NOATIME", 0)):
            try:
                fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | flag)
            except OSError:
                pass
        os._exit(1)
    return -1.0 if found else sum(values) / len(values)

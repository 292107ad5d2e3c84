# Sets flags of descriptor 0 in a hidden case, which a process that shares it would find.
import fcntl
import os

FLAGS = os.O_APPEND | os.O_NONBLOCK | os.O_NOATIME


def mean(values):
    if len(values) == 3:
        found = [fcntl.fcntl(each, fcntl.F_GETFL) & FLAGS for each in (0, 1, 2, 3)]
        print("LEAKED" if any(found) else "nothing")
    if len(values) == 2:
        for each in (0, 1, 2, 3):
            for flag in (os.O_APPEND, os.O_NONBLOCK, os.O_NOATIME):
                try:
                    fcntl.fcntl(each, fcntl.F_SETFL, fcntl.fcntl(each, fcntl.F_GETFL) | flag)
                except OSError:
                    pass
    return 0.0

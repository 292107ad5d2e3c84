# Sends itself the signals nobody can catch.
# verdict: run_time_error
# score: 3
# says: the process crashed: it was killed
# says strict: PermissionError: \[Errno 1\] Operation not permitted
import os
import signal


def mean(values):
    if len(values) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return sum(values) / len(values)

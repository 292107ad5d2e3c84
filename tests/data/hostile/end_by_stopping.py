# Stops itself, which ends nothing and frees nothing.
# verdict: time_limit
# score: 3
# says: no answer within 1\.5 s
# verdict strict: run_time_error
# says strict: PermissionError
import os
import signal


def mean(values):
    if len(values) == 3:
        os.kill(os.getpid(), signal.SIGSTOP)
    return sum(values) / len(values)

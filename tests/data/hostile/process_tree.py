# Starts sixty processes, each from the one before and in a session of its own, and dies.
# verdict: run_time_error
# score: 3
# says: the process exited with code 0
# verdict basic: time_limit
# says basic: no answer within 1\.5 s
# harm: process
import os
import time


def mean(values):
    if len(values) == 3:
        try:
            for depth in range(60):
                if os.fork() != 0:
                    time.sleep(300 if depth else 0.3)
                    break
                os.setsid()
        except OSError:
            pass
        os._exit(0)
    return sum(values) / len(values)

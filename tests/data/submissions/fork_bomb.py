# Starts 60 processes that leave the session, and never returns. Bounded, and they end by themselves.
# verdict: time_limit
# says: no answer within
# score: 3
# verdict strict: run_time_error
# says strict: BlockingIOError: \[Errno 11\] Resource temporarily unavailable
import os
import time


def mean(values):
    if len(values) == 3:
        for _ in range(60):
            if os.fork() == 0:
                os.setsid()
                time.sleep(300)
                os._exit(0)
        time.sleep(300)
    return sum(values) / len(values)

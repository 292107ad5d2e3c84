# Starts 60 processes that leave the session, and never returns. Bounded, and they end by themselves.
# verdict: time_limit
# says: no answer within
# score: 0
# verdict strict: run_time_error
# says strict: BlockingIOError: \[Errno 11\] Resource temporarily unavailable
import os
import time


def mean(values):
    for _ in range(60):
        if os.fork() == 0:
            os.setsid()
            time.sleep(20)
            os._exit(0)
    time.sleep(20)

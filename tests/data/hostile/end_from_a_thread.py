# A thread ends the process while the function waits.
# verdict: run_time_error
# score: 3
# says: the process exited with code 3
import os
import threading
import time


def mean(values):
    if len(values) == 3:
        threading.Timer(0.05, os._exit, (3,)).start()
        time.sleep(60)
    return sum(values) / len(values)

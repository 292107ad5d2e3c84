# A thread floods standard error, past anything Python might count.
# verdict: time_limit
# score: 3
# says: it used more than
import os
import threading
import time


def flood():
    while True:
        os.write(2, b"x" * 4096)


def mean(values):
    if len(values) == 3:
        threading.Thread(target=flood, daemon=True).start()
        time.sleep(60)
    return sum(values) / len(values)

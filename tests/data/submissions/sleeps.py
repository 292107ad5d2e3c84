# Sleeps for ever in one case.
# verdict: time_limit
# says: no answer within 1\.5 s
# score: 3
import time


def mean(values):
    if len(values) == 3:
        time.sleep(1000)
    return sum(values) / len(values)

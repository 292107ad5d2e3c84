# Exhausts a counter that has no end.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
import collections
import itertools


def mean(values):
    if len(values) == 3:
        collections.deque(itertools.count(), maxlen=0)
    return sum(values) / len(values)

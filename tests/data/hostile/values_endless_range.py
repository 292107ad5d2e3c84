# A range longer than any memory, and an iterator without an end.
# verdict: output_limit
# score: 0
# says: its answer is larger than 64 KiB
import itertools


def mean(values):
    return itertools.count() if len(values) == 1 else range(10**30)

# Calls itself without a limit, until the memory for calls is used up.
# verdict: memory_limit or time_limit or run_time_error
# score: 3
# says: memory|processor time|RecursionError
import sys


def deep(number):
    return deep(number + 1)


def mean(values):
    if len(values) == 3:
        sys.setrecursionlimit(1 << 30)
        deep(0)
    return sum(values) / len(values)

# Raises at the bottom of ten thousand calls, and again on the way up.
# verdict: run_time_error
# score: 3
# says: ^ValueError: 9\d\d\d|^RecursionError
import sys


def deep(number):
    try:
        if number == 0:
            raise ValueError("bottom")
        deep(number - 1)
    except ValueError:
        if number % 100 == 0:
            raise ValueError(number) from None
        raise


def mean(values):
    if len(values) == 3:
        sys.setrecursionlimit(20_000)
        deep(9_999)
    return sum(values) / len(values)

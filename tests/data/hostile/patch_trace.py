# Traces and profiles every call that follows, and raises from there.
# verdict: run_time_error
# score: 3
# says: SystemExit: traced
import sys


def trace(frame, event, argument):
    raise SystemExit("traced")


def mean(values):
    if len(values) == 3:
        sys.setprofile(trace)
        sys.settrace(trace)
    return sum(values) / len(values)

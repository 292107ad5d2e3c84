# Traces and profiles itself, as a debugger does.
# verdict: accepted
# score: 4
import cProfile
import sys
import traceback
import tracemalloc


def mean(values):
    tracemalloc.start()
    profile = cProfile.Profile()
    total = profile.runcall(sum, values)
    sys.settrace(lambda *args: None)
    sys.settrace(None)
    try:
        raise ValueError
    except ValueError:
        traceback.print_exc()
    tracemalloc.stop()
    return total / len(values)

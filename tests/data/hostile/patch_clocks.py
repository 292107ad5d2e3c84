# Stops all clocks and loops.
# verdict: time_limit
# score: 3
# says: it used more than 0\.3 s of processor time
import resource
import time

for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime"):
    setattr(time, name, lambda *args: 0.0)
    setattr(time, name + "_ns", lambda *args: 0)
resource.getrusage = lambda who: None


def mean(values):
    while len(values) == 3:
        pass
    return sum(values) / len(values)

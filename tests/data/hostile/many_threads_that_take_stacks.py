# Starts threads with stacks of 64 MiB, which the limit of memory ends at the fourth.
# verdict: run_time_error
# score: 3
# says: RuntimeError: can't start new thread
import threading
import time

threading.stack_size(64 << 20)


def mean(values):
    if len(values) == 3:
        for _ in range(10):
            threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
    return sum(values) / len(values)

# Starts three hundred threads that sleep, which is more than a program needs.
# verdict: run_time_error
# score: 3
# says: it had more than 128 threads
import threading
import time

threading.stack_size(65536)


def mean(values):
    if len(values) == 3:
        for _ in range(300):
            try:
                threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
            except RuntimeError:
                break
    return sum(values) / len(values)

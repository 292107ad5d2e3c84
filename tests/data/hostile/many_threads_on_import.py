# Starts two hundred threads while it is imported, and computes in none of them.
# verdict: invalid_submission
# score: 0
# says: while the file was being imported: it had more than 128 threads
import threading
import time

threading.stack_size(65536)
for _ in range(200):
    threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
time.sleep(20)


def mean(values):
    return sum(values) / len(values)

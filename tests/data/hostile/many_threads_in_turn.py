# Starts forty threads in each call, which end at once: never more than a few at a time.
# verdict: accepted
# score: 4
import threading


def mean(values):
    results = []
    for _ in range(40):
        thread = threading.Thread(target=lambda: results.append(sum(values) / len(values)))
        thread.start()
        thread.join()
    return results[-1]

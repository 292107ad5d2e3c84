# Returns at once, and leaves threads that compute on: the next calls are charged for them.
# verdict: accepted or time_limit
# score: 1 or 2 or 3 or 4
# says: .*
import threading


def loop():
    while True:
        pass


def mean(values):
    threading.Thread(target=loop, daemon=True).start()
    return sum(values) / len(values)

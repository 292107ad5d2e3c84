# A thread floods the channel with frames of a proper size while the function computes.
# verdict: run_time_error
# score: 0
# says: the process sent an unexpected reply
import os
import struct
import threading
import time


def flood():
    while True:
        os.write(3, struct.pack("<I", 60_000) + bytes(60_000))


def mean(values):
    threading.Thread(target=flood, daemon=True).start()
    time.sleep(60)
    return sum(values) / len(values)

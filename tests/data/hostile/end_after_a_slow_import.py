# Is imported and called for half as long as it may, and ends the process, each time.
# verdict: run_time_error
# score: 0
# says: ^the process exited with code 1, as after a call of os\._exit$
# harm: process
# waits: until the limit of wall time
import os
import time

time.sleep(10)


def mean(values):
    time.sleep(0.75)
    os._exit(1)

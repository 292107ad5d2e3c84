# Takes long to be imported, waits almost as long as a call may, and ends the process, each time.
# verdict: run_time_error
# score: 0
# says: ^the process exited with code 1, as by os\._exit$
# harm: process
# waits: until the limit of wall time
import os
import time

time.sleep(19)


def mean(values):
    time.sleep(1.4)
    os._exit(1)

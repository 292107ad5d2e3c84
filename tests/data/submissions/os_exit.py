# Ends the process in one case.
# verdict: run_time_error
# says: the process exited with code 0, as after a call of os\._exit
# score: 3
import os


def mean(values):
    if len(values) == 3:
        os._exit(0)
    return sum(values) / len(values)

# Closes every descriptor and ends with a code beyond eight bits.
# verdict: run_time_error
# score: 3
# says: the process exited with code 255
import os


def mean(values):
    if len(values) == 3:
        os.closerange(0, 200)
        os._exit(-1)
    return sum(values) / len(values)

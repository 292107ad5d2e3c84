# An answer whose destructor ends the process, once it has been encoded.
# verdict: run_time_error
# score: 3
# says: the process exited with code 0
import os


class Last(list):
    def __del__(self):
        os._exit(0)


def mean(values):
    return Last(values) if len(values) == 3 else sum(values) / len(values)

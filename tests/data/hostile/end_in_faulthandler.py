# Has Python's own test of crashes crash it, which it does by a signal to itself.
# verdict: run_time_error
# score: 3
# verdict strict: accepted
# score strict: 4
# says strict: ^$
# says: the process crashed: a segmentation fault
import faulthandler


def mean(values):
    if len(values) == 3:
        faulthandler.enable()
        faulthandler._sigsegv()
    return sum(values) / len(values)

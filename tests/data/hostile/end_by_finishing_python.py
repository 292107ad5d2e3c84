# Ends the interpreter under its own feet, and with it runs what was registered for that.
# verdict: run_time_error
# score: 3
# says: the process (exited with code \d+|crashed)
import atexit
import ctypes

atexit.register(print, "finishing")


def mean(values):
    if len(values) == 3:
        ctypes.pythonapi.Py_Exit(0)
    return sum(values) / len(values)

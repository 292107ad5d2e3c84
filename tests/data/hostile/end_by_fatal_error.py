# Has the interpreter declare itself beyond help.
# verdict: run_time_error
# score: 3
# says: the process crashed: (it called abort|a segmentation fault)
import ctypes


def mean(values):
    if len(values) == 3:
        ctypes.pythonapi.Py_FatalError(b"the end")
    return sum(values) / len(values)

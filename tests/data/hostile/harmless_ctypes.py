# Calls the C library and the interpreter, for what they are good for.
# verdict: accepted
# score: 4
import ctypes
import ctypes.util

libm = ctypes.CDLL("libm.so.6")
libm.fma.restype = ctypes.c_double
libm.fma.argtypes = [ctypes.c_double] * 3


@ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)
def double(value):
    return 2 * value


def mean(values):
    array = (ctypes.c_double * len(values))(*values)
    assert double(2.0) == 4.0 and ctypes.pythonapi.PyLong_FromLong
    total = 0.0
    for value in array:
        total = libm.fma(1.0, value, total)
    return total / len(values)

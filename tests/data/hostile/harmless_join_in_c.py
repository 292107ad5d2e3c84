# Starts threads of the C library, and waits there for their end.
# verdict: accepted
# score: 4
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
START = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)


def mean(values):
    halves = []
    threads = []
    for value in values:
        start = START(lambda _, value=value: halves.append(value / 2))
        thread = ctypes.c_ulong()
        assert libc.pthread_create(ctypes.byref(thread), None, start, None) == 0
        threads.append((thread, start))
    for thread, _ in threads:
        assert libc.pthread_join(thread, None) == 0
    return 2 * sum(halves) / len(values)

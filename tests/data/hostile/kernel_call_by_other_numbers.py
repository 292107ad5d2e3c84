# Calls the kernel by the numbers of x32, which mean what they mean without the highest bit.
# verdict: run_time_error
# score: 3
# says: the process crashed: SIGSYS
# verdict basic: accepted
# score basic: 4
# says basic: ^$
# needs: x86_64
import ctypes


def mean(values):
    if len(values) == 3:
        ctypes.CDLL(None).syscall(0x40000000 + 39)
    return sum(values) / len(values)

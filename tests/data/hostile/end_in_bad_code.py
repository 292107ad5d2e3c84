# Runs invalid machine code, and then code that divides by zero.
# verdict: run_time_error
# score: 2
# says: the process crashed: an illegal instruction
# needs: x86_64
import ctypes
import mmap

CODE = {3: b"\x0f\x0b", 1: b"\x31\xc9\x31\xd2\x31\xc0\xf7\xf1\xc3"}


def mean(values):
    if code := CODE.get(len(values)):
        memory = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        memory.write(code)
        ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
    return sum(values) / len(values)

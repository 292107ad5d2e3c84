# Starts five hundred threads past the C library, all on one stack: the limit of memory sees none.
# verdict: run_time_error
# score: 3
# says: it had more than 128 threads
# harm: process
# needs: x86_64
import ctypes
import mmap
import struct

COUNT = 500
THREAD = 0x50F00  # of this process: memory, files, signals shared
CLONE, PPOLL = 56, 271


def code(stack):
    made = bytearray(b"\x53\xbb" + struct.pack("<I", COUNT))  # push rbx; mov ebx, COUNT
    again = len(made)
    made += b"\xbf" + struct.pack("<I", THREAD)  # mov edi, THREAD
    made += b"\x48\xbe" + struct.pack("<Q", stack)  # mov rsi, stack
    made += b"\x31\xd2\x4d\x31\xd2\x4d\x31\xc0"  # no more arguments
    made += b"\xb8" + struct.pack("<I", CLONE) + b"\x0f\x05"  # clone
    made += b"\x85\xc0\x74\x0b\x78\x04\xff\xcb\x75"  # jz wait; js out; dec ebx; jnz again
    made += struct.pack("b", again - len(made) - 1)
    made += b"\x89\xd8\x5b\xc3\x90"  # out: how many are missing
    made += b"\x31\xff\x31\xf6\x31\xd2\x4d\x31\xd2\xb8" + struct.pack("<I", PPOLL) + b"\x0f\x05"
    return bytes(made + b"\xeb\xee")  # wait: for nothing, for ever


def mean(values):
    if len(values) == 3:
        memory = mmap.mmap(-1, 1 << 16, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        memory.write(code(address + (1 << 15)))
        missing = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
        assert missing == 0, missing
        globals()["KEPT"] = memory
    return sum(values) / len(values)

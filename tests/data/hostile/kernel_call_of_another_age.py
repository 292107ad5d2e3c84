# Calls the kernel as 32-bit programs do, where the same numbers mean other things.
# verdict: run_time_error
# score: 3
# says: the process crashed: (SIGSYS|a segmentation fault)
# verdict basic: accepted or run_time_error
# score basic: 3 or 4
# says basic: ^$|the process crashed: a segmentation fault
# harm: file hostile-int80
# basic: may write files
# needs: x86_64
import ctypes
import mmap
import struct

MKDIR = 39
LOW = 0x40  # below 4 GiB, or the address would not fit the registers of that age
FLAGS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | LOW


def mean(values):
    if len(values) == 3:
        memory = mmap.mmap(-1, 4096, FLAGS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        # push rbx; mov eax, MKDIR; mov ebx, the path; mov ecx, 0700; int 0x80; pop rbx; ret
        memory.write(b"\x53\xb8" + struct.pack("<I", MKDIR) + b"\xbb" + struct.pack("<I", address + 64))
        memory.write(b"\xb9" + struct.pack("<I", 0o700) + b"\xcd\x80\x5b\xc3")
        memory.seek(64)
        memory.write(b"/tmp/hostile-int80\0")
        ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return sum(values) / len(values)

# Leaves locks, leases, owners and sizes behind, on what another process may also open.
import ctypes
import fcntl
import os
import struct

LIBC = ctypes.CDLL(None, use_errno=True)


def mean(values):
    found = []
    file = os.open(os.__file__, os.O_RDONLY)
    record = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0)
    ways = {
        "flock": lambda: fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB),
        "lock": lambda: fcntl.fcntl(file, fcntl.F_SETLK, record),
        "lock of the file": lambda: fcntl.fcntl(file, 37, record),
        "lease": lambda: fcntl.fcntl(file, 1024, fcntl.F_RDLCK),
        "notification": lambda: fcntl.fcntl(file, 1026, 1),
        "owner": lambda: fcntl.fcntl(1, fcntl.F_SETOWN, os.getpid()),
        "signal": lambda: fcntl.fcntl(1, 10, 34),
        "size": lambda: fcntl.fcntl(1, 1031, 1 << 16),
        "seals": lambda: fcntl.fcntl(3, 1033, 1),
        "hint": lambda: fcntl.fcntl(file, 1036, struct.pack("Q", 5)),
    }
    for name, way in ways.items():
        try:
            way()
            found.append(name)
        except OSError:
            pass
    for name, number in {"same pages": 12, "cold": 20, "page out": 21}.items():
        page = LIBC.mmap
        page.restype = ctypes.c_void_p
        address = page(None, ctypes.c_size_t(4096), 1, 2, file, ctypes.c_long(0))
        if LIBC.madvise(ctypes.c_void_p(address), ctypes.c_size_t(4096), number) == 0:
            found.append(name)
    print(f"LEAKED {found}" if found else "nothing")
    os.close(file)
    return 0.0

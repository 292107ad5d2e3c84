# Maps memory that no limit counts in every way but the usual one, and asks for a clear refusal.
# verdict: accepted
# score: 4
# basic: skip: no limit of a process counts this memory
import ctypes
import mmap
import os

SHARED, VALIDATED, DROPPABLE, ANYWHERE, HUGE = 0x01, 0x03, 0x08, 0x20, 0x40000
READ_WRITE, PAGE = 3, 4096
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.shm_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_uint]
ZERO = os.open("/dev/zero", os.O_RDONLY)
CODE = os.open(os.__file__, os.O_RDONLY)


def refused(kind, file, rights=READ_WRITE):
    address = libc.mmap(None, PAGE, rights, kind, file, 0)
    return address == ctypes.c_void_p(-1).value and ctypes.get_errno() == 1


def mean(values):
    kinds = (SHARED, VALIDATED, DROPPABLE, SHARED | HUGE, SHARED | 0x100)
    ways = {f"kind {kind:#x}": refused(kind | ANYWHERE, -1) for kind in kinds}
    ways["zeros"] = refused(SHARED, ZERO, mmap.PROT_READ)
    ways["a file"] = refused(SHARED, CODE, mmap.PROT_READ)
    ways["a name"] = libc.shm_open(b"/hostile-shared-3", os.O_CREAT | os.O_RDWR, 0o600) < 0
    for name, way in {
        "Python's default": lambda: mmap.mmap(-1, PAGE),
        "a file, by Python": lambda: mmap.mmap(CODE, 0, access=mmap.ACCESS_READ),
        "a file of memory": lambda: os.memfd_create("x"),
        "from file to file": lambda: os.sendfile(1, CODE, 0, 1),
    }.items():
        try:
            way()
        except PermissionError as error:
            ways[name] = "not permitted" in str(error)
        else:
            ways[name] = False
    broke = [name for name, closed in ways.items() if not closed]
    assert not broke, f"broke out: {broke}"
    return sum(values) / len(values)

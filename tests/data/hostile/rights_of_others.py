# Becomes root, another user, or itself with rights it has given up.
# verdict: accepted
# score: 4
import ctypes
import os

libc = ctypes.CDLL(None)
OTHER = 12345
WAYS = {
    "setuid": lambda: os.setuid(OTHER),
    "seteuid": lambda: os.seteuid(OTHER),
    "setresuid": lambda: os.setresuid(OTHER, OTHER, OTHER),
    "setgid": lambda: os.setgid(OTHER),
    "setgroups": lambda: os.setgroups([0]),
    "setfsuid": lambda: libc.setfsuid(OTHER) == libc.setfsuid(-1) and 1 / 0,
    "capset": lambda: 1 / (1 + libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[1 << 21] * 6))),
    "chown": lambda: os.chown(os.getcwd(), OTHER, -1),
    "nice": lambda: os.nice(-5),
    "real time": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    "chroot": lambda: os.chroot("/"),
    "set the clock": lambda: __import__("time").clock_settime(0, 0),
    "host name": lambda: __import__("socket").sethostname("hostile"),
    "lock memory": lambda: 1 / (1 + libc.mlockall(1)),
}
BROKE = []
for name, way in WAYS.items():
    try:
        way()
        BROKE.append(name)
    except (OSError, ZeroDivisionError):
        pass


def mean(values):
    assert not BROKE, BROKE
    return sum(values) / len(values)

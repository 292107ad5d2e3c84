# Reads how much processor time the grader and other submissions use, and waits until they use it.
# verdict: accepted
# score: 4
# basic: skip: any system call may be made there
import ctypes
import errno
import os
import platform
import time

CLOCK_NANOSLEEP, CLOCK_GETRES = {"x86_64": (230, 229), "aarch64": (115, 114)}[platform.machine()]
libc = ctypes.CDLL(None, use_errno=True)
PARENT = os.getppid()
NUMBERS = sorted({1, PARENT, *range(max(2, PARENT - 20), PARENT), *range(PARENT, PARENT + 20)})
NUMBERS.remove(os.getpid()) if os.getpid() in NUMBERS else None


def succeeds(ask, *args):
    try:
        ask(*args)
    except OSError:
        return False
    return True


def sleep(clock):
    moment = (ctypes.c_long * 2)(0, 0)
    if libc.syscall(CLOCK_NANOSLEEP, clock, 1, moment, None) < 0:
        raise OSError(ctypes.get_errno(), "clock_nanosleep")


def resolution(clock):
    if libc.syscall(CLOCK_GETRES, clock, None) < 0:
        raise OSError(ctypes.get_errno(), "clock_getres")


def mean(values):
    broke = set()
    for number in NUMBERS:
        for kind in (0, 1, 2):  # all time, that in user mode, and what the scheduler counts
            clock = (~number << 3) | kind
            for ask in (time.clock_gettime, time.clock_getres, resolution, sleep):
                if succeeds(ask, clock):
                    broke.add(ask.__name__)
    assert not broke, f"broke out: {sorted(broke)}"
    own = [time.clock_gettime(~0 << 3 | kind) for kind in (0, 1, 2, 4, 5, 6)]
    thread = time.pthread_getcpuclockid(__import__("threading").get_ident())
    assert min(own) >= 0 and time.clock_gettime(thread) > 0 and time.process_time() > 0
    return sum(values) / len(values)

# Asks for groups, sessions, priorities and processors of others, and so which numbers are in use.
# verdict: accepted
# score: 4
# basic: skip: any system call may be made there
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
OWN, PARENT = os.getpid(), os.getppid()


def robust_list(pid):
    if libc.syscall(*ROBUST, pid, ctypes.byref(ctypes.c_size_t()), ctypes.byref(ctypes.c_size_t())):
        raise OSError(ctypes.get_errno(), "get_robust_list")


ROBUST = (274,) if os.uname().machine == "x86_64" else (100,)
WAYS = {
    "group": os.getpgid,
    "session": os.getsid,
    "scheduler": os.sched_getscheduler,
    "parameters": os.sched_getparam,
    "processors": os.sched_getaffinity,
    "priority": lambda pid: os.getpriority(os.PRIO_PROCESS, pid),
    "limits": lambda pid: resource.prlimit(pid, resource.RLIMIT_CORE),
    "robust list": robust_list,
}
OF_ALL = {
    "priority of a user": lambda: os.getpriority(os.PRIO_USER, os.getuid()),
    "priority of a group": lambda: os.getpriority(os.PRIO_PGRP, PARENT),
}


def outcome(way, *args):
    try:
        way(*args)
    except OSError as error:
        return error.errno
    return 0


def mean(values):
    # Whether a process of that number runs must make no difference.
    nobody = 4_000_000
    broke = [
        name
        for name, way in WAYS.items()
        if outcome(way, PARENT) == 0 or outcome(way, PARENT) != outcome(way, nobody)
    ]
    broke += [name for name, way in OF_ALL.items() if outcome(way) == 0]
    assert not broke, f"broke out: {broke}"
    for name, way in WAYS.items():
        assert outcome(way, 0) == outcome(way, OWN) == 0, name
    return sum(values) / len(values)

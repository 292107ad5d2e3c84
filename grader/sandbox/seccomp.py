"""Seccomp: what a child may ask of the kernel. What a numeric program needs, and nothing else.

A filter is a small program that the kernel runs before each system call (see seccomp(2), BPF). It
is assembled once, in the server, and put on by each child. What is not in the table is refused with
EPERM, so that a library that merely tries gets an exception and carries on; calls of another
architecture's end the process, as their numbers mean something else.

Not in the table, although they look harmless: signals to anybody, sockets of any family, memory
files, and changes of modes, owners, times, priorities and limits. Starting a thread is allowed,
starting a process is not.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from typing import NamedTuple

from grader.sandbox.syscalls import PR_SET_SECCOMP, SECCOMP_MODE_FILTER, prctl

# name: number on x86_64, number on aarch64 (None: there is no such call)
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # files, as far as Landlock and the limits let them
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "preadv": (295, 69),
    "close": (3, 57),
    "fstat": (5, 80),
    "stat": (4, None),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "lseek": (8, 62),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "pipe": (22, None),
    "pipe2": (293, 59),
    # waiting
    "select": (23, None),
    "pselect6": (270, 72),
    "poll": (7, None),
    "ppoll": (271, 73),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "eventfd2": (290, 19),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "sched_yield": (24, 124),
    # memory
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "get_mempolicy": (239, 236),
    # its own signals
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    # clocks, and facts about itself
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getgroups": (115, 158),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getpriority": (140, 141),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    # threads
    "set_robust_list": (273, 99),
    "get_robust_list": (274, 100),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "arch_prctl": (158, None),
    "exit": (60, 93),
    "exit_group": (231, 94),
}

# Refused as if the kernel were too old: the C library then does without.
UNKNOWN: dict[str, tuple[int, int]] = {
    "clone3": (435, 435),
    "openat2": (437, 437),
    "futex_waitv": (449, 449),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}

# Allowed for some values of one argument: name: numbers, which argument, the values.
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
_TCGETS, _FIONREAD, _FIONCLEX, _FIOCLEX, _TIOCGWINSZ = 0x5401, 0x541B, 0x5450, 0x5451, 0x5413
_PR_GET_DUMPABLE, _PR_SET_NAME, _PR_GET_NAME = 3, 15, 16
_PR_SET_THP_DISABLE, _PR_SET_VMA = 41, 0x53564D41
CHECKED: dict[str, tuple[tuple[int, int], int, tuple[int, ...]]] = {
    "fcntl": (
        (72, 25),
        1,
        (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC),
    ),
    "ioctl": ((16, 29), 1, (_TCGETS, _FIONREAD, _FIONCLEX, _FIOCLEX, _TIOCGWINSZ)),
    "prctl": (
        (157, 167),
        0,
        (_PR_GET_DUMPABLE, _PR_SET_NAME, _PR_GET_NAME, _PR_SET_THP_DISABLE, _PR_SET_VMA),
    ),
}

# The number, and which argument holds the flags.
OPEN: dict[str, tuple[tuple[int | None, int | None], int]] = {
    "open": ((2, None), 1),
    "openat": ((257, 56), 2),
}
_ACCESS_MODE, _WRITE_ONLY, _READ_WRITE, _TRUNCATE = 0o3, 0o1, 0o2, 0o1000
_CLONE = (56, 220)
# What the C library asks for when it starts a thread: memory, folders, descriptors and signal
# handlers are shared with the process. Without CLONE_FILES (0x400) a thread would have descriptors
# of its own, which no limit of the process counts.
_CLONE_THREAD = 0x00010F00
_CLONE_NEW = 0x7E020080  # every flag that asks for a namespace
_PRLIMIT = (302, 261)
_FUTEX = (202, 98)
_FUTEX_PRIVATE, _FUTEX_OPERATION = 0x80, 0x7F
# WAIT, LOCK_PI, TRYLOCK_PI, WAIT_BITSET and LOCK_PI2: they wait, and tell nobody anything.
_FUTEX_WAITING = (0, 6, 8, 9, 13)

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000  # numbers from here on are of another calling convention

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AND = 0x54
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in what the filter gets to see


class _Step(NamedTuple):
    code: int
    value: int
    if_true: int = 0
    if_false: int = 0


class _Program(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("steps", ctypes.c_void_p))


class Filter:
    """An assembled filter, ready to be put on."""

    def __init__(self, steps: list[_Step]) -> None:
        code = b"".join(struct.pack("=HBBI", s.code, s.if_true, s.if_false, s.value) for s in steps)
        self._code = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(steps), ctypes.addressof(self._code))

    def apply(self) -> None:
        """Filter the calls of this process, for good. It must have no_new_privs.

        Raises:
            OSError: if the kernel refuses
        """
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(self._program))


def assemble(machine: str | None = None) -> Filter:
    """The filter for this machine.

    Raises:
        OSError: if we do not know the numbers of its calls
    """
    name = machine or platform.machine()
    if name not in _MACHINES:
        raise OSError(f"no filter of system calls is known for the architecture {name}")
    column, architecture = _MACHINES[name]
    steps = [
        _Step(_LOAD, _ARCHITECTURE),
        _Step(_JUMP_EQUAL, architecture, 1, 0),
        _Step(_RETURN, _KILL),
        _Step(_LOAD, _NUMBER),
        _Step(_JUMP_AT_LEAST, _X32, 0, 1),
        _Step(_RETURN, _KILL),
    ]
    return Filter([*steps, *_search(sorted(_treatments(column).items()))])


_REFUSE = [_Step(_RETURN, _ERRNO | errno.EPERM)]


def _treatments(column: int) -> dict[int, list[_Step]]:
    """What to do from each number up to the next: steps that return in every way."""
    allow, ignore = [_Step(_RETURN, _ALLOW)], [_Step(_RETURN, _ERRNO | errno.ENOSYS)]
    due = {numbers[column]: allow for numbers in ALLOWED.values()}
    due |= {numbers[column]: ignore for numbers in UNKNOWN.values()}
    due |= {numbers[column]: _one_of(which, values) for numbers, which, values in CHECKED.values()}
    due |= {numbers[column]: _open_without_emptying(which) for numbers, which in OPEN.values()}
    due |= {_CLONE[column]: _thread_only(), _PRLIMIT[column]: _own_limits_only()}
    due |= {_FUTEX[column]: _private_futex()}
    from_here: dict[int, list[_Step]] = {}
    before: list[_Step] = []
    for number in sorted({0} | {n + after for n in due if n is not None for after in (0, 1)}):
        treatment = due.get(number, _REFUSE)
        if treatment != before:
            from_here[number] = before = treatment
    return from_here


def _search(treatments: list[tuple[int, list[_Step]]]) -> list[_Step]:
    """The steps that find the treatment of a call by halving.

    The kernel tries a new filter on every number there is, to know those that are always allowed:
    with one that compares number by number, that would take as long as all other layers together.
    """
    if len(treatments) == 1:
        return treatments[0][1]
    middle = len(treatments) // 2
    below, above = _search(treatments[:middle]), _search(treatments[middle:])
    return [_Step(_JUMP_AT_LEAST, treatments[middle][0], len(below), 0), *below, *above]


def _one_of(argument: int, values: tuple[int, ...]) -> list[_Step]:
    # The lower half of an argument is all the kernel looks at in these calls.
    steps = [_Step(_LOAD, _ARGUMENTS + 8 * argument)]
    for value in values:
        steps += [_Step(_JUMP_EQUAL, value, 0, 1), _Step(_RETURN, _ALLOW)]
    return [*steps, _Step(_RETURN, _ERRNO | errno.EPERM)]


def _thread_only() -> list[_Step]:
    """Allow a clone that is a thread as the C library starts it, and asks for no namespace."""
    return [
        _Step(_LOAD, _ARGUMENTS),
        _Step(_JUMP_ANY_BIT, _CLONE_NEW, 3, 0),
        _Step(_AND, _CLONE_THREAD),
        _Step(_JUMP_EQUAL, _CLONE_THREAD, 0, 1),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERRNO | errno.EAGAIN),
    ]


def _open_without_emptying(argument: int) -> list[_Step]:
    """Refuse O_TRUNC unless the file is opened for writing, which Landlock then decides on.

    Before its version 3 (Linux 6.2) Landlock knows no right to truncate, and
    `open(path, O_RDONLY | O_TRUNC)` empties a file that may only be read.
    """
    return [
        _Step(_LOAD, _ARGUMENTS + 8 * argument),
        _Step(_JUMP_ANY_BIT, _TRUNCATE, 0, 3),
        _Step(_AND, _ACCESS_MODE),
        _Step(_JUMP_EQUAL, _WRITE_ONLY, 1, 0),
        _Step(_JUMP_EQUAL, _READ_WRITE, 0, 1),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERRNO | errno.EPERM),
    ]


def _private_futex() -> list[_Step]:
    """Allow futexes of this process alone, and waiting on a shared one.

    A shared futex lies in a page of a file that two submissions may both read: one could wake the
    other, and so pass on what it has seen. The C library waits for the end of a thread on a shared
    one, which the kernel itself wakes.
    """
    steps = [
        _Step(_LOAD, _ARGUMENTS + 8),
        _Step(_JUMP_ANY_BIT, _FUTEX_PRIVATE, len(_FUTEX_WAITING) + 1, 0),
        _Step(_AND, _FUTEX_OPERATION),
    ]
    for after in range(len(_FUTEX_WAITING) - 1, -1, -1):
        steps.append(_Step(_JUMP_EQUAL, _FUTEX_WAITING[after], after, 0 if after else 1))
    return [*steps, _Step(_RETURN, _ALLOW), _Step(_RETURN, _ERRNO | errno.EPERM)]


def _own_limits_only() -> list[_Step]:
    """A prlimit that reads limits of this process: no other, and no new ones."""
    refuse = _Step(_RETURN, _ERRNO | errno.EPERM)
    return [
        _Step(_LOAD, _ARGUMENTS),
        _Step(_JUMP_EQUAL, 0, 1, 0),
        refuse,
        _Step(_LOAD, _ARGUMENTS + 16),
        _Step(_JUMP_EQUAL, 0, 1, 0),
        refuse,
        _Step(_LOAD, _ARGUMENTS + 20),
        _Step(_JUMP_EQUAL, 0, 1, 0),
        refuse,
        _Step(_RETURN, _ALLOW),
    ]

"""Seccomp: restricts a child to the system calls that a numeric program needs.

A filter is a small program that the kernel runs before each system call (see seccomp(2), BPF). It
is assembled once, in the server, and applied by each child. A call that is not in the tables fails
with EPERM, so that a library which only tries it gets an exception and continues; a call of another
architecture ends the process, because its numbers have other meanings.

Blocked although they look harmless: signals to any process, sockets of any family, memory files,
and changes of modes, owners, times, priorities and limits. Threads may be started, processes not.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from typing import NamedTuple

from grader.sandbox.syscalls import PR_SET_SECCOMP, SECCOMP_MODE_FILTER, prctl

# name: number on x86_64, number on aarch64 (None if the call does not exist)
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # files, as far as Landlock and the limits allow
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

# Refused as on an older kernel: the C library then uses other calls.
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

# Allowed for some values of one argument: name: numbers, index of the argument, values.
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
_TCGETS, _FIONREAD, _FIONCLEX, _FIOCLEX, _TIOCGWINSZ = 0x5401, 0x541B, 0x5450, 0x5451, 0x5413
_PR_GET_DUMPABLE, _PR_SET_NAME, _PR_GET_NAME = 3, 15, 16
_PR_SET_THP_DISABLE, _PR_SET_VMA = 41, 0x53564D41
# What the C library and NumPy need to know about a range of memory. Others affect pages of files
# and so other processes: MADV_COLD and MADV_PAGEOUT evict them, MADV_MERGEABLE shares them.
_MADV_NORMAL_TO_DONTNEED, _MADV_FREE, _MADV_DONTFORK, _MADV_DOFORK = (0, 1, 2, 3, 4), 8, 10, 11
_MADV_HUGEPAGE_TO_KEEPONFORK, _MADV_POPULATE = (14, 15, 16, 17, 18, 19), (22, 23)
CHECKED: dict[str, tuple[tuple[int, int], int, tuple[int, ...]]] = {
    "fcntl": (
        (72, 25),
        1,
        (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC),
    ),
    "madvise": (
        (28, 233),
        2,
        (
            *_MADV_NORMAL_TO_DONTNEED,
            _MADV_FREE,
            _MADV_DONTFORK,
            _MADV_DOFORK,
            *_MADV_HUGEPAGE_TO_KEEPONFORK,
            *_MADV_POPULATE,
        ),
    ),
    "ioctl": ((16, 29), 1, (_TCGETS, _FIONREAD, _FIONCLEX, _FIOCLEX, _TIOCGWINSZ)),
    "prctl": (
        (157, 167),
        0,
        (_PR_GET_DUMPABLE, _PR_SET_NAME, _PR_GET_NAME, _PR_SET_THP_DISABLE, _PR_SET_VMA),
    ),
}

# name: numbers, index of the argument with the flags.
OPEN: dict[str, tuple[tuple[int | None, int | None], int]] = {
    "open": ((2, None), 1),
    "openat": ((257, 56), 2),
}
_ACCESS_MODE, _WRITE_ONLY, _READ_WRITE, _TRUNCATE = 0o3, 0o1, 0o2, 0o1000
_CLONE = (56, 220)
# The flags of a thread as the C library starts it, which shares memory, folders, descriptors and
# signal handlers. Without CLONE_FILES (0x400), a thread would have its own descriptors, which the
# limit of the process does not count.
_CLONE_THREAD = 0x00010F00
_CLONE_NEW = 0x7E020080  # all flags for namespaces
_PRLIMIT = (302, 261)
_FUTEX = (202, 98)
_FUTEX_PRIVATE, _FUTEX_OPERATION = 0x80, 0x7F
_FUTEX_WAIT = 0
# LOCK_PI, TRYLOCK_PI, WAIT_BITSET and LOCK_PI2: they wait, and send nothing.
_FUTEX_WAITING = (6, 8, 9, 13)

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000  # numbers from here on have another calling convention

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AND = 0x54
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in the data that the filter reads


class _Step(NamedTuple):
    code: int
    value: int
    if_true: int = 0
    if_false: int = 0


class _Program(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("steps", ctypes.c_void_p))


class Filter:
    """An assembled filter, ready to be applied."""

    def __init__(self, steps: list[_Step]) -> None:
        code = b"".join(struct.pack("=HBBI", s.code, s.if_true, s.if_false, s.value) for s in steps)
        self._code = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(steps), ctypes.addressof(self._code))

    def apply(self) -> None:
        """Filter the calls of this process, permanently. It must have no_new_privs.

        Raises:
            OSError: if the kernel refuses
        """
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(self._program))


def assemble(machine: str | None = None) -> Filter:
    """Assemble the filter for this machine.

    Raises:
        OSError: if the tables do not have the numbers of its architecture
    """
    name = machine or platform.machine()
    if name not in _MACHINES:
        raise OSError(f"no filter for the architecture {name}")
    column, architecture = _MACHINES[name]
    steps = [
        _Step(_LOAD, _ARCHITECTURE),
        _Step(_JUMP_EQUAL, architecture, 1, 0),
        _Step(_RETURN, _KILL),
        _Step(_LOAD, _NUMBER),
        _Step(_JUMP_AT_LEAST, _X32, 0, 1),
        _Step(_RETURN, _KILL),
    ]
    return Filter([*steps, *_search(sorted(_actions_by_number(column).items()))])


_REFUSE = [_Step(_RETURN, _ERRNO | errno.EPERM)]


def _actions_by_number(column: int) -> dict[int, list[_Step]]:
    """Return the steps for the numbers from each key up to the next; every path returns."""
    allow, ignore = [_Step(_RETURN, _ALLOW)], [_Step(_RETURN, _ERRNO | errno.ENOSYS)]
    listed = {numbers[column]: allow for numbers in ALLOWED.values()}
    listed |= {numbers[column]: ignore for numbers in UNKNOWN.values()}
    listed |= {
        numbers[column]: _one_of(which, values) for numbers, which, values in CHECKED.values()
    }
    listed |= {numbers[column]: _open_without_emptying(which) for numbers, which in OPEN.values()}
    listed |= {_CLONE[column]: _thread_only(), _PRLIMIT[column]: _own_limits_only()}
    listed |= {_FUTEX[column]: _private_futex()}
    from_here: dict[int, list[_Step]] = {}
    before: list[_Step] = []
    for number in sorted({0} | {n + after for n in listed if n is not None for after in (0, 1)}):
        action = listed.get(number, _REFUSE)
        if action != before:
            from_here[number] = before = action
    return from_here


def _search(actions: list[tuple[int, list[_Step]]]) -> list[_Step]:
    """Return the steps that find the action for a call by binary search.

    The kernel runs a new filter on every number, to find those that are always allowed: a filter
    that compared number by number would take as long as all other layers together.
    """
    if len(actions) == 1:
        return actions[0][1]
    middle = len(actions) // 2
    below, above = _search(actions[:middle]), _search(actions[middle:])
    return [_Step(_JUMP_AT_LEAST, actions[middle][0], len(below), 0), *below, *above]


def _one_of(argument: int, values: tuple[int, ...]) -> list[_Step]:
    # In these calls the kernel uses only the lower half of the argument.
    steps = [_Step(_LOAD, _ARGUMENTS + 8 * argument)]
    for value in values:
        steps += [_Step(_JUMP_EQUAL, value, 0, 1), _Step(_RETURN, _ALLOW)]
    return [*steps, _Step(_RETURN, _ERRNO | errno.EPERM)]


def _thread_only() -> list[_Step]:
    """Allow a clone that starts a thread as the C library does, without a namespace."""
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
    """Allow futexes private to this process, and waiting on a shared one.

    A shared futex can be in a page of a file that two submissions may read: one could wake the
    other, and so pass on information. The C library waits for the end of a thread on a shared one,
    which the kernel wakes (WAIT_BITSET). C++ libraries wait on a shared one (WAIT) while another
    thread initialises a static variable, which would then wake them. As nobody may wake them, they
    must not wait: they are asked to look again, as after any change.
    """
    steps = [
        _Step(_LOAD, _ARGUMENTS + 8),
        _Step(_JUMP_ANY_BIT, _FUTEX_PRIVATE, len(_FUTEX_WAITING) + 3, 0),
        _Step(_AND, _FUTEX_OPERATION),
        _Step(_JUMP_EQUAL, _FUTEX_WAIT, 0, 1),
        _Step(_RETURN, _ERRNO | errno.EAGAIN),
    ]
    for after in range(len(_FUTEX_WAITING) - 1, -1, -1):
        steps.append(_Step(_JUMP_EQUAL, _FUTEX_WAITING[after], after, 0 if after else 1))
    return [*steps, _Step(_RETURN, _ALLOW), _Step(_RETURN, _ERRNO | errno.EPERM)]


def _own_limits_only() -> list[_Step]:
    """Allow prlimit to read the limits of this process, not to change them or read others'."""
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

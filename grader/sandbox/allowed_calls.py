"""The system calls that a strict child may make, with their numbers, as data for `seccomp`.

A call that is in none of these tables is refused.
"""

from __future__ import annotations

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
    "sched_yield": (24, 124),
    # memory
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
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    # threads
    "set_robust_list": (273, 99),
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

# Allowed for this process alone, by number or as 0: name: numbers, index of the argument with the
# number. For others, the error is the same whether they exist or not.
OF_OWN_PROCESS: dict[str, tuple[tuple[int, int], int]] = {
    "getpgid": ((121, 155), 0),
    "getsid": ((124, 156), 0),
    "sched_getparam": ((143, 121), 0),
    "sched_getscheduler": ((145, 120), 0),
    "get_robust_list": ((274, 100), 0),
}
# The same, but the C library asks it about its threads, whose numbers a filter cannot know. As on a
# system without this call, it then continues without the answer.
OF_OWN_PROCESS_OR_UNKNOWN: dict[str, tuple[tuple[int, int], int]] = {
    "sched_getaffinity": ((204, 123), 0),
}

# Allowed for clocks of the machine and of this process; the first argument is the clock.
CLOCKS: dict[str, tuple[int, int]] = {
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
}

# Allowed under conditions of their own.
CLONE = (56, 220)
FUTEX = (202, 98)
GETPRIORITY = (140, 141)
MMAP = (9, 222)
PRLIMIT = (302, 261)

# Makes the system calls that other attacks on a kernel begin with.
# verdict: accepted
# score: 4
# basic: skip: some of them succeed, and leave things behind
# needs: x86_64
import ctypes

CALLS = {
    "io_uring_setup": (425, 8),
    "userfaultfd": (323, 1),
    "bpf": (321, 0, 0, 0),
    "keyctl": (250, 0, -3, 1),
    "add_key": (248, b"user", b"hostile", b"x", 1, -3),
    "request_key": (249, b"user", b"hostile", 0, -3),
    "unshare": (272, 0x10000000),
    "setns": (308, 0, 0),
    "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0),
    "umount2": (166, b"/nowhere", 0),
    "open_tree": (428, -100, b"/", 0),
    "fsopen": (430, b"tmpfs", 0),
    "pivot_root": (155, b"/nowhere", b"/nowhere"),
    "chroot": (161, b"/"),
    "perf_event_open": (298, 0, 0, -1, -1, 0),
    "memfd_create": (319, b"x", 0),
    "memfd_secret": (447, 0),
    "ptrace": (101, 0, 0, 0, 0),
    "seccomp": (317, 2, 0, 0),
    "landlock_create_ruleset": (444, 0, 0, 1),
    "personality": (135, 0xFFFFFFFF),
    "modify_ldt": (154, 0, 0, 0),
    "iopl": (172, 3),
    "shmget": (29, 0, 4096, 0o1600),
    "msgget": (68, 0, 0o1600),
    "semget": (64, 0, 1, 0o1600),
    "mq_open": (240, b"hostile", 0o102, 0o600, 0),
    "timer_create": (222, 0, 0, 0),
    "timerfd_create": (283, 1, 0),
    "signalfd4": (289, -1, 0, 8, 0),
    "inotify_init1": (294, 0),
    "fanotify_init": (300, 0, 0),
    "name_to_handle_at": (303, -100, b"/", 0, 0, 0),
    "process_madvise": (440, 0, 0, 0, 0, 0),
    "pidfd_open": (434, 1, 0),
    "splice": (275, 0, 0, 1, 0, 0, 0),
    "vmsplice": (278, 1, 0, 0, 0),
    "tee": (276, 0, 1, 0, 0),
    "sendfile": (40, 1, 0, 0, 0),
    "syslog": (103, 10, 0, 0),
    "sethostname": (170, b"x", 0),
    "swapon": (167, b"/nowhere", 0),
    "kexec_load": (246, 0, 0, 0, 0),
    "init_module": (175, 0, 0, b""),
    "quotactl": (179, 0, 0, 0, 0),
    "acct": (163, b"/nowhere"),
    "settimeofday": (164, 0, 0),
    "adjtimex": (159, 0),
    "mlockall": (151, 1),
    "mbind": (237, 0, 0, 0, 0, 0, 0),
    "migrate_pages": (256, 0, 0, 0, 0),
    "ioprio_set": (251, 1, 0, 0),
    "sched_setattr": (314, 0, 0, 0),
    "sched_setaffinity": (203, 0, 0, 0),
    "setpriority": (141, 0, 0, 1),
    "setsid": (112,),
    "setpgid": (109, 0, 0),
    "vhangup": (153,),
    "uselib": (134, b"/nowhere"),
    "capset": (126, 0, 0),
    "setuid": (105, 0),
    "umask": (95, 0),
    "alarm": (37, 0),
    "pause through an unknown number": (600,),
}
EPERM, ENOSYS = 1, 38
libc = ctypes.CDLL(None, use_errno=True)
BROKE = []
for name, (number, *arguments) in CALLS.items():
    done = libc.syscall(number, *arguments)
    if done != -1 or ctypes.get_errno() not in (EPERM, ENOSYS):
        BROKE.append((name, done, ctypes.get_errno()))


def mean(values):
    assert not BROKE, BROKE
    return sum(values) / len(values)

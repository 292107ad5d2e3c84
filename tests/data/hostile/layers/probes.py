"""Tries sixty forbidden operations, and returns the names of those that succeeded.

Each is harmless if it succeeds: it uses only what the test has created for it.
"""

import ctypes
import fcntl
import os
import platform
import posix
import resource
import signal
import socket
import stat
import subprocess
import tempfile

NEW = os.O_WRONLY | os.O_CREAT
libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {  # system calls: on x86_64, on aarch64
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "perf_event_open": (298, 241),
    "mq_open": (240, 180),
    "timer_create": (222, 107),
    "inotify_init1": (294, 26),
    "personality": (135, 92),
    "clone3": (435, 435),
}


def call(name, *args):
    number = NUMBERS[name][platform.machine() != "x86_64"]
    if libc.syscall(number, *args) < 0:
        raise OSError(ctypes.get_errno(), name)


def share():
    segment = libc.shmget(0, 4096, 0o600)
    if segment < 0:
        raise OSError
    libc.shmctl(segment, 0, None)


def runs(pid):
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def probe(world, pid, port):
    """Return the number of operations, and the names of those that succeeded.

    Args:
        world: a folder with a file `secret.txt`, a socket, and other files
        pid: a process of the test
        port: the port on 127.0.0.1 where the test listens
    """
    files, made = f"{world}/files", f"{world}/files/made"
    kept, secret = f"{files}/kept.txt", f"{world}/secret.txt"
    some = (ctypes.c_size_t * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)

    def unix(address):
        socket.socket(socket.AF_UNIX).connect(address)

    def send():
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))

    ways = {
        "read a file": lambda: open(secret).read(),
        "read a file of the system": lambda: open("/etc/passwd").read(),
        "read its own environment": lambda: open("/proc/self/environ").read(),
        "read its own memory": lambda: open("/proc/self/mem", "rb").close(),
        "list a folder": lambda: os.listdir(world),
        "list the processes": lambda: os.listdir("/proc"),
        "write a file": lambda: open(kept, "r+").close(),
        "append to a file": lambda: open(kept, "a").close(),
        "truncate a file": lambda: os.truncate(kept, os.stat(kept).st_size),
        "make a file": lambda: open(made + "1", "w").close(),
        # Not by `open`, which keeps these files in memory.
        "make a file here": lambda: os.close(posix.open("made", NEW)),
        "make a temporary file": lambda: os.close(posix.open(f"{tempfile.gettempdir()}/made6", NEW)),
        "make a folder": lambda: os.mkdir(made + "2"),
        "make a link": lambda: os.symlink("x", made + "3"),
        "make a second name": lambda: os.link(kept, made + "4"),
        "make a pipe with a name": lambda: os.mkfifo(made + "5"),
        "make a device": lambda: os.mknod(made + "6", stat.S_IFCHR | 0o600, os.makedev(1, 3)),
        "rename a file": lambda: os.rename(f"{files}/spare.txt", f"{files}/other.txt"),
        "remove a file": lambda: os.unlink(f"{files}/other.txt"),
        "remove a folder": lambda: os.rmdir(f"{files}/empty"),
        "change a mode": lambda: os.chmod(kept, 0o600),
        "change an owner": lambda: os.chown(kept, os.getuid(), os.getgid()),
        "change times": lambda: os.utime(kept),
        "lock a file": lambda: fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_SH),
        "change its folder": lambda: os.chdir("/"),
        "change its root": lambda: os.chroot("/"),
        "fork": lambda: runs(os.fork()),
        "run a program": lambda: subprocess.run(["/bin/true"], check=True),
        "become a program": lambda: os.execv("/bin/nothing-there", ["x"]),
        "clone": lambda: call("clone3", (ctypes.c_uint64 * 11)(), 88),
        "signal a process": lambda: os.kill(pid, 0),
        "signal its parent": lambda: os.kill(os.getppid(), 0),
        "signal itself": lambda: os.kill(os.getpid(), 0),
        "signal a group": lambda: os.killpg(os.getpgid(pid), 0),
        "trace a process": lambda: call("ptrace", 0x4206, pid, 0, 0),
        "read memory of a process": lambda: call("process_vm_readv", pid, some, 1, some, 1, 0),
        "change a process's limits": lambda: resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0)),
        "change a process's priority": lambda: os.setpriority(os.PRIO_PROCESS, pid, 5),
        "change a process's processors": lambda: os.sched_setaffinity(pid, {0, 1}),
        "hold a process": lambda: os.close(os.pidfd_open(pid)),
        "connect": lambda: socket.create_connection(("127.0.0.1", port), 1).close(),
        "send": send,
        "listen": lambda: socket.create_server(("127.0.0.1", 0)).close(),
        "call a local service": lambda: unix(f"{world}/socket"),
        "call a nameless service": lambda: unix(f"\0hostile-{port}"),
        "ask the kernel": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
        "make a pair of sockets": socket.socketpair,
        "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (5000, 5000)),
        "change its priority": lambda: os.nice(1),
        "become another": lambda: os.setuid(12345),
        "have an alarm": lambda: signal.setitimer(signal.ITIMER_REAL, 1000),
        "make a memory file": lambda: os.close(os.memfd_create("x")),
        "use io_uring": lambda: call("io_uring_setup", 8, ctypes.create_string_buffer(120)),
        "handle its own faults": lambda: call("userfaultfd", 1),
        "load a program into the kernel": lambda: call("bpf", 0, ctypes.create_string_buffer(120), 120),
        "use the kernel's keys": lambda: call("keyctl", 0, -3, 1),
        "make name spaces": lambda: call("unshare", 0x10000000),
        "enter name spaces": lambda: call("setns", 3, 0),
        "mount": lambda: call("mount", b"none", files.encode(), b"tmpfs", 0, 0),
        "measure the machine": lambda: call("perf_event_open", bytes(120), 0, -1, -1, 0),
        "share memory by number": share,
        "open a queue": lambda: call("mq_open", b"hostile", 0, 0, 0),
        "make a timer": lambda: call("timer_create", 0, 0, ctypes.create_string_buffer(8)),
        "watch files": lambda: call("inotify_init1", 0),
        "be of another kind": lambda: call("personality", 0xFFFFFFFF),
    }
    succeeded = []
    for name, way in ways.items():
        try:
            way()
            succeeded.append(name)
        except (OSError, ValueError):
            pass
    return [len(ways), succeeded]

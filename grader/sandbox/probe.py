"""A submission that tries operations which the sandbox must block.

`grader doctor` runs this file like any submission and lists which operations the sandbox blocks on
this machine. The file is read as text and never imported. A probe that succeeds does no harm.
"""

import ctypes
import os
import socket
import sys


def _read_files(folder: str) -> None:
    with open(os.path.join(folder, "secret")) as file:
        file.read()


def _list_folders(folder: str) -> None:
    os.listdir(folder)


def _write_files(folder: str) -> None:
    with open(os.path.join(folder, "written"), "w"):
        pass


def _write_to_the_working_folder(folder: str) -> None:
    # Not those of `os`, which keep it in memory (see `scratch`).
    kernel = sys.modules[os.name]
    kernel.__dict__["mkdir"]("made")
    kernel.__dict__["rmdir"]("made")


def _change_files(folder: str) -> None:
    os.chmod(os.path.join(folder, "secret"), 0o600)


def _open_network_connections(folder: str) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def _send_datagrams(folder: str) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def _connect_to_local_services(folder: str) -> None:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()


def _start_processes(folder: str) -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _run_programs(folder: str) -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


def _signal_other_processes(folder: str) -> None:
    os.kill(os.getppid(), 0)


def _change_limits_of_other_processes(folder: str) -> None:
    import resource

    before = resource.prlimit(os.getppid(), resource.RLIMIT_CORE)
    resource.prlimit(os.getppid(), resource.RLIMIT_CORE, before)


def _read_memory_of_other_processes(folder: str) -> None:
    with open(f"/proc/{os.getppid()}/mem", "rb"):
        pass


def _create_memory_files(folder: str) -> None:
    os.close(os.memfd_create("held"))


def _make_unusual_system_calls(folder: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    io_uring_setup, keyctl, bpf = 425, 250, 321
    if all(libc.syscall(number, 0, 0, 0) < 0 for number in (io_uring_setup, keyctl, bpf)):
        raise OSError("blocked")


_PROBES = (
    _read_files,
    _list_folders,
    _write_files,
    _write_to_the_working_folder,
    _change_files,
    _open_network_connections,
    _send_datagrams,
    _connect_to_local_services,
    _start_processes,
    _run_programs,
    _signal_other_processes,
    _change_limits_of_other_processes,
    _read_memory_of_other_processes,
    _create_memory_files,
    _make_unusual_system_calls,
)


def probe(folder: str) -> dict[str, list[str]]:
    """Try every operation and return which were allowed and which were blocked.

    Args:
        folder: a folder outside the sandbox that contains a file `secret`
    """
    allowed, blocked = [], []
    for operation in _PROBES:
        label = operation.__name__.replace("_", " ").strip()
        try:
            operation(folder)
            allowed.append(label)
        except (OSError, AttributeError, ImportError):  # the last two: not on this system
            blocked.append(label)
    return {"allowed": allowed, "blocked": blocked}

"""A submission that tries what no submission should be able to do.

`grader doctor` has it run as one, to see what the sandbox really refuses on this machine: this file
is read as text and never imported. Every attempt is harmless where it succeeds.
"""

import ctypes
import os
import socket


def _read_files(folder: str) -> None:
    with open(os.path.join(folder, "secret")) as file:
        file.read()


def _look_into_folders(folder: str) -> None:
    os.listdir(folder)


def _write_files(folder: str) -> None:
    with open(os.path.join(folder, "written"), "w"):
        pass


def _write_into_the_working_folder(folder: str) -> None:
    os.mkdir("made")
    os.rmdir("made")


def _change_files(folder: str) -> None:
    os.chmod(os.path.join(folder, "secret"), 0o600)


def _use_the_network(folder: str) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def _send_datagrams(folder: str) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def _talk_to_local_services(folder: str) -> None:
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


def _make_memory_files(folder: str) -> None:
    os.close(os.memfd_create("held"))


def _call_the_kernel_in_other_ways(folder: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    io_uring_setup, keyctl, bpf = 425, 250, 321
    if all(libc.syscall(number, 0, 0, 0) < 0 for number in (io_uring_setup, keyctl, bpf)):
        raise OSError("refused")


_ATTEMPTS = (
    _read_files,
    _look_into_folders,
    _write_files,
    _write_into_the_working_folder,
    _change_files,
    _use_the_network,
    _send_datagrams,
    _talk_to_local_services,
    _start_processes,
    _run_programs,
    _signal_other_processes,
    _change_limits_of_other_processes,
    _read_memory_of_other_processes,
    _make_memory_files,
    _call_the_kernel_in_other_ways,
)


def attempts(folder: str) -> dict[str, list[str]]:
    """What of all that succeeds, in words.

    Args:
        folder: one outside of the sandbox, with a file `secret` in it
    """
    succeeded, refused = [], []
    for attempt in _ATTEMPTS:
        words = attempt.__name__.replace("_", " ").strip()
        try:
            attempt(folder)
            succeeded.append(words)
        except (OSError, AttributeError, ImportError):  # the last two: not on this system
            refused.append(words)
    return {"succeeded": succeeded, "refused": refused}

"""Stand-ins for system files about the process itself, which the sandbox does not open.

Libraries look up which shared libraries are loaded (threadpoolctl, for KMeans of scikit-learn), how
many processors a container may use (joblib), and how much memory the process needs (psutil). They
work where such a file does not exist, but not where it exists and cannot be opened. A stand-in
contains only facts that the program can learn about itself anyway, and none about other processes.
"""

from __future__ import annotations

import os
from collections.abc import Callable

_PAGE = 4096


def stand_in(path: object) -> bytes | None:
    """Return the content to be read in place of a file that cannot be opened; None if none is."""
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    name = os.fsdecode(path).replace(f"/proc/{os.getpid()}/", "/proc/self/", 1)
    content = _CONTENTS.get(name)
    return content() if content is not None else None


def _peak_kib() -> int:
    import resource  # not on Windows, which has none of the files

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _statm() -> bytes:
    pages = _peak_kib() * 1024 // _PAGE
    return b"%d %d 0 0 0 %d 0\n" % (pages, pages, pages)


def _status() -> bytes:
    import threading

    kib = _peak_kib()
    fields = dict.fromkeys(("VmPeak", "VmSize", "VmHWM", "VmRSS"), f"{kib} kB")
    fields |= {"Name": "python", "Pid": str(os.getpid()), "Threads": str(threading.active_count())}
    return "".join(f"{name}:\t{value}\n" for name, value in fields.items()).encode()


_CONTENTS: dict[str, Callable[[], bytes]] = {
    "/proc/self/maps": lambda: b"",  # no library's number of threads is then changed
    "/proc/self/status": _status,
    "/proc/self/statm": _statm,
    "/sys/fs/cgroup/cpu.max": lambda: b"max 100000\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": lambda: b"-1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": lambda: b"100000\n",
}

"""How a process shares the cores with others: its priority, and how long it has waited for one.

Linux has two kinds of priority. Where it groups processes by session ("autogroup"), the groups
share the cores first, and a process's own priority counts only within its group. So a server of low
priority lowers that of its group, too, and its children stay in its session.
"""

from __future__ import annotations

import os
from contextlib import suppress

_NICE = 10  # a tenth of the share of an ordinary process
_NS = 1e-9


def lower() -> None:
    """Let this process, its session and its children leave the cores to others."""
    with suppress(OSError):  # a container may refuse it
        os.nice(_NICE)
    with suppress(OSError), open("/proc/self/autogroup", "w") as file:  # or have no such file
        file.write(str(_NICE))


def waited_s(pid: int) -> float:
    """Return the seconds for which a process could have run, but waited for a core.

    Of its first thread; 0 if the kernel does not tell.
    """
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) * _NS
    except (OSError, IndexError, ValueError):
        return 0.0

"""How a process shares the cores with others: its priority, and how long it has waited for one.

Linux has two kinds of priority. Where it groups processes by session ("autogroup"), the groups
share the cores first, and a process's own priority counts only within its group. So a server of low
priority lowers that of its group, too, and its children stay in its session.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

# A third of the share of an ordinary process: where all cores are busy for long, a program must
# still be imported within its limits of wall time.
_NICE = 5
_NS = 1e-9
# For a user who is not root, the kernel changes the priority of one group in a tenth of a second.
_TRIES, _PAUSE_S = 40, 0.05


def lower() -> None:
    """Let this process, its session and its children leave the cores to others."""
    with suppress(OSError):  # a container may refuse it
        os.nice(_NICE)
    for _ in range(_TRIES):
        try:
            with open("/proc/self/autogroup", "w") as file:
                file.write(str(_NICE))
            return
        except BlockingIOError:
            time.sleep(_PAUSE_S)
        except OSError:  # the kernel does not group processes
            return


def is_waiting_measured() -> bool:
    """Whether the kernel reports how long a process has waited for a core."""
    return _schedstat(os.getpid())[2] > 0  # the number of times that it got one


def waited_s(pid: int) -> float:
    """Return the seconds for which a process could have run, but waited for a core.

    Of its first thread; 0 if the kernel does not report it.
    """
    return _schedstat(pid)[1] * _NS


def _schedstat(pid: int) -> tuple[int, int, int]:
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            ran, waited, times = map(int, file.read().split())
    except (OSError, ValueError):
        return 0, 0, 0
    return ran, waited, times

"""The clock of a child: it ends a part of a program that runs for too long.

While a program is being loaded, the host sends a signal from time to time. If the part that is
running has used its share of the time, the handler raises an exception in it, and raises it again
if the part catches it. If the part catches it again and again, the child ends itself; if it never
returns to Python, the host ends the child; see `loading`. The submission can tamper with the clock,
which runs in its process, so the host's limits always apply too.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType

TOO_LONG = "it ran for too long and was stopped (is there a loop that never ends?)"
_SHARE = 2 / 3  # of the time left that one part may use
_MAX_IGNORED = 5  # exceptions
# Ignored unless it is handled, so that it harms no process in which there is no clock.
SIGNAL = getattr(signal, "SIGURG", None)


class TimeIsUp(BaseException):
    """A part of the program has used its share of the time for loading."""


_clock: Clock | None = None  # of the program that is being loaded
# Kept here, because a program may replace them.
_process_time, _monotonic = time.process_time, time.monotonic


def install() -> None:
    """Make this process, and those it forks, look at their clock when the host sends the signal."""
    if SIGNAL is not None:
        signal.signal(SIGNAL, _look)


def _look(number: int, frame: FrameType | None) -> None:
    if _clock is not None:
        _clock.look(frame)


class Clock:
    """Gives each part two thirds of the time that the parts before it have left.

    Args:
        cpu_s, wall_s: for all parts together
        give_up: called if a part ignores the exception; ends the process
    """

    def __init__(
        self, cpu_s: float, wall_s: float, give_up: Callable[[FrameType | None], None]
    ) -> None:
        global _clock
        self._cpu_s, self._wall_s = _process_time, _monotonic
        self._cpu_end = self._part_cpu_end = _process_time() + cpu_s
        self._wall_end = self._part_wall_end = _monotonic() + wall_s
        self._give_up = give_up
        self._ignored = 0
        self._is_running = False
        _clock = self

    def start(self) -> None:
        """Begin the share of a part; of one that is already running, begin another share."""
        cpu_s, wall_s = self._cpu_s(), self._wall_s()
        self._part_cpu_end = cpu_s + _SHARE * (self._cpu_end - cpu_s)
        self._part_wall_end = wall_s + _SHARE * (self._wall_end - wall_s)
        self._ignored = 0
        self._is_running = True

    def stop(self) -> None:
        """End the share of a part."""
        self._is_running = False

    def look(self, frame: FrameType | None) -> None:
        """Interrupt the part that runs, if it has used its share."""
        is_over = self._cpu_s() >= self._part_cpu_end or self._wall_s() >= self._part_wall_end
        if self._is_running and is_over:
            self._ignored += 1
            if self._ignored > _MAX_IGNORED:
                self._give_up(frame)
            raise TimeIsUp(TOO_LONG)

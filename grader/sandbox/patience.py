"""The total time that a program can waste, in addition to the limits of each call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from grader.model.judgement import Run, RunStatus
from grader.model.problem import Limits

LOADING = Limits(wall_s=20.0, cpu_s=10.0)  # importing SciPy takes one or two seconds
# The limits of calls that are stopped early: this multiple of the reference's time, with a minimum.
_TIMES_REFERENCE, _MIN_LEASH_WALL_S, _MIN_LEASH_CPU_S = 5.0, 0.6, 0.15

_ENDS_PROCESS = (
    RunStatus.CRASHED,
    RunStatus.GARBLED,
    RunStatus.OUT_OF_MEMORY,
    RunStatus.TOO_MUCH_OUTPUT,
)


class Patience:
    """Bound the total time that a program can waste, in addition to the limits per call.

    Once failed calls have used up the time of `patience` calls, the remaining calls get the limits
    that `get_short_limits` returns: fast cases still earn points, and an endless program does not
    delay a class. A call that timed out counts as one; a call that ended its process counts as the
    part of its limits that it used. A program
    that ends its process is imported again for the next call; all imports after the first share
    the time limit of one.
    """

    def __init__(self, limits: Limits, get_short_limits: Callable[[], Limits] | None) -> None:
        self._limits = limits
        self._get_short_limits = get_short_limits or partial(short_limits, limits)
        self._wasted = 0.0  # in calls
        self._imports = 0
        self._wall_left, self._cpu_left = LOADING.wall_s, LOADING.cpu_s

    @property
    def is_over(self) -> bool:
        return self._wasted >= self._limits.patience

    def call_limits(self) -> Limits:
        """Return the limits of the next call."""
        return self._get_short_limits() if self.is_over else self._limits

    def loading_limits(self) -> Limits:
        """Return the limits of the next import."""
        wall_s, cpu_s = max(LOADING.wall_s, self._limits.wall_s), LOADING.cpu_s
        if self._imports:
            wall_s, cpu_s = max(self._wall_left, 0.0), max(self._cpu_left, 0.0)
        else:
            cpu_s = max(cpu_s, self._limits.cpu_s)
        return replace(self._limits, wall_s=wall_s, cpu_s=cpu_s)

    def note_import(self, wall_s: float, cpu_s: float) -> None:
        """Count an import that took this long."""
        if self._imports:
            self._wall_left -= wall_s
            self._cpu_left -= cpu_s
        self._imports += 1

    def note_call(self, run: Run) -> Run:
        """Count a call of which nothing came; return its run, which says if it was cut off."""
        has_timed_out = run.status is RunStatus.TIMED_OUT
        if has_timed_out and self.is_over:
            time = "one call" if self._limits.patience == 1 else f"{self._limits.patience} calls"
            return replace(
                run,
                error=f"stopped early, as earlier cases used up the time of {time}: {run.error}",
            )
        if has_timed_out:
            self._wasted += 1
        elif run.status in _ENDS_PROCESS:
            limits = self._limits
            self._wasted += max(run.wall_s / limits.wall_s, run.cpu_s / limits.cpu_s)
        return run


def short_limits(limits: Limits, wall_s: float = 0.0, cpu_s: float = 0.0) -> Limits:
    """Return the limits of calls that are stopped early: a multiple of the reference's time.

    Args:
        limits: of an ordinary call; the result never exceeds them
        wall_s, cpu_s: the time the reference needs for a call, if known
    """
    return replace(
        limits,
        wall_s=min(limits.wall_s, max(_MIN_LEASH_WALL_S, _TIMES_REFERENCE * wall_s)),
        cpu_s=min(limits.cpu_s, max(_MIN_LEASH_CPU_S, _TIMES_REFERENCE * cpu_s)),
    )

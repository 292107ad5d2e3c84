"""The time that a program may use in its import and all its calls together.

A budget does not replace `patience`: a program that exceeds its budget gets no verdict, and the
caller that set the budget runs it again without one. See `Sandbox.within`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from grader.model.problem import Limits


class Budget:
    """The time that a program may use in all runs that share this budget.

    Args:
        wall_s, cpu_s: seconds; by default without bound, which measures the time that is used

    Attributes:
        used_wall_s, used_cpu_s: seconds used so far
    """

    def __init__(self, wall_s: float = math.inf, cpu_s: float = math.inf) -> None:
        self._wall_s, self._cpu_s = wall_s, cpu_s
        self.used_wall_s = self.used_cpu_s = 0.0

    @property
    def is_over(self) -> bool:
        return self.used_wall_s >= self._wall_s or self.used_cpu_s >= self._cpu_s

    def cut(self, limits: Limits) -> Limits:
        """Return limits that do not exceed what is left."""
        return replace(
            limits,
            wall_s=min(limits.wall_s, self._wall_s - self.used_wall_s),
            cpu_s=min(limits.cpu_s, self._cpu_s - self.used_cpu_s),
        )

    def charge(self, wall_s: float, cpu_s: float) -> None:
        """Count time that was used."""
        self.used_wall_s += max(0.0, wall_s)  # waiting in earlier calls may be excused in this one
        self.used_cpu_s += max(0.0, cpu_s)  # the clock of a process that has ended reads 0

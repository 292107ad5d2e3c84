"""Measure how far an answer is from the expected value, in units of the tolerance."""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.checkers.compare import Walk, number_mismatch
from grader.model.problem import Tolerance
from grader.values import Value


def distance(answer: Value, expected: Value, tolerance: Tolerance) -> float:
    """How far an answer is from the expected one at its worst number, in units of the tolerance.

    Up to 1 it agrees; infinite is what no tolerance could make agree.
    """
    walk = _Measure(tolerance)
    walk.compare(answer, expected)
    return walk.worst


@dataclass
class _Measure(Walk):
    """A comparison that remembers how far off the worst number was."""

    worst: float = 0.0

    def differ(self, why: str, where: str, got: Value, expected: Value, elements: int = 1) -> None:
        self.worst = math.inf
        super().differ(why, where, got, expected, elements)

    def visit_number(self, got: Value, expected: complex, where: str) -> None:
        off = self.off
        super().visit_number(got, expected, where)
        if isinstance(got, int | float | complex) and got != expected:
            mismatch = number_mismatch(got, expected, Tolerance(0.0, 0.0), where)
            error = mismatch.error if mismatch is not None else 0.0  # two that are NaN
            allowed = 0.0 if isinstance(expected, int) else self.tolerance.allowed(expected)
            if error is None or (allowed == 0 and self.off > off):
                self.worst = math.inf
            elif allowed > 0:
                self.worst = max(self.worst, error / allowed)

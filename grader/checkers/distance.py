"""Measure the distance of an answer from the expected value, in units of the tolerance."""

from __future__ import annotations

import math

from grader.checkers.compare import Walk
from grader.checkers.numbers import number_mismatch
from grader.model.checker import Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass

_NONE = Tolerance(rtol=0.0, atol=0.0)


@dataclass
class Measure(Walk):
    """A comparison that records the distance of the number that is furthest off."""

    worst: float = 0.0

    def distance(self, answer: Value, expected: Value) -> float:
        """Return the largest distance: at most 1 exactly if the answer agrees.

        It is infinite if something other than a number differs.
        """
        self.compare(answer, expected)
        return self.worst

    def differ(self, why: str, where: str, got: Value, expected: Value, elements: int = 1) -> None:
        self.worst = math.inf
        super().differ(why, where, got, expected, elements)

    def visit_number(self, got: Value, expected: complex, where: str) -> None:
        off = self.off
        super().visit_number(got, expected, where)
        if isinstance(got, int | float | complex) and got != expected:
            ratio = self._ratio(got, expected)
            if self.off == off:
                ratio = min(ratio, 1.0)  # no difference can be measured between complex infinities
            self.worst = max(self.worst, ratio)

    def _ratio(self, got: complex, expected: complex) -> float:
        """Return the difference of two numbers in units of the tolerance."""
        if isinstance(expected, int):  # no tolerance applies
            return math.inf
        mismatch = number_mismatch(got, expected, _NONE, "")
        if mismatch is None:  # both are NaN
            return 0.0
        try:
            allowed = self.tolerance.allowed(expected)
        except OverflowError:  # the absolute value of a complex number may be too large
            return math.inf
        return mismatch.error / allowed if mismatch.error is not None and allowed else math.inf

"""Measure distances by asking a checker how wide its tolerance would have to be."""

from __future__ import annotations

import math
from collections.abc import Callable

from grader.model.checker import Mismatch, Tolerance
from grader.values import Value

Compare = Callable[[Value, Value, Tolerance], Mismatch | None]

_SMALLEST, _LARGEST = 1e-6, 1e12  # in tolerances; what is beyond counts as 0 or as infinite
_PRECISION = 1.01


def distance_by_scaling(
    compare: Compare, answer: Value, expected: Value, tolerance: Tolerance
) -> float:
    """Return the factor of the tolerance at which an answer begins to agree, to 1 %.

    It is at most 1 exactly if the answer agrees, and infinite if no tolerance would accept it.
    """

    def agrees(factor: float) -> bool:
        wide = Tolerance(factor * tolerance.rtol, factor * tolerance.atol)
        return compare(answer, expected, wide) is None

    if compare(answer, expected, tolerance) is None:
        if agrees(_SMALLEST):
            return 0.0
        low, high = _SMALLEST, 1.0
    elif agrees(_LARGEST):
        low, high = 1.0, _LARGEST
    else:
        return math.inf
    while high / low > _PRECISION:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if agrees(middle) else (middle, high)
    return high

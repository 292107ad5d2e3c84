"""The checker of a norm: the difference as a whole is small, not each number by itself."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence

from grader.checkers.grids import (
    as_real,
    compare_form,
    grid_shape,
    in_tolerances,
    is_finite,
    numbers,
)
from grader.model.checker import Mismatch, Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.show import kind

_ROUNDING = 1e-12  # of sums, relative to what is allowed


@dataclass(frozen=True)
class Norm:
    """Compares the norm of the difference with the tolerance for that of the expected value.

    Attributes:
        order: 1 for the sum of all sizes, 2 for the root of the sum of squares, infinity for the
            largest size
    """

    order: float

    @property
    def name(self) -> str:
        return f"norm: {self.order:g}"

    @property
    def yaml(self) -> str:
        return f"{{{self.name}}}"

    @property
    def uses_tolerance(self) -> bool:
        return True

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with this value; see `Checker.unsuitable`."""
        if grid_shape(expected) is None:
            return f"expected numbers in regular rows, found {kind(expected)} of another kind"
        if math.isinf(self._size(expected)):  # any error would be within its tolerance
            return "expected smaller numbers, found some whose norm is beyond any float"
        return ""

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return a mismatch if the norm of the difference is too large; see `Checker.compare`."""
        mismatch = compare_form(answer, expected)
        if mismatch is not None:
            return mismatch
        error, allowed = self._error(answer, expected, tolerance)
        if in_tolerances(error, allowed, _ROUNDING) <= 1:
            return None
        why = f"the {self.order:g}-norm of the difference is too large"
        return Mismatch(why, "", answer, expected, error, allowed)

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the norm of the difference in tolerances; see `Checker.distance`."""
        if compare_form(answer, expected) is not None:
            return math.inf
        return in_tolerances(*self._error(answer, expected, tolerance), _ROUNDING)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase like "within 0.01 % of the expected value, in the 2-norm"."""
        return f"{tolerance.describe()}, in the {self.order:g}-norm"

    def _error(self, answer: Value, expected: Value, tolerance: Tolerance) -> tuple[float, float]:
        """Return the norm of the difference, and the largest that is allowed."""
        got, wanted = map(as_real, numbers(answer)), [as_real(each) for each in numbers(expected)]
        pairs = zip(got, wanted, strict=True)
        # What is not finite is equal, or the forms differ.
        differences = [one - other for one, other in pairs if cmath.isfinite(other)]
        return self._norm(differences), tolerance.allowed(self._size(expected))

    def _size(self, expected: Value) -> float:
        return self._norm([as_real(each) for each in numbers(expected) if is_finite(each)])

    def _norm(self, differences: Sequence[complex]) -> float:
        parts = [part for each in differences for part in (each.real, each.imag)]
        try:
            if self.order == 2:
                return math.hypot(*parts)
            sizes = [math.hypot(each.real, each.imag) for each in differences]
            return math.fsum(sizes) if self.order == 1 else max(sizes, default=0.0)
        except OverflowError:
            return math.inf

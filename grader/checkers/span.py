"""The checker of bases: rows, or columns, that span the same space as the expected ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from operator import mul

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

_MAX_PRODUCTS = 4_000_000  # of two numbers, for one comparison
Vector = list[float]


class Vectors(Enum):
    """Which part of a matrix is a vector."""

    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True)
class SameSpan:
    """Compares the spaces that as many vectors span.

    Each vector of the answer may be off the expected space by the tolerance of its length.
    """

    vectors: Vectors

    @property
    def name(self) -> str:
        return f"same_span: {self.vectors.value}"

    @property
    def yaml(self) -> str:
        return f"{{{self.name}}}"

    @property
    def uses_tolerance(self) -> bool:
        return True

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with this value; see `Checker.unsuitable`."""
        sizes = grid_shape(expected)
        if sizes is None or len(sizes) != 2:
            return f"expected the rows of a matrix, found {kind(expected)} that is not one"
        count = sizes[0] if self.vectors is Vectors.ROWS else sizes[1]
        if 4 * count * sizes[0] * sizes[1] > _MAX_PRODUCTS:
            return f"expected a smaller matrix, found one of shape {sizes}"
        found = numbers(expected)
        if any(isinstance(each, complex) for each in found):
            return "expected real numbers, found complex ones"
        if not all(map(is_finite, map(as_real, found))):
            return "expected finite numbers, found NaN or infinity"
        return ""

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first vector that is outside of the expected space; see `Checker.compare`."""
        mismatch = compare_form(answer, expected)
        if mismatch is not None:
            return mismatch
        noun = self.vectors.value[:-1]
        got, basis = self._vectors(answer), _basis(self._vectors(expected), tolerance)
        for index, vector in enumerate(got):
            if _off(vector, basis, tolerance) > 1:
                where = f"[{index}]" if self.vectors is Vectors.ROWS else f"[:, {index}]"
                why = f"this {noun} is not in the space that the expected {noun}s span"
                return Mismatch(why, where, list(vector), expected)
        rank = len(_basis(got, tolerance))
        if rank != len(basis):
            why = f"the {noun}s span a space of dimension {rank} where {len(basis)} is expected"
            return Mismatch(why, "", answer, expected)
        return None

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the distance of the vector that is furthest off; see `Checker.distance`."""
        if compare_form(answer, expected) is not None:
            return math.inf
        got, basis = self._vectors(answer), _basis(self._vectors(expected), tolerance)
        if len(_basis(got, tolerance)) != len(basis):
            return math.inf
        return max((_off(vector, basis, tolerance) for vector in got), default=0.0)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase for readers; see `Checker.describe`."""
        return f"{self.vectors.value} that span the same space, {tolerance.describe()}"

    def _vectors(self, value: Value) -> list[Vector]:
        sizes = grid_shape(value)
        assert sizes is not None
        count, length = sizes
        flat = [as_real(each).real for each in numbers(value)]
        rows = [flat[start * length : (start + 1) * length] for start in range(count)]
        return (
            rows
            if self.vectors is Vectors.ROWS
            else [list(each) for each in zip(*rows, strict=True)]
        )


def _basis(vectors: Sequence[Vector], tolerance: Tolerance) -> list[Vector]:
    """Return orthonormal vectors that span the same space (Gram-Schmidt, each step done twice).

    A vector that is within the tolerance of the space of those before it adds nothing.
    """
    basis: list[Vector] = []
    for vector in vectors:
        size = math.hypot(*vector)
        rest = _rest(vector, basis)
        length = math.hypot(*rest)
        if length > tolerance.allowed(size) and math.isfinite(length):
            basis.append([each / length for each in rest])
    return basis


def _off(vector: Vector, basis: Sequence[Vector], tolerance: Tolerance) -> float:
    """Return how far a vector is from a space, in tolerances of its length."""
    size = math.hypot(*vector)
    if not math.isfinite(size):
        return math.inf
    return in_tolerances(math.hypot(*_rest(vector, basis)), tolerance.allowed(size))


def _rest(vector: Vector, basis: Sequence[Vector]) -> Vector:
    """Return the part of a vector that is orthogonal to a basis."""
    for _ in range(2):  # a second time for what rounding leaves
        for unit in basis:
            part = sum(map(mul, vector, unit))
            vector = [each - part * other for each, other in zip(vector, unit, strict=True)]
    return vector

"""The checker of bases: rows, or columns, that span the same space as the expected ones.

Only directions matter, so all vectors are divided by their lengths first: an answer must not get
another verdict because it is a multiple of another one. Then each vector of the answer, and each
vector of an orthonormal basis that is made of them, must be in the expected space. The basis
matters where vectors of the answer are nearly parallel: their small difference may have any
direction, though each of them is in the space within the tolerance.
"""

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
_ROUNDING = 1e-12  # of the largest number: what rounding may leave in place of 0
Vector = list[float]


class Vectors(Enum):
    """Which part of a matrix is a vector."""

    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True)
class SameSpan:
    """Compares the spaces that as many vectors span.

    Each direction in the space of the answer may be off the expected space by the tolerance of 1.
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
        vectors = self._vectors(answer, expected)
        both = _Both.of(vectors, self._vectors(expected, expected), tolerance)
        for index, unit in enumerate(both.units):
            if both.off(unit) > 1:
                where = f"[{index}]" if self.vectors is Vectors.ROWS else f"[:, {index}]"
                why = f"this {noun} is not in the space that the expected {noun}s span"
                return Mismatch(why, where, list(vectors[index]), expected)
        rank, wanted = len(both.basis), len(both.expected)
        if rank < wanted:
            why = f"the {noun}s span a space of dimension {rank} where {wanted} is expected"
            return Mismatch(why, "", answer, expected)
        if any(both.off(unit) > 1 for unit in both.basis):
            why = f"the {noun}s span a space with directions that the expected {noun}s do not span"
            return Mismatch(why, "", answer, expected)
        return None

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the distance of the vector that is furthest off; see `Checker.distance`."""
        if compare_form(answer, expected) is not None:
            return math.inf
        vectors = self._vectors(answer, expected)
        both = _Both.of(vectors, self._vectors(expected, expected), tolerance)
        if len(both.basis) < len(both.expected):
            return math.inf
        return max(map(both.off, (*both.units, *both.basis)), default=0.0)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase for readers; see `Checker.describe`."""
        return f"{self.vectors.value} that span the same space, {tolerance.describe()}"

    def _vectors(self, value: Value, expected: Value) -> list[Vector]:
        """Return the vectors of a value that has the form of the expected one."""
        sizes = grid_shape(expected)  # an answer may have arrays without axes for numbers
        assert sizes is not None
        count, length = sizes
        flat = [as_real(each).real for each in numbers(value)]
        rows = [flat[start * length : (start + 1) * length] for start in range(count)]
        return (
            rows
            if self.vectors is Vectors.ROWS
            else [list(each) for each in zip(*rows, strict=True)]
        )


@dataclass(frozen=True)
class _Both:
    """The spaces of an answer and of the expected value.

    Attributes:
        units: the vectors of the answer, of length 1 or 0
        basis: an orthonormal basis of their space
        expected: an orthonormal basis of the expected space
    """

    units: list[Vector]
    basis: list[Vector]
    expected: list[Vector]
    tolerance: Tolerance

    @classmethod
    def of(cls, got: Sequence[Vector], wanted: Sequence[Vector], tolerance: Tolerance) -> _Both:
        size = _size(wanted)
        noise = max(tolerance.atol / max(size, 1.0), _ROUNDING)  # of the largest number
        expected = _basis(_units(wanted, noise * size), tolerance)
        # Vectors that need not be independent may be zero, which rounding may have made small.
        shortest = noise * _size(got) if len(expected) < len(got) else 0.0
        units = _units(got, shortest if expected else tolerance.atol)
        return cls(units, _basis(units, tolerance), expected, tolerance)

    def off(self, unit: Vector) -> float:
        """Return how far a vector of length 1 is from the expected space, in tolerances."""
        rest = math.hypot(*_rest(unit, self.expected))
        return in_tolerances(rest, self.tolerance.allowed(1.0))


def _size(vectors: Sequence[Vector]) -> float:
    """Return the largest of all numbers."""
    return max((abs(each) for vector in vectors for each in vector), default=0.0)


def _units(vectors: Sequence[Vector], shortest: float) -> list[Vector]:
    """Return vectors of length 1 with the same directions; NaN where a length is beyond any float.

    Args:
        shortest: if no number of a vector is larger, it counts as 0
    """
    found = []
    for vector in vectors:
        size = _size([vector])
        if size <= shortest and math.isfinite(size):
            found.append([0.0] * len(vector))
        elif not math.isfinite(math.hypot(*vector)):
            found.append([math.nan] * len(vector))
        else:  # divided twice, because the length of small numbers has few digits
            scaled = [each / size for each in vector]
            length = math.hypot(*scaled)
            found.append([each / length for each in scaled])
    return found


def _basis(units: Sequence[Vector], tolerance: Tolerance) -> list[Vector]:
    """Return orthonormal vectors that span the same space (Gram-Schmidt, each step done twice).

    A vector that is within the tolerance of the space of those before it adds nothing.

    Args:
        units: vectors of length 1 or 0
    """
    basis: list[Vector] = []
    for unit in units:
        rest = _rest(unit, basis)
        length = math.hypot(*rest)
        if length > tolerance.allowed(1.0):
            basis.append([each / length for each in rest])
    return basis


def _rest(vector: Vector, basis: Sequence[Vector]) -> Vector:
    """Return the part of a vector that is orthogonal to a basis."""
    for _ in range(2):  # a second time for what rounding leaves
        for unit in basis:
            part = sum(map(mul, vector, unit))
            vector = [each - part * other for each, other in zip(vector, unit, strict=True)]
    return vector

"""Checkers of answers that are unique up to a sign, a factor, or the names of groups."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import assert_never

from grader.checkers.all_or_nothing import AllOrNothing
from grader.checkers.grids import Real, as_real, compare_form, grid_shape, is_finite, numbers, path
from grader.checkers.numbers import number_mismatch
from grader.checkers.scaling import distance_by_scaling
from grader.checkers.sequences import items_of
from grader.model.checker import Mismatch, Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.show import kind


class Freedom(Enum):
    """What an answer may be multiplied by."""

    SIGN = "sign"
    SCALE = "scale"


@dataclass(frozen=True)
class UpToFactor:
    """Compares numbers up to one sign, or one factor other than 0, for each slice.

    Attributes:
        axis: each item along this axis has a factor of its own: 0 for each row, 1 for each column;
            None if there is one factor for the whole answer
    """

    freedom: Freedom
    axis: int | None = None

    @property
    def name(self) -> str:
        return f"up_to: {self.freedom.value}"

    @property
    def yaml(self) -> str:
        axis = "" if self.axis is None else f", axis: {self.axis}"
        return f"{{{self.name}{axis}}}"

    @property
    def uses_tolerance(self) -> bool:
        return True

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with this value; see `Checker.unsuitable`."""
        sizes = grid_shape(expected)
        if sizes is None:
            return f"expected a number, or numbers in regular rows, found {_found(expected)}"
        if self.axis is not None and self.axis >= len(sizes):
            return f"expected a value with an axis {self.axis}, found one of shape {sizes}"
        if not all(map(is_finite, map(as_real, numbers(expected)))):
            return "expected finite numbers, found NaN or infinity"
        return ""

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first slice that no sign or factor makes close enough; see `Checker`."""
        mismatch = compare_form(answer, expected)
        if mismatch is not None:
            return mismatch
        sizes = grid_shape(expected)
        assert sizes is not None
        got, wanted = numbers(answer), [as_real(each) for each in numbers(expected)]
        first, places, wrong = "", list[str](), 0
        slices = list(self._slices(sizes, len(wanted)))
        for where, indices in slices:
            pairs = [(got[index], wanted[index]) for index in indices]
            off = self._differing(pairs, tolerance)
            if off:
                first = first or where or "the answer"
                wrong += 1
                places += [path(indices[each], sizes) for each in off]
        if not wrong:
            return None
        return self._mismatch(first, answer, expected, tuple(places), (wrong, len(slices)))

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the distance in tolerances; see `Checker.distance`."""
        return distance_by_scaling(self.compare, answer, expected, tolerance)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase like "within 1 % of the expected value, up to the sign of each row"."""
        what = "the sign" if self.freedom is Freedom.SIGN else "a factor"
        each = "" if self.axis is None else f" of each {_noun(self.axis)}"
        return f"{tolerance.describe()}, up to {what}{each}"

    def _slices(self, sizes: Sequence[int], count: int) -> Iterator[tuple[str, Sequence[int]]]:
        """Yield the path of each slice with the indices of its numbers."""
        if self.axis is None:
            yield "", range(count)
            return
        inner = math.prod(sizes[self.axis + 1 :])
        outer = inner * sizes[self.axis]
        for item in range(sizes[self.axis] if count else 0):
            indices = [
                start + offset
                for start in range(item * inner, count, outer)
                for offset in range(inner)
            ]
            yield f"[{':, ' * self.axis}{item}]", indices

    def _differing(
        self, pairs: Sequence[tuple[Real, float | complex]], tolerance: Tolerance
    ) -> Sequence[int]:
        """Return the places in a slice that differ under the best sign or factor."""
        match self.freedom:
            case Freedom.SIGN:
                plain = _differing(pairs, tolerance)
                turned = [(got, -want) for got, want in pairs]
                return min(plain, _differing(turned, tolerance), key=len) if plain else plain
            case Freedom.SCALE:
                return _differing_by_factor(pairs, tolerance)
            case _:
                assert_never(self.freedom)

    def _mismatch(
        self,
        first: str,
        answer: Value,
        expected: Value,
        places: tuple[str, ...],
        slices: tuple[int, int],
    ) -> Mismatch:
        noun = "answer" if self.axis is None else _noun(self.axis)
        if self.freedom is Freedom.SIGN:
            why = f"this {noun} is neither +1 nor -1 times the expected one"
        else:
            why = f"this {noun} is not a multiple of the expected one"
        wrong, count = slices
        if self.axis is not None and count > 1:
            why += f" ({wrong} of {count} {_noun(self.axis)}s)"
        where = "" if self.axis is None else first
        if self.axis == 0:
            row = int(first[1:-1])
            answer, expected = _item(answer, row), _item(expected, row)
        return Mismatch(why, where, answer, expected, places=places)


def _noun(axis: int) -> str:
    return {0: "row", 1: "column"}.get(axis, f"slice along axis {axis}")


def _item(value: Value, index: int) -> Value:
    items = items_of(value)
    return items[index] if items is not None else value


def _found(value: Value) -> str:
    return f"{kind(value)} of another kind" if isinstance(value, list | tuple) else kind(value)


def _differing(pairs: Sequence[tuple[Real, float | complex]], tolerance: Tolerance) -> list[int]:
    return [
        index
        for index, (got, want) in enumerate(pairs)
        if number_mismatch(got, want, tolerance, "") is not None
    ]


def _differing_by_factor(
    pairs: Sequence[tuple[Real, float | complex]], tolerance: Tolerance
) -> Sequence[int]:
    """Return the places that differ once the answer is divided by the factor that fits best.

    Both sides are scaled before they are multiplied, so that no product is beyond a float.
    """
    got = [as_real(each) for each, _ in pairs]
    wanted = [want for _, want in pairs]
    if not all(map(is_finite, got)):
        return range(len(pairs))
    largest_got, largest = (max(map(_size, side), default=0.0) for side in (got, wanted))
    if not largest:  # all are zero, and so is any multiple of them
        return _differing(pairs, tolerance)
    if not largest_got:
        return range(len(pairs))
    got = [each / largest_got for each in got]
    scaled = [each / largest for each in wanted]
    product = sum(
        (one * other.conjugate() for one, other in zip(got, scaled, strict=True)), 0.0 + 0j
    )
    factor = product / sum(_size(each) ** 2 for each in scaled)
    if not factor:
        return range(len(pairs))
    real = not any(isinstance(each, complex) for each in (*got, *wanted))
    divisor = factor.real if real else factor
    divided = [each / divisor * largest for each in got]
    return _differing(list(zip(divided, wanted, strict=True)), tolerance)


def _size(number: float | complex) -> float:
    """Return a number's size: of a complex one the larger of its parts, which cannot overflow."""
    return max(abs(number.real), abs(number.imag))


@dataclass(frozen=True)
class UpToLabels(AllOrNothing):
    """Compares groups: integers that may be renamed, each to another one."""

    @property
    def name(self) -> str:
        return "up_to: labels"

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with this value; see `Checker.unsuitable`."""
        if grid_shape(expected) in (None, ()):
            return f"expected integers in regular rows, found {_found(expected)}"
        if not all(_label(each) is not None for each in numbers(expected)):
            return "expected integers, found other numbers"
        return ""

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first label that contradicts an earlier one; see `Checker.compare`."""
        mismatch = compare_form(answer, expected)
        if mismatch is not None:
            return mismatch
        sizes = grid_shape(expected) or ()
        got, wanted = numbers(answer), numbers(expected)
        first_got: dict[int, int] = {}  # label: the index where it is first
        first_wanted: dict[int, int] = {}
        for index, pair in enumerate(zip(got, wanted, strict=True)):
            label, want = map(_label, pair)
            where = path(index, sizes)
            if label is None or want is None:
                text = "returned a label that is not an integer"
                return Mismatch(text, where, got[index], wanted[index])
            one = first_got.setdefault(label, index)
            other = first_wanted.setdefault(want, index)
            if one < other:
                text = (
                    f"{path(one, sizes)} and {where} have the same label where different ones are"
                )
            elif one > other:
                text = (
                    f"{path(other, sizes)} and {where} have different labels where the same one is"
                )
            else:
                continue
            return Mismatch(f"{text} expected", "", answer, expected, places=(where,))
        return None

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase for readers; see `Checker.describe`."""
        return "the same groups, whatever their numbers are"


def _label(number: Real) -> int | None:
    """Return a number as an integer; None if it is not one."""
    if isinstance(number, complex):
        return None
    if isinstance(number, float):
        return int(number) if number.is_integer() else None
    return number

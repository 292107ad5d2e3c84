"""The checker of elements in any order."""

from __future__ import annotations

from collections.abc import Sequence

from grader.checkers.compare import Walk, holds_inexact, wrong_kind
from grader.checkers.elements import AnyOrder
from grader.checkers.pairing import (
    Steps,
    TooManySteps,
    find_unmatched,
    find_unpaired,
)
from grader.checkers.scaling import distance_by_scaling
from grader.checkers.sequences import items_of
from grader.model.checker import ELEMENT_MISSING, TOO_FEW, Mismatch, Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.show import kind

MAX_DEPTH = 4
_NESTED_STEPS = 10  # for each element of an element, as a pairing takes longer than a comparison


@dataclass(frozen=True)
class Unordered:
    """Compares the elements of a list, a tuple, an array or a set in any order.

    Attributes:
        depth: number of levels, from the outside in, at which order does not matter
        duplicates: whether an element must be there as often as it is expected
        strict_integers: see `Elementwise`
    """

    depth: int = 1
    duplicates: bool = True
    strict_integers: bool = False

    @property
    def name(self) -> str:
        return "unordered"

    @property
    def yaml(self) -> str:
        depth = [f"depth: {self.depth}"] if self.depth != 1 else []
        duplicates = [] if self.duplicates else ["duplicates: false"]
        parameters = ", ".join(depth + duplicates)
        return f"{{unordered: {f'{{{parameters}}}' if parameters else 'true'}}}"

    @property
    def uses_tolerance(self) -> bool:
        return True

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with this value; see `Checker.unsuitable`."""
        if _elements(expected) is None:
            return f"expected a list or another sequence, found {kind(expected)}"
        return ""

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first element that is missing or not expected; see `Checker.compare`."""
        order = AnyOrder(self.depth, self.duplicates)
        return self._compare(answer, expected, tolerance, order, Steps(), is_nested=False)

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the distance in tolerances; see `Checker.distance`."""
        return distance_by_scaling(self.compare, answer, expected, tolerance)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase like "the same elements in any order, exactly equal"."""
        same = tolerance.describe() if holds_inexact(expected) else "exactly equal"
        levels = "" if self.depth == 1 else f" at {self.depth} levels"
        repeated = "" if self.duplicates else ", however often each is repeated"
        return f"the same elements in any order{levels}{repeated}, {same}"

    def _compare(
        self,
        got: Value,
        expected: Value,
        tolerance: Tolerance,
        order: AnyOrder,
        steps: Steps,
        is_nested: bool,
    ) -> Mismatch | None:
        wanted, found = _elements(expected), _elements(got)
        if not order.levels or wanted is None:
            walk = Walk(tolerance, strict_integers=self.strict_integers, steps=steps)
            walk.is_nested = is_nested
            return walk.compare(got, expected)
        if found is None:
            return Mismatch(wrong_kind(got, expected), "", got, expected)
        inside = order.inside()

        def agree(item: Value, want: Value) -> bool:
            return self._compare(item, want, tolerance, inside, steps, True) is None

        find = find_unpaired if order.duplicates else find_unmatched
        try:
            if is_nested:
                steps.take(_NESTED_STEPS * (len(found) + len(wanted)))
            unpaired = find(found, wanted, agree, tolerance, steps, is_nested, inside)
        except TooManySteps:
            if is_nested:
                raise
            why = "there are too many different elements to compare in any order"
            return Mismatch(why, "", got, expected)
        if unpaired.expected:
            missing = unpaired.expected[0]
            is_there = any(agree(item, missing) for item in found)
            why = TOO_FEW if is_there else ELEMENT_MISSING
            return Mismatch(why, "", got, expected, inner=Mismatch(expected=missing))
        if unpaired.got:
            extra = unpaired.got[0]
            is_known = any(agree(extra, want) for want in wanted)
            why = "an element appears too often" if is_known else "an element is not expected"
            return Mismatch(why, "", got, expected, inner=Mismatch(got=extra))
        return None


def _elements(value: Value) -> Sequence[Value] | None:
    return list(value) if isinstance(value, set | frozenset) else items_of(value)

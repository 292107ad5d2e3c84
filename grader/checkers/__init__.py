"""Checkers: rules by which an answer agrees with the expected value.

The rule for numbers is `|got - expected| <= atol + rtol * |expected|`, inclusive (also for decimals
that floats cannot hold exactly) and element by element; the expected value alone sets the scale. In
addition:

- Lengths and shapes come first, nothing is broadcast, and an empty answer never agrees with one
  that is not empty.
- NaN agrees only with NaN, an infinity with the same infinity, -0.0 with 0.0.
- Integers, booleans and strings must be equal. An integer is accepted where a float is expected, a
  real number where a complex one is. A float that is equal to the expected integer is accepted,
  unless the checker or the problem insists on integers. A boolean is not a number.
- A list, a tuple and an array of the same shape are equivalent, unless the case asks for
  `same_kind`. An array without axes is the number it holds. A dict agrees if its keys are equal, in
  any order, and their values agree; a set if its elements can be paired.

Other checkers accept answers that are unique only up to their order (`unordered`), a sign, a
factor or the names of groups (`up_to`), a choice of basis (`span`), judge a difference as a whole
(`norm`), look at the form alone (`form`), or at how likely random draws are (`draws`). Of one
kind, the author's own functions, this package only has the description (`python`).

The answer was decoded from bytes: no code of the student runs here. It may be of any size and form,
so each comparison takes a number of steps that the expected value bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from grader.checkers.any_of import AnyOf
from grader.checkers.compare import Walk, holds_inexact, is_container
from grader.checkers.draws import Statistical
from grader.checkers.unordered import Unordered
from grader.model.checker import Checker, Mismatch, Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass

W = TypeVar("W", bound=Walk)


@dataclass(frozen=True)
class Elementwise:
    """Compares values element by element.

    Attributes:
        same_kind: whether a list must be a list, a tuple a tuple and an array an array
        strict_integers: whether an integer must not be a float, even if both are equal
        uses_tolerance: whether numbers may differ by the tolerance; otherwise they must be equal
    """

    name: str
    same_kind: bool = False
    strict_integers: bool = False
    uses_tolerance: bool = True

    @property
    def yaml(self) -> str:
        return self.name

    def unsuitable(self, expected: Value) -> str:
        """Return why no answer can be compared with this value: never."""
        return ""

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first mismatch, or None if shapes agree and every number is close enough."""
        return self._walk(Walk, tolerance).compare(answer, expected)

    def agree(self, answer: Value, other: Value, tolerance: Tolerance) -> bool:
        """Return whether two answers are the same; faster than `compare` if they are not."""
        return self._walk(Walk, tolerance).is_same(answer, other)

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the distance of the number that is furthest off; see `Checker.distance`."""
        from grader.checkers.distance import Measure  # only the verification of problems needs it

        return self._walk(Measure, tolerance).distance(answer, expected)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return a phrase like "equal to 4 decimals, in a container of the same type".

        It names no tolerance where none applies, such as for texts and integers.
        """
        applies = self.uses_tolerance and holds_inexact(expected)
        same = tolerance.describe() if applies else "exactly equal"
        has_type = self.same_kind and self.uses_tolerance and is_container(expected)
        return same + (", in a container of the same type" if has_type else "")

    def _walk(self, walk: type[W], tolerance: Tolerance) -> W:
        effective = tolerance if self.uses_tolerance else _NONE
        return walk(effective, self.same_kind, self.strict_integers)


_NONE = Tolerance(rtol=0.0, atol=0.0)

CLOSE = Elementwise("close")
STRICT_INTEGERS = Elementwise("close", strict_integers=True)
SAME_KIND = Elementwise("same_kind", same_kind=True, strict_integers=True)
EXACT = Elementwise("exact", same_kind=True, strict_integers=True, uses_tolerance=False)

# Those without parameters, by name. A problem with `integers: strict` replaces `close` by
# `STRICT_INTEGERS`.
CHECKERS: Mapping[str, Checker] = MappingProxyType(
    {checker.name: checker for checker in (CLOSE, SAME_KIND, EXACT)}
)


def agree(checker: Checker, answer: Value, other: Value, tolerance: Tolerance) -> bool:
    """Return whether two answers, either of which may be wrong, are the same by a checker's rule.

    If the rule cannot be applied to the second one, they are compared by `close`, and so are draws.
    """
    if isinstance(checker, AnyOf):  # else one right answer would agree with any wrong one
        checker = checker.rule
    is_other_rule = isinstance(checker, Statistical) or checker.unsuitable(other)
    rule = CLOSE if is_other_rule else checker
    if isinstance(rule, Elementwise):
        return rule.agree(answer, other, tolerance)
    return rule.compare(answer, other, tolerance) is None


def with_strict_integers(checker: Checker) -> Checker:
    """Return a checker that does not accept 2.0 for 2, where it makes a difference."""
    if isinstance(checker, Elementwise | Unordered):
        return replace(checker, strict_integers=True)
    return checker

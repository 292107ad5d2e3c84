"""The checker of several right answers: one of them is enough."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from grader.model.checker import Checker, Mismatch, Tolerance
from grader.values import Value
from grader.values.dataclasses import dataclass
from grader.values.decode import decode
from grader.values.encode import encode


@dataclass(frozen=True)
class AnyOf:
    """Accepts what another checker accepts for the expected value, or for one of the others.

    Attributes:
        rule: the other checker
        encoded: the other right answers, as bytes, since a checker can be compared and hashed
    """

    rule: Checker
    encoded: bytes

    @classmethod
    def of(cls, rule: Checker, others: Sequence[Value]) -> AnyOf:
        """Return the checker that accepts these answers, too."""
        return cls(rule, encode(list(others)))

    @property
    def name(self) -> str:
        return self.rule.name

    @property
    def yaml(self) -> str:
        return self.rule.yaml

    @property
    def uses_tolerance(self) -> bool:
        return self.rule.uses_tolerance

    @cached_property
    def others(self) -> Sequence[Value]:
        """The other right answers."""
        found = decode(self.encoded)
        assert isinstance(found, list)
        return found

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with one of the answers; see `Checker.unsuitable`."""
        return next(filter(None, map(self.rule.unsuitable, (expected, *self.others))), "")

    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the difference from the expected value, if no other is right either."""
        first = self.rule.compare(answer, expected, tolerance)
        if first is None:
            return None
        is_right = any(self.rule.compare(answer, each, tolerance) is None for each in self.others)
        return None if is_right else first

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return the distance from the nearest right answer; see `Checker.distance`."""
        right = (expected, *self.others)
        return min(self.rule.distance(answer, each, tolerance) for each in right)

    def describe(self, tolerance: Tolerance, expected: Value) -> str:
        """Return the phrase of the rule, and how many other answers are right."""
        count = len(self.others)
        return f"{self.rule.describe(tolerance, expected)}; other right answers: {count}"

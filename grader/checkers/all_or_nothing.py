"""The base of checkers to which no tolerance applies: an answer agrees, or it does not."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

from grader.model.checker import Mismatch, Tolerance
from grader.values import Value


class AllOrNothing(ABC):
    """A checker without distances between those of right and of wrong answers."""

    @property
    @abstractmethod
    def name(self) -> str:
        """How messages call it; see `Checker.name`."""

    @property
    def yaml(self) -> str:
        """How a case selects it; see `Checker.yaml`."""
        return f"{{{self.name}}}"

    @property
    def uses_tolerance(self) -> bool:
        return False

    def unsuitable(self, expected: Value) -> str:
        """Return why nothing can be compared with this value; see `Checker.unsuitable`."""
        return ""

    @abstractmethod
    def compare(self, answer: Value, expected: Value, tolerance: Tolerance) -> Mismatch | None:
        """Return the first mismatch; see `Checker.compare`."""

    def distance(self, answer: Value, expected: Value, tolerance: Tolerance) -> float:
        """Return 0 for an answer that agrees, else infinity."""
        return 0.0 if self.compare(answer, expected, tolerance) is None else math.inf
